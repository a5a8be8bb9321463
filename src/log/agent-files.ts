// Text files beside the log, made from it while it grows: one per agent, and the final answer. A trouble here never harms the run.
import { join } from "node:path";
import type { AgentId, Entry } from "../core/index.ts";
import type { AppendFile, Io } from "../io/index.ts";
import { agentText } from "./agent-text.ts";
import type { RunLog } from "./contract.ts";
import { agentSlugs } from "./folders.ts";

export type AgentFiles = {
  /** Writes what is left; call it after the log's last entry and before the log is closed. Never rejects. */
  close(): Promise<void>;
};

export type AgentFilesOptions = {
  readonly log: RunLog;
  readonly folder: string;
  readonly io: Pick<Io, "files">;
  /** The entries of a run that is taken up again: the files are made anew from them. */
  readonly before?: readonly Entry[];
};

/** Keeps `agent_outputs/<slug>.txt` and `final/answer.md` in step with the log; its first failure becomes one warning in the log, then it stops. */
export function followWithAgentFiles(options: AgentFilesOptions): AgentFiles {
  const writer = new AgentFileWriter(options);
  for (const entry of options.before ?? []) writer.take(entry);
  const following = options.log.follow((item) => void (item.kind === "entry" && writer.take(item.entry)));
  return {
    async close() {
      following.stop();
      await writer.close();
    },
  };
}

class AgentFileWriter {
  readonly #options: AgentFilesOptions;
  #slugs: ReadonlyMap<AgentId, string> = new Map();
  readonly #waiting = new Map<AgentId, string>();
  readonly #open = new Map<AgentId, AppendFile>();
  #answer: string | null = null;
  #work: Promise<void> | null = null;
  #failed = false;

  constructor(options: AgentFilesOptions) {
    this.#options = options;
  }

  take(entry: Entry): void {
    if (this.#failed) return;
    if (entry.type === "run-start") this.#slugs = agentSlugs(entry.agents.map(({ id }) => id));
    if (entry.type === "run-end") this.#answer = entry.result.answer;
    const said = agentText(entry);
    if (said !== null) this.#waiting.set(said.agent, (this.#waiting.get(said.agent) ?? "") + said.text);
    if (this.#waiting.size > 0 || this.#answer !== null) this.#work ??= this.#write();
  }

  async close(): Promise<void> {
    while (this.#work !== null) await this.#work;
    for (const file of this.#open.values()) await this.#guarded(() => file.close());
    this.#open.clear();
  }

  async #write(): Promise<void> {
    // Everything that arrives in the same tick goes into one write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (!this.#failed && (this.#waiting.size > 0 || this.#answer !== null)) await this.#guarded(() => this.#writeWaiting());
    this.#work = null;
  }

  async #writeWaiting(): Promise<void> {
    for (const [agent, text] of this.#waiting) {
      this.#waiting.delete(agent);
      await (await this.#fileOf(agent)).write(text);
    }
    if (this.#answer === null) return;
    const answer = this.#answer;
    this.#answer = null;
    const folder = join(this.#options.folder, "final");
    await this.#options.io.files.makeFolder(folder);
    await this.#options.io.files.replace(join(folder, "answer.md"), answer.endsWith("\n") ? answer : `${answer}\n`);
  }

  async #fileOf(agent: AgentId): Promise<AppendFile> {
    const open = this.#open.get(agent);
    if (open !== undefined) return open;
    const { files } = this.#options.io;
    const folder = join(this.#options.folder, "agent_outputs");
    const path = join(folder, `${this.#slugs.get(agent) ?? "agent"}.txt`);
    await files.makeFolder(folder);
    await files.remove(path);
    const file = await files.openAppend(path, "if-missing");
    this.#open.set(agent, file);
    return file;
  }

  async #guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (this.#failed) return;
      this.#failed = true;
      const message = `The text files of this run are incomplete: ${error instanceof Error ? error.message : String(error)}`;
      this.#options.log.put({ type: "warning", code: "E_RUN_LOG", message });
    }
  }
}

// Text files beside the log, made from it while it grows: one per agent, the state of the run, the presentation and the final answer.
// A trouble here never harms the run.
import { dirname, join } from "node:path";
import type { AgentId, Entry, EventOf } from "../core/index.ts";
import type { AppendFile, Io } from "../io/index.ts";
import { neutralise } from "../security/index.ts";
import { agentHeader, agentText } from "./agent-text.ts";
import type { RunLog } from "./contract.ts";
import { agentSlugs } from "./folders.ts";
import { followStatus } from "./status-text.ts";

/** The status file is written anew each time, so not more often than this, in milliseconds. */
const STATUS_INTERVAL_MS = 1000;
const OUTPUTS = "agent_outputs";

export type AgentFiles = {
  /** Writes what is left; call it after the log's last entry and before the log is closed. Never rejects. */
  close(): Promise<void>;
};

export type AgentFilesOptions = {
  readonly log: RunLog;
  readonly folder: string;
  readonly io: Pick<Io, "files" | "clock">;
  /** The entries of a run that is taken up again: the files are made anew from them. */
  readonly before?: readonly Entry[];
};

/**
 * Keeps `agent_outputs/<slug>.txt`, `agent_outputs/system_status.txt`, `agent_outputs/final_presentation_<slug>.txt` and `final/answer.md`
 * in step with the log; its first failure becomes one warning in the log, then it stops.
 */
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
  /** Text to be added to an agent's file. */
  readonly #waiting = new Map<AgentId, string>();
  /** Whole files to be written, by their place in the run's folder. */
  readonly #whole = new Map<string, string>();
  readonly #open = new Map<AgentId, AppendFile>();
  /** Folders that are made, or being made. */
  readonly #folders = new Map<string, Promise<void>>();
  readonly #status = followStatus();
  #statusStale = false;
  #statusTimer: { cancel(): void } | null = null;
  #statusAt: number | null = null;
  #work: Promise<void> | null = null;
  #failed = false;

  constructor(options: AgentFilesOptions) {
    this.#options = options;
  }

  take(entry: Entry): void {
    if (this.#failed) return;
    if (entry.type === "run-start") this.#begin(entry);
    if (entry.type === "presentation-end" && entry.outcome === "done")
      this.#whole.set(join(OUTPUTS, `final_presentation_${this.#slugs.get(entry.agent) ?? "agent"}.txt`), ended(entry.text));
    if (entry.type === "run-end" && entry.result.answer !== null) this.#whole.set(join("final", "answer.md"), ended(entry.result.answer));
    const said = agentText(entry);
    if (said !== null) this.#add(said.agent, said.text);
    if (this.#status.take(entry)) this.#statusSoon();
    if (this.#waiting.size > 0 || this.#whole.size > 0) this.#work ??= this.#write();
  }

  async close(): Promise<void> {
    this.#statusTimer?.cancel();
    this.#statusTimer = null;
    while (this.#work !== null) await this.#work;
    if (this.#statusStale && !this.#failed) await this.#guarded(() => this.#writeStatus());
    for (const file of this.#open.values()) await this.#guarded(() => file.close());
    this.#open.clear();
  }

  #begin({ agents, question }: EventOf<"run-start">): void {
    this.#slugs = agentSlugs(agents.map(({ id }) => id));
    for (const agent of agents) this.#add(agent.id, agentHeader(agent, question));
  }

  /** Escape codes of a model must not act when the file is shown in a terminal. */
  #add(agent: AgentId, text: string): void {
    this.#waiting.set(agent, (this.#waiting.get(agent) ?? "") + neutralise(text));
  }

  #statusSoon(): void {
    this.#statusStale = true;
    if (this.#statusTimer !== null) return;
    const { clock } = this.#options.io;
    const wait = this.#statusAt === null ? 0 : Math.max(0, this.#statusAt + STATUS_INTERVAL_MS - clock.monotonic());
    this.#statusTimer = clock.after(wait, () => {
      this.#statusTimer = null;
      this.#work ??= this.#write();
    });
  }

  async #write(): Promise<void> {
    // Everything that arrives in the same tick goes into one write.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (!this.#failed) {
      // What arrives during a write waits for the next round: nobody else would come for it.
      if (this.#waiting.size > 0 || this.#whole.size > 0) await this.#guarded(() => this.#writeWaiting());
      else if (this.#statusStale && this.#statusTimer === null) await this.#guarded(() => this.#writeStatus());
      else break;
    }
    this.#work = null;
  }

  async #writeWaiting(): Promise<void> {
    for (const [agent, text] of this.#waiting) {
      this.#waiting.delete(agent);
      await (await this.#fileOf(agent)).write(text);
    }
    for (const [place, text] of this.#whole) {
      this.#whole.delete(place);
      await this.#replace(place, text);
    }
  }

  async #writeStatus(): Promise<void> {
    this.#statusStale = false;
    this.#statusAt = this.#options.io.clock.monotonic();
    await this.#replace(join(OUTPUTS, "system_status.txt"), this.#status.text());
  }

  async #replace(place: string, text: string): Promise<void> {
    const { files } = this.#options.io;
    const path = join(this.#options.folder, place);
    await this.#folder(dirname(path));
    await files.replace(path, text);
  }

  async #fileOf(agent: AgentId): Promise<AppendFile> {
    const open = this.#open.get(agent);
    if (open !== undefined) return open;
    const { files } = this.#options.io;
    const folder = join(this.#options.folder, OUTPUTS);
    const path = join(folder, `${this.#slugs.get(agent) ?? "agent"}.txt`);
    await this.#folder(folder);
    await files.remove(path);
    const file = await files.openAppend(path, "if-missing");
    this.#open.set(agent, file);
    return file;
  }

  #folder(path: string): Promise<void> {
    const made = this.#folders.get(path) ?? this.#options.io.files.makeFolder(path);
    this.#folders.set(path, made);
    return made;
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

const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

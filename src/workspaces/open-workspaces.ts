// Opens the folders of a team for a session: makes them, holds them against other processes, and gives servers what they may work in.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AgentConfig, MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { agentId, type AgentId, type Effect, type Json } from "../core/index.ts";
import { MassgenError, UsageError } from "../errors/index.ts";
import { liesIn, userHome, type Io } from "../io/index.ts";
import { lockRun, type RunLock } from "../log/index.ts";
import { fileAccess } from "./access.ts";
import type { FileAccess, OpenRunFiles, RunPlace } from "./contract.ts";
import type { Desk } from "./desk.ts";
import { filesystemServer, pathsIn, withFolders } from "./filesystem-server.ts";
import { planLayout, type LayoutSurroundings, type TeamLayout } from "./plan-layout.ts";
import { TeamFiles } from "./run-files.ts";

export type FileQuestion = { readonly agent: AgentId; readonly server: string; readonly effect: Effect; readonly input: Json };

export type Workspaces = {
  /** The configuration with the agents' folders in the places of their servers and working folders. */
  readonly config: MassgenConfig;
  /** What a person should know, one sentence each. */
  readonly notices: readonly string[];
  /** What an agent's own tools may touch; null = its tools are not judged. */
  accessOf(agent: AgentId): FileAccess | null;
  /** False = the server works in none of the agent's folders: its calls need not be judged by their paths. */
  binds(question: Pick<FileQuestion, "agent" | "server">): boolean;
  /** Null = nothing speaks against the call; else the reason. Never rejects. */
  refusal(question: FileQuestion): Promise<string | null>;
  /** True where the call touches nothing but the agent's own folders. Never rejects. */
  staysAtHome(question: FileQuestion): Promise<boolean>;
  /** What a server that asks is told to work in; empty = nothing is told. */
  rootsOf(agent: AgentId | null, server: McpServerConfig): readonly { readonly uri: string }[];
  /** The files of one run. */
  openRun(place: RunPlace): OpenRunFiles;
  close(): Promise<void>;
};

/** Null where the configuration asks for nothing of the kind. Throws UsageError for folders that cannot be used, or are in use. */
export async function openWorkspaces(config: MassgenConfig, around: LayoutSurroundings): Promise<Workspaces | null> {
  const layout = await planLayout(config, around);
  if (layout === null) return null;
  return new TeamWorkspaces({ config, layout, io: around.io, lock: await hold(layout, around.io) });
}

async function hold({ temporary }: TeamLayout, io: Io): Promise<RunLock> {
  try {
    return await lockRun(temporary, io);
  } catch (error) {
    if (!(error instanceof MassgenError) || error.code !== "E_RUN_LOCKED") throw error;
    throw new UsageError("E_RUN_LOCKED", `Another massgen works in the same folders (${temporary}).`, {
      cause: error,
      next: "Wait for it, or give this team another `agent_temporary_workspace` and other `cwd`s.",
    });
  }
}

type Parts = { readonly config: MassgenConfig; readonly layout: TeamLayout; readonly io: Io; readonly lock: RunLock };

class TeamWorkspaces implements Workspaces {
  readonly config: MassgenConfig;
  readonly notices: readonly string[];
  readonly #layout: TeamLayout;
  readonly #io: Io;
  readonly #lock: RunLock;
  readonly #access: ReadonlyMap<AgentId, FileAccess>;

  constructor({ config, layout, io, lock }: Parts) {
    this.#layout = layout;
    this.#io = io;
    this.#lock = lock;
    this.notices = layout.notices;
    this.#access = new Map(layout.desks.map(({ agent, reads, writes }) => [agent, fileAccess({ reads, writes, home: userHome(io) })]));
    this.config = { ...config, agents: config.agents.map((agent) => this.#placed(agent)) };
  }

  accessOf(agent: AgentId): FileAccess | null {
    return this.#access.get(agent) ?? null;
  }

  binds({ agent, server }: Pick<FileQuestion, "agent" | "server">): boolean {
    return this.#layout.bound.get(agent)?.includes(server) === true;
  }

  async refusal({ agent, server, effect, input }: FileQuestion): Promise<string | null> {
    const access = this.#access.get(agent);
    if (access === undefined || !this.binds({ agent, server })) return null;
    const paths = pathsIn(input);
    const use = effect === "read-only" ? "read" : "write";
    if (use === "write" && paths.length === 0) return "The call changes files and names none of them in a way that can be checked.";
    for (const path of paths) {
      const reason = await access.refusal(path, use);
      if (reason !== null) return reason;
    }
    return null;
  }

  async staysAtHome({ agent, server, input }: FileQuestion): Promise<boolean> {
    const desk = this.#layout.desks.find((each) => each.agent === agent);
    if (desk === undefined || !this.binds({ agent, server })) return false;
    const own = [...(desk.workspace === null ? [] : [desk.workspace]), ...desk.writes.filter((folder) => liesIn(folder, desk.folder))];
    const access = fileAccess({ reads: own, writes: own, home: userHome(this.#io) });
    const refusals = await Promise.all(pathsIn(input).map((path) => access.refusal(path, "write")));
    return own.length > 0 && refusals.length > 0 && refusals.every((reason) => reason === null);
  }

  rootsOf(agent: AgentId | null, server: McpServerConfig): readonly { readonly uri: string }[] {
    const access = agent === null ? undefined : this.#access.get(agent);
    if (agent === null || access === undefined || !this.binds({ agent, server: server.name })) return [];
    return access.folders.map((folder) => ({ uri: pathToFileURL(folder).href }));
  }

  openRun(place: RunPlace): OpenRunFiles {
    return (ports) => new TeamFiles({ layout: this.#layout, place, io: this.#io, ports });
  }

  close(): Promise<void> {
    return this.#lock.release();
  }

  #placed(agent: AgentConfig): AgentConfig {
    const desk = this.#layout.desks.find((each) => each.agent === agentId(agent.id));
    if (desk === undefined) return agent;
    const { backend } = agent;
    const bound = this.#layout.bound.get(desk.agent) ?? [];
    const options = backend.type === "claude_code" ? { ...backend.options, ...nativeOptions(agent, desk, this.#io.cwd) } : backend.options;
    const mcpServers = backend.mcpServers.map((server) => (bound.includes(server.name) ? given(server, desk) : server));
    return { ...agent, backend: { ...backend, options, mcpServers } };
  }
}

function given(server: McpServerConfig, desk: Desk): McpServerConfig {
  const found = filesystemServer(server);
  return found === null ? server : withFolders(server, found, [...new Set([...desk.reads, ...desk.writes])]);
}

/** Where Claude Code works, and which further folders its tools know of; whether it may use them is judged call by call. */
function nativeOptions(
  { backend }: AgentConfig,
  desk: Desk,
  cwd: string,
): { readonly cwd: string; readonly additional_directories: readonly string[] } {
  const given = backend.options["cwd"];
  const own = desk.workspace ?? (typeof given === "string" ? resolve(cwd, given) : cwd);
  return { cwd: own, additional_directories: [...new Set([...desk.reads, ...desk.writes])].filter((folder) => folder !== own) };
}

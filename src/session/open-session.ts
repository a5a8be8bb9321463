// Opens a session: makes the team, starts its MCP servers side by side, and runs each question of the conversation on its own log.
import type { MassgenConfig } from "../config/index.ts";
import { agentId, type HistoryMessage, type RunId } from "../core/index.ts";
import { cacheFolder, stateFolder, VERSION, type Io } from "../io/index.ts";
import { newRunId, type LiveItem } from "../log/index.ts";
import { NO_TOOLS, type ToolBroker } from "../mcp/contract.ts";
import { startRun, type AgentSpec, type Run, type RunResult, type Steering } from "../runtime/index.ts";
import { bannerOf } from "./banner.ts";
import { SteeringLater } from "./steering-later.ts";
import { PermissionDesk } from "./permissions.ts";
import { SessionRecorder } from "./recorder.ts";
import { openQuestionLog, type Logging } from "./run-log.ts";
import { budgetOf, settingsOf } from "./settings.ts";
import { openTeam } from "./team.ts";

export type SessionOptions = {
  readonly io: Io;
  /** False = nothing is written under `massgen_logs`. */
  readonly logs: boolean;
  /** The folder in which `massgen_logs` is made. Default: the working folder. */
  readonly logRoot?: string;
  /** Degraded runs exit with 5. */
  readonly strict: boolean;
  /** The person agreed to large downloads. */
  readonly yes: boolean;
  /** Instead of the configuration's, in milliseconds. */
  readonly orchestratorTimeoutMs?: number;
  /** A person can answer questions of permission now. Default: nobody can. */
  readonly interactive?: () => boolean;
  /** Lines about what takes time, before the first run. */
  readonly onNotice?: (line: string) => void;
};

export type Asked = { readonly result: Promise<RunResult>; readonly steering: Steering };
export type OpenedSession = {
  /** Runs one question. Questions of a session follow each other; a second one waits for the first. */
  ask(question: string, history: readonly HistoryMessage[], follow: (item: LiveItem) => void): Asked;
  /** What will answer, one line each; to be shown before money is spent. */
  banner(): Promise<readonly string[]>;
  /** Ends runs, servers, processes and models; idempotent. */
  close(): Promise<void>;
};

/** Throws UsageError where an agent cannot work at all (no key, no model). */
export async function openSession(given: MassgenConfig, options: SessionOptions): Promise<OpenedSession> {
  const orchestratorMs = options.orchestratorTimeoutMs ?? given.timeouts.orchestratorMs;
  const config = { ...given, timeouts: { ...given.timeouts, orchestratorMs } };
  const notices: string[] = [];
  const { io, yes, onNotice } = options;
  const recorder = new SessionRecorder();
  const desk = new PermissionDesk();
  const broker = await openBroker(config, { io, record: recorder.record, desk, interactive: options.interactive ?? (() => false) });
  try {
    const team = await openTeam(config, {
      io,
      yes,
      onNotice: (line) => {
        notices.push(line);
        onNotice?.(line);
      },
    });
    return new Session({ config, options, recorder, broker, team, notices, desk });
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** The MCP layer is loaded only where a server is configured. */
type Surroundings = {
  readonly io: Io;
  readonly record: SessionRecorder["record"];
  readonly desk: PermissionDesk;
  readonly interactive: () => boolean;
};

async function openBroker(config: MassgenConfig, { io, record, desk, interactive }: Surroundings): Promise<ToolBroker> {
  if (config.agents.every(({ backend }) => backend.mcpServers.length === 0)) return { forAgent: () => NO_TOOLS, close: async () => {} };
  const [{ createBroker }, { brokerPolicy, operatorPolicy }] = await Promise.all([import("../mcp/index.ts"), import("./policy.ts")]);
  const policy = brokerPolicy({ config, io, record, desk, interactive, policy: await operatorPolicy(io) });
  const agents = config.agents.map(({ id, backend }) => ({ id: agentId(id), servers: backend.mcpServers }));
  return createBroker({ agents, io, record, stateDir: stateFolder(io), cacheDir: cacheFolder(io), policy });
}

type SessionParts = {
  readonly config: MassgenConfig;
  readonly options: SessionOptions;
  readonly recorder: SessionRecorder;
  readonly broker: ToolBroker;
  readonly team: readonly AgentSpec[];
  readonly notices: readonly string[];
  readonly desk: PermissionDesk;
};

class Session implements OpenedSession {
  readonly #parts: SessionParts;
  readonly #logging: Logging;
  #first: RunId | null = null;
  #questions = 0;
  #last: Promise<unknown> = Promise.resolve();
  #run: Run | null = null;
  #closing: Promise<void> | null = null;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { io, logs, logRoot } = parts.options;
    this.#logging = { io, root: logs ? (logRoot ?? io.cwd) : null, secrets: parts.config.secrets };
  }

  ask(question: string, history: readonly HistoryMessage[], follow: (item: LiveItem) => void): Asked {
    const steering = new SteeringLater();
    const result = this.#last.then(() => this.#runQuestion(question, { history, follow, steering }));
    this.#last = result.catch(() => undefined);
    return { result, steering };
  }

  async #runQuestion(
    question: string,
    about: { history: readonly HistoryMessage[]; follow: (item: LiveItem) => void; steering: SteeringLater },
  ): Promise<RunResult> {
    const { config, options, recorder, broker, team } = this.#parts;
    const { io, strict } = options;
    const id = newRunId(io);
    this.#first ??= id;
    this.#questions += 1;
    const { log, files } = await openQuestionLog(this.#logging, id, { first: this.#first, n: this.#questions });
    log.follow(this.#parts.desk.follow);
    log.follow(about.follow);
    const { timeouts } = config;
    const run = startRun({
      question,
      history: about.history,
      agents: team,
      settings: settingsOf(config, io),
      limits: { turnTimeoutMs: timeouts.turnMs, modelCallTimeoutMs: timeouts.modelCallMs },
      budget: budgetOf(config),
      program: `massgen ${VERSION}`,
      strict,
      log,
      clock: io.clock,
      // The servers live as long as the session: the run only borrows them.
      openTools: () => ({ forAgent: (agent) => broker.forAgent(agent), close: async () => recorder.detach() }),
    });
    this.#run = run;
    about.steering.attach(run.steering);
    await recorder.attach(run.record);
    try {
      return await run.result;
    } finally {
      this.#run = null;
      recorder.detach();
      await files?.close();
    }
  }

  banner(): Promise<readonly string[]> {
    return Promise.resolve([...bannerOf(this.#parts.config), ...this.#parts.notices]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { broker, team } = this.#parts;
    await this.#run?.stop();
    await Promise.all([broker.close(), ...team.map(({ backend }) => backend.close())]);
  }
}

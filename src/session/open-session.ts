// Opens a session: makes the team, starts its MCP servers side by side, and runs each question of the conversation on its own log.
import type { MassgenConfig } from "../config/index.ts";
import type { Limits } from "../config/types.ts";
import type { HistoryMessage, Json, RunId } from "../core/index.ts";
import { UsageError } from "../errors/index.ts";
import { VERSION, type Io } from "../io/index.ts";
import { createRedactor, newRunId, type LiveItem } from "../log/index.ts";
import { NO_TOOLS, type ToolBroker } from "../mcp/contract.ts";
import { startRun, type AgentSpec, type Run, type RunResult, type StartOptions, type Steering } from "../runtime/index.ts";
import { bannerOf } from "./banner.ts";
import type { BrokerSurroundings } from "./open-broker.ts";
import { SteeringLater } from "./steering-later.ts";
import { PermissionDesk } from "./permissions.ts";
import { SessionRecorder } from "./recorder.ts";
import { openQuestionLog, reopenQuestionLog, type Logging, type QuestionLog } from "./run-log.ts";
import { budgetOf, settingsOf } from "./settings.ts";
import { openTeam } from "./team.ts";
import { checkWorkingFolders } from "./working-folders.ts";
import { openTelemetry, telemetryIsWanted, type Telemetry } from "../telemetry/index.ts";
import type { Workspaces } from "../workspaces/index.ts";

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
  /** True = as with `orchestrator.gate`. */
  readonly gate?: boolean;
  /** Limits instead of the configuration's. */
  readonly budget?: Partial<Limits>;
  /** How whoever starts the session finds the configuration again; kept beside each run's log, without secrets. */
  readonly origin?: Json;
  /** The conversation that goes on: its first run and the number of questions asked in it. */
  readonly conversation?: { readonly first: RunId; readonly questions: number };
  /** A person can answer questions of permission now. Default: nobody can. */
  readonly interactive?: () => boolean;
  /** Only tools that are as `mcp.lock` has them, only pinned servers; anything else throws UsageError before a model is asked. Default false. */
  readonly locked?: boolean;
  /** The operator's policy, instead of `policy.json` in the configuration folder. */
  readonly policyFile?: string | null;
  /** Lines about what takes time, before the first run. */
  readonly onNotice?: (line: string) => void;
  /** Progress as whole lines instead of a bar that is drawn over itself. */
  readonly plainProgress?: boolean;
  /** Every request to a provider in one line, secrets cut out. */
  readonly onRequest?: (line: string) => void;
};

export type Asked = { readonly result: Promise<RunResult>; readonly steering: Steering };
export type OpenedSession = {
  /** Runs one question. Questions of a session follow each other; a second one waits for the first, and is refused once the session is closed. */
  ask(question: string, history: readonly HistoryMessage[], follow: (item: LiveItem) => void): Asked;
  /** Takes up the run whose log is in this folder, and tells it from its first entry; one that has ended gives its result again. Rejects as `reopenFileLog` and `startRun` do. */
  resume(folder: string, follow: (item: LiveItem) => void): Asked;
  /** What will answer, one line each; to be shown before money is spent. */
  banner(): Promise<readonly string[]>;
  /** Ends runs, servers, processes and models; idempotent. */
  close(): Promise<void>;
};

/** Throws UsageError where an agent cannot work at all (no key, no model). */
export async function openSession(given: MassgenConfig, options: SessionOptions): Promise<OpenedSession> {
  const orchestratorMs = options.orchestratorTimeoutMs ?? given.timeouts.orchestratorMs;
  const asked = {
    ...given,
    timeouts: { ...given.timeouts, orchestratorMs },
    budget: { ...given.budget, ...options.budget },
    orchestrator: { ...given.orchestrator, gate: options.gate === true || given.orchestrator.gate },
  };
  const { io, yes } = options;
  const remarks = await moneyRemarks(asked);
  await checkWorkingFolders(asked, io);
  const workspaces = await workspacesFor(asked, options);
  const config = workspaces?.config ?? asked;
  const notices: string[] = [];
  const onNotice = (line: string): void => {
    notices.push(line);
    options.onNotice?.(line);
  };
  const recorder = new SessionRecorder();
  const desk = new PermissionDesk();
  const { interactive = () => false, locked = false, policyFile = null, logs } = options;
  let broker: ToolBroker | null = null;
  let telemetry: Telemetry | null = null;
  try {
    for (const line of [...(workspaces?.notices ?? []), ...remarks]) onNotice(line);
    telemetry = telemetryIsWanted(io.env) ? await openTelemetry() : null;
    broker = await brokerFor(config, { io, record: recorder.record, desk, interactive, logs, locked, policyFile, workspaces });
    const onRequest = options.onRequest === undefined ? {} : { onRequest: withoutSecrets(options.onRequest, config.secrets) };
    const team = await openTeam(config, { io, yes, plainProgress: options.plainProgress === true, onNotice, workspaces, ...onRequest });
    return new Session({ config, options, recorder, broker, team, notices, desk, workspaces, telemetry });
  } catch (error) {
    await telemetry?.close();
    await broker?.close();
    await workspaces?.close();
    throw error;
  }
}

/** A request holds more than the key: what tools returned, and what `extra_body` says. */
function withoutSecrets(say: (line: string) => void, secrets: readonly string[]): (line: string) => void {
  const redactor = createRedactor(secrets);
  return redactor === null ? say : (line) => say(redactor.text(line));
}

/** Throws UsageError where a limit of money could not be kept. Prices are loaded only where there is such a limit. */
async function moneyRemarks(config: MassgenConfig): Promise<readonly string[]> {
  const limits = [config.budget, ...Object.values(config.agentBudgets)];
  return limits.every(({ maxCostUsd }) => maxCostUsd === null) ? [] : (await import("./money.ts")).checkMoney(config);
}

/** Agents' folders are loaded only where the configuration speaks of them. */
async function workspacesFor(config: MassgenConfig, { io, logs, logRoot }: SessionOptions): Promise<Workspaces | null> {
  const { snapshotStorage, agentTemporaryWorkspace, contextPaths } = config.orchestrator;
  if (snapshotStorage === null && agentTemporaryWorkspace === null && contextPaths.length === 0) return null;
  const { openWorkspaces } = await import("../workspaces/index.ts");
  return openWorkspaces(config, { io, logRoot: logs ? (logRoot ?? io.cwd) : null });
}

/** The MCP layer is loaded only where a server is configured. */
async function brokerFor(config: MassgenConfig, surroundings: BrokerSurroundings): Promise<ToolBroker> {
  if (config.agents.every(({ backend }) => backend.mcpServers.length === 0)) return { forAgent: () => NO_TOOLS, close: async () => {} };
  const { openBroker } = await import("./open-broker.ts");
  return openBroker(config, surroundings);
}

type SessionParts = {
  readonly config: MassgenConfig;
  readonly options: SessionOptions;
  readonly recorder: SessionRecorder;
  readonly broker: ToolBroker;
  readonly team: readonly AgentSpec[];
  readonly notices: readonly string[];
  readonly desk: PermissionDesk;
  readonly workspaces: Workspaces | null;
  readonly telemetry: Telemetry | null;
};

/** A question of the conversation, or a run that goes on. */
type Task = {
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  readonly open: () => Promise<QuestionLog>;
  readonly follow: (item: LiveItem) => void;
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
    const { io, logs, logRoot, origin = null, conversation } = parts.options;
    this.#logging = { io, root: logs ? (logRoot ?? io.cwd) : null, secrets: parts.config.secrets, origin };
    this.#first = conversation?.first ?? null;
    this.#questions = conversation?.questions ?? 0;
  }

  ask(question: string, history: readonly HistoryMessage[], follow: (item: LiveItem) => void): Asked {
    const open = (): Promise<QuestionLog> => {
      const id = newRunId(this.#logging.io);
      this.#first ??= id;
      this.#questions += 1;
      return openQuestionLog(this.#logging, id, { first: this.#first, n: this.#questions });
    };
    return this.#next({ question, history, open, follow });
  }

  resume(folder: string, follow: (item: LiveItem) => void): Asked {
    return this.#next({ question: "", history: [], open: () => reopenQuestionLog(this.#logging, folder), follow });
  }

  #next(task: Task): Asked {
    const steering = new SteeringLater();
    const result = this.#last.then(() => this.#work(task, steering));
    this.#last = result.catch(() => undefined);
    return { result, steering };
  }

  async #work({ question, history, open, follow }: Task, steering: SteeringLater): Promise<RunResult> {
    this.#refuseWhenClosed();
    const { recorder, desk, telemetry } = this.#parts;
    const { run: id, log, files, before, problem } = await open();
    try {
      this.#refuseWhenClosed();
      log.follow(desk.follow);
      if (telemetry !== null) log.follow((item) => item.kind === "entry" && telemetry.follow(item.entry));
      log.follow(follow);
      for (const entry of before) follow({ kind: "entry", entry });
      const run = this.#start(id, { question, history, log, resumeFrom: before });
      this.#run = run;
      steering.attach(run.steering);
      await recorder.attach({ record: run.record, isOver: () => run.state().ended !== null });
      if (problem !== null)
        await run.record({
          type: "warning",
          code: "E_RUN_LOG",
          message: `The end of the log was cut off where it was damaged: ${problem.message}`,
        });
      return await run.result;
    } finally {
      this.#run = null;
      recorder.detach();
      await files?.close();
      // Closed by the run, where there was one; what went wrong before says more than what goes wrong now.
      await log.close().catch(() => undefined);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== null) throw new UsageError("E_USAGE", "The session is closed.", { next: "Open another one." });
  }

  #start(id: RunId, about: Pick<StartOptions, "question" | "history" | "log" | "resumeFrom">): Run {
    const { config, options, recorder, broker, team, workspaces } = this.#parts;
    const { io, strict } = options;
    const { timeouts } = config;
    for (const entry of about.resumeFrom ?? [])
      if (entry.type === "tool-result" && entry.found) broker.foundBefore?.(entry.agent, entry.found);
    return startRun({
      ...about,
      agents: team,
      settings: settingsOf(config, io),
      limits: { turnTimeoutMs: timeouts.turnMs, modelCallTimeoutMs: timeouts.modelCallMs },
      budget: budgetOf(config),
      program: `massgen ${VERSION}`,
      strict,
      clock: io.clock,
      // The servers live as long as the session: the run only borrows them.
      ...(workspaces === null ? {} : { openFiles: workspaces.openRun({ folder: about.log.path, run: id }) }),
      openTools: () => ({ forAgent: (agent) => broker.forAgent(agent), close: async () => recorder.detach() }),
    });
  }

  banner(): Promise<readonly string[]> {
    return Promise.resolve([...bannerOf(this.#parts.config), ...this.#parts.notices]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { broker, team, workspaces, telemetry } = this.#parts;
    await this.#run?.stop();
    // A question that was about to begin finds the session closed.
    await this.#last;
    await Promise.all([broker.close(), ...team.map(({ backend }) => backend.close())]);
    await workspaces?.close();
    await telemetry?.close();
  }
}

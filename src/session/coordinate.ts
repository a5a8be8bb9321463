// One question to one team, for programs: returns at once with the run's events, its result and the means to steer it.
import { join, resolve } from "node:path";
import { parseConfigText, usageErrorFor, type MassgenConfig } from "../config/index.ts";
import type { Limits } from "../config/types.ts";
import type { Entry, HistoryMessage, Json } from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import { createIo, type Io } from "../io/index.ts";
import { EVENTS_FILE, type LiveItem } from "../log/index.ts";
import { secretSource } from "../security/index.ts";
import type { RunResult, Steering } from "../runtime/index.ts";
import { EventStream } from "./event-stream.ts";
import { openSession, type Asked, type OpenedSession } from "./open-session.ts";
import { SteeringLater } from "./steering-later.ts";
import { configOfSource, KEYS_TEAM, sourceOfRun } from "./team-source.ts";

/** What a new run and one that goes on have in common. */
export type ResumeOptions = {
  /** Path of a configuration file, or its content as an object. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** Limits instead of the configuration's. */
  readonly budget?: Partial<Limits>;
  /** Instead of the configuration's, in milliseconds; for a run whose time was over: how long it may go on. */
  readonly orchestratorTimeoutMs?: number;
  /** Agree to large downloads of models. Default false. */
  readonly yes?: boolean;
  /** Degraded runs have exit code 5. Default false. */
  readonly strict?: boolean;
  /** Aborting it cancels the run; the result then holds what there was. */
  readonly signal?: AbortSignal;
  /** Called with every live item, text deltas included; must not throw. */
  readonly onItem?: (item: LiveItem) => void;
};

/** Without `config`: a team from the provider keys of the environment, or local agents. */
export type CoordinateOptions = ResumeOptions & {
  readonly question: string;
  /** Number of agents of a team without a configuration. Default 3. */
  readonly agents?: number;
  /** Earlier messages of the conversation, oldest first. */
  readonly history?: readonly HistoryMessage[];
  /** Write the run under `massgen_logs` of `logRoot`. Default false. */
  readonly logs?: boolean;
  readonly logRoot?: string;
};

export type Coordination = {
  /** Rejects with `UsageError` for mistakes in the options or the configuration; failures of models and tools are part of a result. */
  readonly result: Promise<RunResult>;
  /** The stored entries of the run, in order, from the first; ends with the run. Buffered until read; iterate it once. */
  readonly events: AsyncIterable<Entry>;
  readonly steering: Steering;
};

/** Starts the run and returns at once. */
export function coordinate(options: CoordinateOptions): Coordination {
  return coordinateIn(createIo(), options);
}

/** The same in a world of the caller's, for parts of the program that have read a `.env`. */
export function coordinateIn(io: Io, options: CoordinateOptions): Coordination {
  const { question, history = [], logs = false, logRoot } = options;
  return start(io, options, {
    logs,
    logRoot,
    find: (world) => teamOf(options, world),
    begin: (session, follow) => session.ask(question, history, follow),
  });
}

/**
 * Takes up the run whose log is in `runFolder` (`RunResult.runPath`) and returns at once. Nothing that was finished is paid for again, no
 * call that may have had an effect is repeated; a run that has ended gives its result again. Without `config` the team is the one the run
 * was started with, where that was a file or the keys. `result` also rejects with `E_RUN_NOT_FOUND`, `E_RUN_LOCKED`,
 * `E_CONFIG_NOT_FOUND` and what else speaks against going on.
 */
export function resume(runFolder: string, options: ResumeOptions = {}): Coordination {
  return start(createIo(), options, {
    logs: true,
    logRoot: undefined,
    find: (io) => teamThatGoesOn(runFolder, options, io),
    begin: (session, follow, io) => session.resume(resolve(io.cwd, runFolder), follow),
  });
}

type Team = { readonly config: MassgenConfig; /** How it is found again; null = only whoever gave it has it. */ readonly origin: Json };
type Beginning = {
  readonly logs: boolean;
  readonly logRoot: string | undefined;
  find(io: Io): Promise<Team>;
  begin(session: OpenedSession, follow: (item: LiveItem) => void, io: Io): Asked;
};

function start(io: Io, options: ResumeOptions, beginning: Beginning): Coordination {
  const stream = new EventStream();
  const steering = new SteeringLater();
  const result = run(options, beginning, { io, stream, steering }).finally(() => stream.end());
  // Whoever only reads the events learns of a failure by their end.
  result.catch(() => undefined);
  return { result, events: stream, steering };
}

async function run(
  { budget, orchestratorTimeoutMs, strict = false, yes = false, signal, onItem }: ResumeOptions,
  { logs, logRoot, find, begin }: Beginning,
  { io, stream, steering }: { io: Io; stream: EventStream; steering: SteeringLater },
): Promise<RunResult> {
  const { config, origin } = await find(io);
  const session = await openSession(config, {
    io,
    logs,
    strict,
    yes,
    origin,
    ...(logRoot === undefined ? {} : { logRoot }),
    ...(budget === undefined ? {} : { budget }),
    ...(orchestratorTimeoutMs === undefined ? {} : { orchestratorTimeoutMs }),
  });
  const cancel = (): void => steering.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    const follow = (item: LiveItem): void => {
      if (item.kind === "entry") stream.push(item.entry);
      onItem?.(item);
    };
    const asked = begin(session, follow, io);
    steering.attach(asked.steering);
    if (signal?.aborted === true) cancel();
    return await asked.result;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await session.close();
  }
}

async function teamOf({ config, agents = null }: { config?: CoordinateOptions["config"]; agents?: number | null }, io: Io): Promise<Team> {
  if (typeof config === "object") return { config: await parseObject(config, io), origin: null };
  const source = { ...KEYS_TEAM, file: config ?? null, agents };
  const origin = { ...source, file: config === undefined ? null : resolve(io.cwd, config) };
  return { config: (await configOfSource(source, io, null)).config, origin };
}

async function teamThatGoesOn(runFolder: string, options: ResumeOptions, io: Io): Promise<Team> {
  const folder = resolve(io.cwd, runFolder);
  if (!(await io.files.exists(join(folder, EVENTS_FILE)))) throw new MassgenError("E_RUN_NOT_FOUND", `There is no run in ${folder}.`);
  if (options.config !== undefined) return teamOf(options, io);
  const source = await sourceOfRun(folder, io);
  return { config: (await configOfSource(source, io, null)).config, origin: source };
}

async function parseObject(config: Readonly<Record<string, unknown>>, io: Io): Promise<MassgenConfig> {
  const { config: parsed, problems } = await parseConfigText(JSON.stringify(config, null, 2), null, {
    env: io.env,
    secrets: secretSource(io),
  });
  if (parsed === null) throw usageErrorFor(problems);
  return parsed;
}

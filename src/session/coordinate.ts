// One question to one team, for programs: returns at once with the run's events, its result and the means to steer it.
import { configFromFlags, loadConfig, parseConfigText, usageErrorFor, type MassgenConfig } from "../config/index.ts";
import type { Entry, HistoryMessage } from "../core/index.ts";
import { createIo, type Io } from "../io/index.ts";
import type { LiveItem } from "../log/index.ts";
import { secretSource } from "../security/index.ts";
import type { RunResult, Steering } from "../runtime/index.ts";
import { EventStream } from "./event-stream.ts";
import { openSession } from "./open-session.ts";
import { SteeringLater } from "./steering-later.ts";

export type CoordinateOptions = {
  readonly question: string;
  /** Path of a configuration file, or its content as an object. Default: a team from the provider keys of the environment, or local agents. */
  readonly config?: string | Readonly<Record<string, unknown>>;
  /** Number of agents of a team without a configuration. Default 3. */
  readonly agents?: number;
  /** Earlier messages of the conversation, oldest first. */
  readonly history?: readonly HistoryMessage[];
  /** Write the run under `massgen_logs` of `logRoot`. Default false. */
  readonly logs?: boolean;
  readonly logRoot?: string;
  /** Agree to large downloads of models. Default false. */
  readonly yes?: boolean;
  /** Degraded runs have exit code 5. Default false. */
  readonly strict?: boolean;
  /** Aborting it cancels the run; the result then holds what there was. */
  readonly signal?: AbortSignal;
  /** Called with every live item, text deltas included; must not throw. */
  readonly onItem?: (item: LiveItem) => void;
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
  const stream = new EventStream();
  const steering = new SteeringLater();
  const result = run(options, { io: createIo(), stream, steering }).finally(() => stream.end());
  // Whoever only reads the events learns of a failure by their end.
  result.catch(() => undefined);
  return { result, events: stream, steering };
}

async function run(
  options: CoordinateOptions,
  { io, stream, steering }: { io: Io; stream: EventStream; steering: SteeringLater },
): Promise<RunResult> {
  const config = await configOf(options, io);
  const { logs = false, strict = false, yes = false, logRoot, signal, onItem } = options;
  const session = await openSession(config, { io, logs, strict, yes, ...(logRoot === undefined ? {} : { logRoot }) });
  const cancel = (): void => steering.cancel();
  signal?.addEventListener("abort", cancel);
  try {
    const asked = session.ask(options.question, options.history ?? [], (item) => {
      if (item.kind === "entry") stream.push(item.entry);
      onItem?.(item);
    });
    steering.attach(asked.steering);
    if (signal?.aborted === true) cancel();
    return await asked.result;
  } finally {
    signal?.removeEventListener("abort", cancel);
    await session.close();
  }
}

async function configOf({ config, agents }: CoordinateOptions, io: Io): Promise<MassgenConfig> {
  const { env, files } = io;
  if (config === undefined)
    return configFromFlags({ agents: agents ?? null, backend: null, model: null, baseUrl: null, systemMessage: null, env }).config;
  if (typeof config === "string")
    return (await loadConfig({ source: config, files, env, secrets: secretSource(io), examples: null })).config;
  return parseObject(config, io);
}

async function parseObject(config: Readonly<Record<string, unknown>>, io: Io): Promise<MassgenConfig> {
  const { config: parsed, problems } = await parseConfigText(JSON.stringify(config, null, 2), null, {
    env: io.env,
    secrets: secretSource(io),
  });
  if (parsed === null) throw usageErrorFor(problems);
  return parsed;
}

// Starts a run or takes one up again, and sees it to its end: the door through which every run of the program goes.
import { assignLabels, systemPrompt, type CallId, type EventOf, type RunOutcome } from "../core/index.ts";
import { buildResult } from "./build-result.ts";
import type { Steering } from "./contract.ts";
import { Engine } from "./engine.ts";
import type { Run, StartOptions } from "./options.ts";
import type { RunResult } from "./result.ts";
import { checkResumable, completionEvents, resumeEvents } from "./resume.ts";

/** Throws `UsageError` or `E_LOG_CORRUPT` where a log cannot be resumed; everything later is in `Run.result`. */
export function startRun(options: StartOptions): Run {
  const entries = options.resumeFrom ?? [];
  if (entries.length > 0) checkResumable(entries, options.agents);
  const engine = new Engine(options);
  const result = finish(engine, options);
  try {
    begin(engine, options);
  } catch (error) {
    engine.fail(error);
  }
  // Whoever started the run hears of its failure through `result`; one who only stops it need not.
  result.catch(() => {});
  const steering = steeringOf(engine);
  return {
    result,
    steering,
    record: (event) => engine.recordOutside(event),
    state: () => engine.state,
    async stop() {
      steering.cancel();
      await result.then(
        () => {},
        () => {},
      );
    },
  };
}

function begin(engine: Engine, options: StartOptions): void {
  const { openTools, resumeFrom = [], program } = options;
  engine.files = options.openFiles?.({ record: (event) => engine.recordOutside(event), changed: () => engine.wake() }) ?? null;
  engine.fold(resumeFrom);
  if (engine.isEnded) return engine.finishAtOnce();
  engine.tools = openTools?.((event) => engine.recordOutside(event)) ?? null;
  engine.files?.begin();
  if (resumeFrom.length === 0) return void engine.record(runStart(options));
  const { orchestratorTimeoutMs } = options.settings;
  const resuming = { program, activeMs: options.log.activeMs(), orchestratorTimeoutMs };
  engine.resume(completionEvents(engine.state, resumeFrom), (state) => resumeEvents(state, resuming));
}

function runStart({ question, history, agents, settings, program }: StartOptions): EventOf<"run-start"> {
  const labels = assignLabels(
    agents.map(({ id }) => id),
    settings.seed,
  );
  const mode = agents.length === 1 && settings.singleAgent === "chat" ? "chat" : "council";
  return {
    type: "run-start",
    question,
    history,
    settings,
    program,
    agents: agents.map(({ id, backendName, model, systemMessage, presents }) => {
      const label = labels.get(id);
      if (label === undefined) throw new Error(`No label for ${id}`);
      return { id, label, backend: backendName, model, system: systemPrompt(systemMessage, mode), presents };
    }),
  };
}

async function finish(engine: Engine, options: StartOptions): Promise<RunResult> {
  const { log, strict = false } = options;
  const outcome = await endOfFiles(engine, options);
  const result = buildResult({ run: engine.run, path: log.path, outcome, state: engine.state, ledger: engine.ledger, strict });
  try {
    await engine.tools?.close();
  } finally {
    await log.close();
  }
  return result;
}

async function endOfFiles(engine: Engine, options: StartOptions): Promise<RunOutcome> {
  let clear = false;
  try {
    const outcome = await endOf(engine, options);
    // Whoever interrupts a run does not want to wait.
    clear = outcome.outcome !== "interrupted";
    return outcome;
  } finally {
    await engine.files?.close({ clear });
  }
}

async function endOf(engine: Engine, { log }: StartOptions): Promise<RunOutcome> {
  try {
    return await engine.ended;
  } catch (error) {
    // What broke the run says more than what its remains do while they are cleared away.
    await engine.tools?.close().catch(() => undefined);
    await log.close().catch(() => undefined);
    throw error;
  }
}

function steeringOf(engine: Engine): Steering {
  const send = (command: EventOf<"command-received">["command"]): void => {
    if (!engine.over) void engine.record({ type: "command-received", command });
  };
  return {
    answerNow: () => send({ name: "answer-now" }),
    cancel: () => send({ name: "cancel" }),
    pause: () => send({ name: "pause" }),
    resume: () => send({ name: "resume" }),
    // Displays know calls as plain text; one that does not exist changes nothing.
    permission: (call, allow, remember) => send({ name: "permission", call: call as CallId, allow, remember }),
    form: (call, answer) => send({ name: "form", call: call as CallId, ...answer }),
  };
}

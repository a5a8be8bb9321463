// What the tests of the runtime share: a run on a fake clock with scripted agents, and questions to its log.
import {
  agentId,
  callRecorded,
  DEFAULT_SETTINGS,
  runId,
  type CoordinationSettings,
  type Effect,
  type Entry,
  type Json,
  type RunEvent,
} from "../core/index.ts";
import type { OfferedTool, RecordedCall, Recorder, ToolBroker, ToolCallRequest, ToolOutcome } from "../mcp/contract.ts";
import type { Backend } from "../backends/contract.ts";
import type { Clock } from "../io/index.ts";
import { createMemoryLog, type RunLog } from "../log/index.ts";
import {
  fakeClock,
  scriptedBackend,
  type FakeClock,
  type Moment,
  type Script,
  type ScriptedBackend,
  type ScriptedStep,
} from "../testing/index.ts";
import { startRun, type AgentSpec, type Run, type RunResult, type StartOptions } from "./index.ts";

export type Scripts = { readonly [agent: string]: Script | readonly (readonly ScriptedStep[])[] };
export type TestRun = {
  readonly clock: FakeClock;
  readonly log: RunLog;
  readonly run: Run;
  readonly backends: { readonly [agent: string]: ScriptedBackend };
  /** Lets the run go to its end. */
  finish(): Promise<RunResult>;
  entries(): Promise<readonly Entry[]>;
};
export type TestRunOptions = { readonly clock?: FakeClock } & Partial<Omit<StartOptions, "agents" | "settings" | "clock">> & {
    readonly settings?: Partial<CoordinationSettings>;
    readonly secrets?: readonly string[];
    readonly presents?: boolean;
    /** Backends that are no scripts. */
    readonly replace?: { readonly [agent: string]: Backend };
  };

export const RUN = runId("20260102030405-0123abcd");
export const id = agentId;

export function testRun(scripts: Scripts, options: TestRunOptions = {}): TestRun {
  const { clock = fakeClock() } = options;
  const backends = Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, scriptedBackend(script, { clock })]));
  const { settings, secrets = [], presents = true, resumeFrom, replace = {}, ...rest } = options;
  const log = rest.log ?? createMemoryLog({ run: RUN, io: { clock }, secrets, ...(resumeFrom === undefined ? {} : { resumeFrom }) });
  const run = startRun({
    question: "What is 7 + 5?",
    history: [],
    program: "massgen test",
    clock,
    ...rest,
    log,
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    settings: { ...DEFAULT_SETTINGS, ...settings },
    agents: Object.entries(backends).map(([name, backend]): AgentSpec => ({
      id: agentId(name),
      backendName: "scripted",
      model: "scripted-1",
      systemMessage: null,
      presents,
      backend: replace[name] ?? backend,
    })),
  });
  return { clock, log, run, backends, finish: () => clock.run(run.result), entries: () => entriesOf(log) };
}

export async function entriesOf(log: RunLog): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of log.entries()) entries.push(entry);
  return entries;
}

export function ofType<Type extends RunEvent["type"]>(entries: readonly Entry[], type: Type): readonly Extract<Entry, { type: Type }>[] {
  return entries.filter((entry): entry is Extract<Entry, { type: Type }> => entry.type === type);
}

/** A model that answers first, votes for the first label it is offered that `votesFor` accepts, and presents. */
export function council(answer: string, votesFor: (content: string) => boolean, extra: ScriptedStep = {}): Script {
  return ({ request }: Moment) => {
    if (request.kind === "presentation") return { text: `Presented: ${answer}`, ...extra };
    if (request.ballot === null) return { text: "Thinking.", answer, ...extra };
    const chosen = request.ballot.candidates.find(({ content }) => votesFor(content)) ?? request.ballot.candidates[0];
    return { vote: chosen?.label ?? "none", ...extra };
  };
}

export type TestTool = {
  readonly effect: Effect;
  readonly text: string;
  readonly ms?: number;
  /** Left to the winner: recorded while agents deliberate. */
  readonly byWinner?: true;
  /** Whether a recorded call of it fails. */
  readonly fails?: (input: Json) => boolean;
};
export type TestBroker = ToolBroker & {
  /** `<call id> <tool>` of every call that reached a server. */
  readonly started: readonly string[];
  readonly closed: boolean;
};

/** A broker that records like the real one and runs tools that only take time. */
export function testBroker(tools: { readonly [name: string]: TestTool }, clock: Clock, record: Recorder): TestBroker {
  const started: string[] = [];
  let closed = false;
  const offered = Object.entries(tools).map(([name, { effect }]): OfferedTool => ({
    name,
    server: "s",
    tool: name,
    description: name,
    inputSchema: { type: "object" },
    effect,
    readOnly: effect === "read-only",
    idempotent: false,
  }));
  const call = async (agent: ReturnType<typeof agentId>, request: ToolCallRequest): Promise<ToolOutcome> => {
    const { turn, step, call: callId, providerCall, name, input, signal } = request;
    const tool = tools[name];
    const at = { agent, turn, call: callId } as const;
    const planned = tool?.byWinner === true && request.deliberating === true;
    await record({
      type: "tool-call",
      ...at,
      step,
      providerCall,
      name,
      server: "s",
      tool: name,
      input,
      effect: tool?.effect ?? "unknown",
      ...(planned ? { recorded: true as const } : {}),
    });
    if (planned) {
      await record({ type: "intent-recorded", ...at, server: "s", tool: name, name, input });
      const content = [{ type: "text", text: callRecorded(callId) }] as const;
      await record({ type: "tool-result", ...at, providerCall, name, isError: false, code: null, content, durationMs: 0 });
      return { ok: true, content };
    }
    started.push(`${callId} ${name}`);
    const isAborted = await clock.sleep(tool?.ms ?? 0, signal).then(
      () => false,
      () => true,
    );
    const text = isAborted ? "It was cancelled." : `${tool?.text ?? "?"} ${JSON.stringify(input satisfies Json)}`;
    const code = isAborted ? (tool?.effect === "read-only" ? "cancelled" : "outcome-unknown") : null;
    await record({
      type: "tool-result",
      ...at,
      providerCall,
      name,
      isError: isAborted,
      code,
      content: [{ type: "text", text }],
      durationMs: 1,
    });
    if (code !== null) return { ok: false, code, message: text, retryable: false };
    return { ok: true, content: [{ type: "text", text }] };
  };
  const carryOut = async ({ call: id, tool: name, input, signal }: RecordedCall): Promise<ToolOutcome> => {
    if (signal.aborted) return { ok: false, code: "cancelled", message: "Not begun.", retryable: false };
    await record({ type: "intent-started", call: id });
    started.push(`${id} ${name}`);
    const isAborted = await clock.sleep(tools[name]?.ms ?? 0, signal).then(
      () => false,
      () => true,
    );
    const code = isAborted ? "outcome-unknown" : tools[name]?.fails?.(input) ? "tool-error" : null;
    const text = code ?? `${tools[name]?.text ?? "?"} ${JSON.stringify(input satisfies Json)}`;
    const content = [{ type: "text", text }] as const;
    await record({ type: "intent-executed", call: id, isError: code !== null, ...(code === null ? {} : { code }), content });
    return code === null ? { ok: true, content } : { ok: false, code, message: text, retryable: false };
  };
  return {
    started,
    get closed() {
      return closed;
    },
    forAgent: (agent) => ({
      list: () => offered,
      pending: () => [],
      settled: async () => {},
      call: (request) => call(agent, request),
      carryOut,
    }),
    close: async () => void (closed = true),
  };
}

export const requests = (test: TestRun): number => Object.values(test.backends).reduce((sum, { asked }) => sum + asked.length, 0);

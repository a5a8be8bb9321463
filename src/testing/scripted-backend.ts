// A backend whose model is a function: it plays any turn without a network, honours the contract, and remembers what it was asked.
import type { AssistantPart, Failure, FinishReason, Json, Message, ProviderMetadata, ToolResult, Usage } from "../core/index.ts";
import { callId } from "../core/index.ts";
import type { Backend, Capabilities, DecisionCall, TurnPart, TurnPorts, TurnRequest } from "../backends/contract.ts";
import type { Clock } from "../io/index.ts";

/** One response of the scripted model. Without any field it is an empty message. Durations in milliseconds of the clock given. */
export type ScriptedStep = {
  readonly reasoning?: string;
  readonly text?: string;
  /** Number of deltas in which the text arrives. Default 1. */
  readonly pieces?: number;
  readonly tools?: readonly { readonly name: string; readonly input: Json }[];
  /** Calls `new_answer` with this content. */
  readonly answer?: string;
  /** Calls `vote` for this label. */
  readonly vote?: string;
  /** Further decisions as written, malformed ones too. */
  readonly decisions?: readonly { readonly name: string; readonly input?: Json; readonly malformed?: string }[];
  /** Time before the first token. */
  readonly thinksMs?: number;
  /** Time between the text and the end of the response, in which the calls are being written. */
  readonly writesMs?: number;
  readonly finish?: FinishReason;
  readonly usage?: Partial<Usage>;
  readonly costUsd?: number;
  readonly metadata?: ProviderMetadata;
  /** The request fails and the turn with it. */
  readonly fail?: Failure;
  /** The request fails and is made again after this time. */
  readonly retryAfterMs?: number;
  /** Breaks the contract: throws. */
  readonly throws?: string;
  /** Breaks the contract: never comes back, whatever happens. */
  readonly hangs?: true;
};

/** What the model can see when it is asked. */
export type Moment = {
  readonly request: TurnRequest;
  /** The conversation of this very request. */
  readonly messages: readonly Message[];
  /** Number of the step within the turn, from 1. */
  readonly step: number;
  /** Requests this backend has had before. */
  readonly before: number;
};
export type Script = (moment: Moment) => ScriptedStep;

export type ScriptedBackend = Backend & {
  /** Every model request, in order. */
  readonly asked: readonly Moment[];
  readonly closed: boolean;
};

export type ScriptedOptions = { readonly clock?: Clock; readonly capabilities?: Partial<Capabilities> };

const CAPABILITIES: Capabilities = {
  type: "scripted",
  title: "Scripted",
  keyVariables: [],
  defaultBaseUrl: null,
  builtins: [],
  mcp: true,
  thinking: true,
  structuredOutput: false,
  notes: "Plays a script.",
};

/** A list gives each turn of the backend its steps in order; the last turn is repeated. A function is asked for every step. */
export function scriptedBackend(script: Script | readonly (readonly ScriptedStep[])[], options: ScriptedOptions = {}): ScriptedBackend {
  const asked: Moment[] = [];
  const play = typeof script === "function" ? script : playList(script);
  let closed = false;
  return {
    capabilities: { ...CAPABILITIES, ...options.capabilities },
    asked,
    get closed() {
      return closed;
    },
    runTurn: (request, ports) => new ScriptedTurn({ request, ports, play, asked, clock: options.clock ?? null }).run(),
    close: async () => void (closed = true),
  };
}

function playList(turns: readonly (readonly ScriptedStep[])[]): Script {
  const seen: string[] = [];
  return ({ request, step }) => {
    if (!seen.includes(request.turn)) seen.push(request.turn);
    const steps = turns[Math.min(seen.indexOf(request.turn), turns.length - 1)] ?? [];
    return steps[Math.min(step, steps.length) - 1] ?? {};
  };
}

type Start = {
  readonly request: TurnRequest;
  readonly ports: TurnPorts;
  readonly play: Script;
  readonly asked: Moment[];
  readonly clock: Clock | null;
};
type Last = Extract<TurnPart, { type: "turn-finished" }>;
type Call = Extract<AssistantPart, { type: "tool-call" }>;
const INTERRUPTED: Last = { type: "turn-finished", outcome: "interrupted" };

class ScriptedTurn {
  readonly #start: Start;
  readonly #messages: Message[];
  #step: number;

  constructor(start: Start) {
    this.#start = start;
    this.#messages = [...start.request.messages];
    this.#step = start.request.firstStep;
  }

  async *run(): AsyncGenerator<TurnPart> {
    for (;;) {
      const last = this.#stopped() ?? (yield* this.#oneStep());
      if (last === null) continue;
      yield last;
      return;
    }
  }

  #stopped(): Last | null {
    const { abort, news } = this.#start.ports;
    return abort.aborted || news.aborted ? INTERRUPTED : null;
  }

  async *#oneStep(): AsyncGenerator<TurnPart, Last | null> {
    const { request, ports, play, asked } = this.#start;
    const refused = await ports.admit();
    if (refused !== null) return { type: "turn-finished", outcome: "failed", failure: refused };
    const moment = { request, messages: [...this.#messages], step: this.#step, before: asked.length };
    asked.push(moment);
    const step = play(moment);
    if (step.hangs === true) await new Promise<never>(() => {});
    const mustFinish = request.letFinish && this.#step === request.firstStep;
    if (!(await this.#wait(step.thinksMs, mustFinish))) return yield* this.#drop([]);
    if (step.throws !== undefined) throw new Error(step.throws);
    if (step.fail !== undefined) return { type: "turn-finished", outcome: "failed", failure: step.fail };
    if (step.retryAfterMs !== undefined) return yield* this.#retry(step.retryAfterMs);
    yield* this.#stream(step);
    const writesMore =
      step.answer !== undefined || (step.tools ?? []).length > 0 || (step.decisions ?? []).some(({ name }) => name === "new_answer");
    if (!(await this.#wait(step.writesMs, mustFinish || writesMore))) return yield* this.#drop(spoken(step));
    return yield* this.#finish(step);
  }

  /** False where the step must be dropped. */
  async #wait(ms: number | undefined, mustFinish: boolean): Promise<boolean> {
    const { ports, clock } = this.#start;
    const stop = mustFinish ? ports.abort : AbortSignal.any([ports.abort, ports.news]);
    if (ms !== undefined && clock !== null) await clock.sleep(ms, stop).catch(() => {});
    return !stop.aborted;
  }

  async *#drop(parts: readonly AssistantPart[]): AsyncGenerator<TurnPart, Last> {
    yield { ...this.#modelStep({}), parts, finish: "interrupted", savedTokens: 1 };
    return INTERRUPTED;
  }

  async *#retry(delayMs: number): AsyncGenerator<TurnPart, null> {
    const failure: Failure = { category: "overloaded", code: "E_PROVIDER_OVERLOADED", message: "Try again." };
    yield { type: "retry-scheduled", attempt: 1, delayMs, failure };
    await this.#wait(delayMs, false);
    return null;
  }

  *#stream({ reasoning, text, pieces = 1 }: ScriptedStep): Generator<TurnPart> {
    for (const [kind, content] of [
      ["reasoning", reasoning],
      ["text", text],
    ] as const) {
      if (content === undefined) continue;
      const block = `${kind}-${this.#step}`;
      yield { type: `${kind}-start`, block };
      const size = Math.max(1, Math.ceil(content.length / pieces));
      for (let at = 0; at < content.length; at += size) yield { type: `${kind}-delta`, block, delta: content.slice(at, at + size) };
      yield { type: `${kind}-end`, block };
    }
  }

  async *#finish(step: ScriptedStep): AsyncGenerator<TurnPart, Last | null> {
    const { request, ports } = this.#start;
    const calls = this.#calls(step);
    const parts = [...spoken(step), ...calls];
    const finish = step.finish ?? (calls.length > 0 ? "tool-calls" : "stop");
    yield { ...this.#modelStep(step), parts, finish };
    this.#messages.push({ role: "assistant", parts });
    const decides = request.workflow.length > 0;
    const decisions = decides ? calls.filter(isDecision) : [];
    const tools = calls.filter((call) => !decisions.includes(call));
    if (!decides && tools.length === 0) return { type: "turn-finished", outcome: "finished", text: step.text ?? "", finish };
    const results = await Promise.all(tools.map((call) => this.#runTool(call)));
    const last = decisions.length > 0 || tools.length === 0 ? await this.#decide(decisions, results) : null;
    if (tools.length > 0 && decisions.length === 0) this.#messages.push({ role: "tool", results });
    this.#step += 1;
    return last ?? (ports.abort.aborted || ports.news.aborted ? INTERRUPTED : null);
  }

  async #decide(decisions: readonly Call[], results: readonly ToolResult[]): Promise<Last | null> {
    const reply = await this.#start.ports.decide(this.#step, decisions.map(toDecision));
    const judged = decisions.map((call): ToolResult => {
      const { isError = true, text = "" } = reply.results.find((each) => each.call === call.call) ?? {};
      return { call: call.call, providerCall: call.providerCall, name: call.name, isError, content: [{ type: "text", text }] };
    });
    if (results.length + judged.length > 0) this.#messages.push({ role: "tool", results: [...results, ...judged] });
    if (reply.nudge !== null) this.#messages.push({ role: "user", text: reply.nudge });
    if (reply.accepted) return { type: "turn-finished", outcome: "decided" };
    if (!reply.over) return null;
    const failure: Failure = { category: "protocol", code: "E_TURN_ATTEMPTS", message: "No valid decision in the attempts allowed." };
    return { type: "turn-finished", outcome: "failed", failure };
  }

  async #runTool({ call, providerCall, name, input }: Call): Promise<ToolResult> {
    const { request, ports } = this.#start;
    const outcome = await ports.tools.call({
      turn: request.turn,
      step: this.#step,
      call,
      providerCall,
      name,
      input: input ?? {},
      signal: ports.abort,
    });
    const content = outcome.ok ? outcome.content : (outcome.content ?? [{ type: "text" as const, text: outcome.message }]);
    return { call, providerCall, name, isError: !outcome.ok, content };
  }

  #calls({ tools = [], answer, vote, decisions = [] }: ScriptedStep): readonly Call[] {
    const wanted = [
      ...tools,
      ...(answer === undefined ? [] : [{ name: "new_answer", input: { content: answer } }]),
      ...(vote === undefined ? [] : [{ name: "vote", input: { agent_id: vote, reason: `${vote} is right` } }]),
      ...decisions,
    ];
    return wanted.map((each, index) => {
      const call = callId(this.#start.request.turn, this.#step, index + 1);
      return { type: "tool-call", call, providerCall: `p:${call}`, ...each };
    });
  }

  #modelStep({ usage, costUsd, metadata }: ScriptedStep): Omit<Extract<TurnPart, { type: "model-step" }>, "parts" | "finish"> {
    return {
      type: "model-step",
      step: this.#step,
      model: "scripted-1",
      costUsd: costUsd ?? null,
      usage: { inputTokens: 10, cachedTokens: 0, outputTokens: 5, reasoningTokens: 0, ...usage },
      ...(metadata === undefined ? {} : { metadata }),
    };
  }
}

function spoken({ reasoning, text }: ScriptedStep): readonly AssistantPart[] {
  return [
    ...(reasoning === undefined ? [] : [{ type: "reasoning", text: reasoning } as const]),
    ...(text === undefined ? [] : [{ type: "text", text } as const]),
  ];
}

const isDecision = ({ name }: Call): boolean => name === "new_answer" || name === "vote";

function toDecision({ call, providerCall, name, input, malformed }: Call): DecisionCall {
  return { call, providerCall, name, ...(input === undefined ? {} : { input }), ...(malformed === undefined ? {} : { malformed }) };
}

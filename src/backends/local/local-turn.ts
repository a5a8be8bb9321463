// One turn of a local agent: its request, its place in the shared model, and what every step of it needs.
import { callId, type AssistantPart, type Failure, type FinishReason, type Json, type ToolCallPart } from "../../core/index.ts";
import type { Clock } from "../../io/index.ts";
import type { DecisionReply, TurnPart, TurnPorts, TurnRequest } from "../contract.ts";
import type { Bench } from "./generate.ts";
import type { ModelFacts } from "./model-facts.ts";
import type { LocalOptions, Sampling } from "./sampling.ts";
import { StepMeter } from "./step-meter.ts";
import { StepWatch, type StopReason } from "./step-watch.ts";

export type TurnSetup = {
  readonly request: TurnRequest;
  readonly ports: TurnPorts;
  readonly bench: Bench;
  readonly facts: ModelFacts;
  readonly options: LocalOptions;
  /** The agent's number among those that share the model, from 0: agents differ by it. */
  readonly ordinal: number;
  readonly closing: AbortSignal;
  readonly clock: Clock;
  /** Resolves when nobody else writes into the sequence: a question that came up during a tool call may still be on its way out. */
  readonly undisturbed: () => Promise<void>;
};

/** The turn's last part; null while it goes on. */
export type LastPart = Extract<TurnPart, { type: "turn-finished" }> | null;
type ModelStep = Extract<TurnPart, { type: "model-step" }>;

export class LocalTurn {
  readonly setup: TurnSetup;
  step: number;
  #watch: StepWatch | null = null;
  meter = new StepMeter();

  constructor(setup: TurnSetup) {
    this.setup = setup;
    this.step = setup.request.firstStep;
  }

  get request(): TurnRequest {
    return this.setup.request;
  }

  get ports(): TurnPorts {
    return this.setup.ports;
  }

  get bench(): Bench {
    return this.setup.bench;
  }

  /** The name the model has in the log. */
  get modelName(): string {
    return this.setup.facts.title;
  }

  /** Asks whether a step may begin and starts to watch it; the turn's last part where it may not. A step that has begun goes on. */
  async begin(): Promise<LastPart> {
    if (this.#watch !== null) return null;
    const { request, ports, closing, clock } = this.setup;
    const refusal = await ports.admit();
    if (refusal !== null) return this.failed(refusal);
    await this.setup.undisturbed();
    this.meter = new StepMeter();
    const letFinish = request.letFinish && this.step === request.firstStep;
    this.#watch = new StepWatch({ ports, closing, letFinish, timeoutMs: request.limits.modelCallTimeoutMs, clock });
    return null;
  }

  get signal(): AbortSignal {
    if (this.#watch === null) throw new Error("no step has begun");
    return this.#watch.signal;
  }

  /** From here on news does not drop the step. */
  keep(): void {
    this.#watch?.keep();
  }

  /** Why the step was stopped; null where it was not. */
  get stopReason(): StopReason | null {
    return this.#watch?.reason ?? null;
  }

  /** Ends the step's watch; the next step begins anew. */
  release(): void {
    this.#watch?.release();
    this.#watch = null;
  }

  /** The id of the step's text. */
  get block(): string {
    return `${this.request.turn}/${this.step}.text`;
  }

  /** Most tokens of one reply: the configuration's word or what is usual, and never more than the request allows. */
  maxTokens(usual: number): number {
    return Math.min(this.setup.options.maxTokens ?? usual, this.request.maxTokens ?? Infinity);
  }

  /** Sampling for the nth try of the turn: the first one repeatable, later ones different, or they would fail in the same way. */
  sampling(attempt: number): Sampling {
    const { sampling, temperature } = this.setup.options;
    if (attempt === 0) return sampling;
    return { ...sampling, temperature: temperature ?? 0.7, seed: sampling.seed + attempt };
  }

  /** The part that records the finished step. */
  modelStep(parts: readonly AssistantPart[], finish: FinishReason): ModelStep {
    this.release();
    return { type: "model-step", step: this.step, parts, finish, usage: this.meter.usage, costUsd: 0, model: this.modelName };
  }

  toolCall(name: string, written: { readonly input: Json } | { readonly malformed: string }): ToolCallPart {
    const { turn } = this.request;
    return { type: "tool-call", call: callId(turn, this.step, 1), providerCall: `local-${turn}-${this.step}`, name, ...written };
  }

  /** Hands a decision in. The turn's last part when that ends it. */
  async decide(call: ToolCallPart | null): Promise<{ readonly last: LastPart; readonly reply: DecisionReply }> {
    const reply = await this.ports.decide(this.step, call === null ? [] : [toDecision(call)]);
    this.step += 1;
    if (reply.accepted) return { last: { type: "turn-finished", outcome: "decided" }, reply };
    if (!reply.over) return { last: this.interrupted(), reply };
    const message = `${this.modelName}: no valid decision in the attempts allowed`;
    return { last: this.failed({ category: "protocol", code: "E_TURN_ATTEMPTS", message }), reply };
  }

  /** The last part where the turn must not go on, else null. */
  interrupted(): LastPart {
    const { ports, closing } = this.setup;
    return ports.abort.aborted || ports.news.aborted || closing.aborted ? { type: "turn-finished", outcome: "interrupted" } : null;
  }

  failed(failure: Failure): Extract<TurnPart, { type: "turn-finished" }> {
    return { type: "turn-finished", outcome: "failed", failure };
  }
}

function toDecision({ call, providerCall, name, input, malformed }: ToolCallPart): {
  call: ToolCallPart["call"];
  providerCall: string;
  name: string;
  input?: Json;
  malformed?: string;
} {
  return { call, providerCall, name, ...(input === undefined ? {} : { input }), ...(malformed === undefined ? {} : { malformed }) };
}

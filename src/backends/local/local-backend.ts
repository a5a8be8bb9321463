// The embedded backend of one agent: finds the model, shares its engine with the other local agents, and runs turns that never throw.
import type { LlamaContextSequence } from "node-llama-cpp";
import type { BackendConfig } from "../../config/types.ts";
import type { AgentId, Failure, RunId } from "../../core/index.ts";
import { MassgenError } from "../../errors/index.ts";
import type { Io } from "../../io/index.ts";
import type { Backend, Capabilities, TurnPart, TurnPorts, TurnRequest } from "../contract.ts";
import { OneByOne } from "../one-by-one.ts";
import { tinyModelNote } from "./describe.ts";
import { shareEngine, type Engine, type EngineShare } from "./engine.ts";
import { freeTurn } from "./free-turn.ts";
import { LocalTurn } from "./local-turn.ts";
import { readModelFacts, type ModelFacts } from "./model-facts.ts";
import { readWish, resolveModel } from "./resolve-model.ts";
import { loadLibrary } from "./runtime.ts";
import { readOptions, type LocalOptions } from "./sampling.ts";
import { reasonOf } from "./setup-report.ts";
import { tinyTurn } from "./tiny-turn.ts";

export type LocalBackendOptions = {
  readonly agent: AgentId;
  readonly config: BackendConfig;
  readonly io: Io;
  readonly capabilities: Capabilities;
  /** How many local agents there are; those created before the first turn are counted anyway. */
  readonly localAgents?: number;
  /** The person agreed to large downloads. */
  readonly yes?: boolean;
  /** One line about what takes time (a download). */
  readonly onNotice?: (line: string) => void;
};

type TurnParts = {
  readonly request: TurnRequest;
  readonly ports: TurnPorts;
  readonly facts: ModelFacts;
  readonly engine: Engine;
};
type Ready = { readonly facts: ModelFacts; readonly share: EngineShare };

const openBackends = new Set<LocalBackend>();
/** Numbers the agents that are open together in the order of their creation: it decides what makes each different. */
let nextOrdinal = 0;
const told = new Set<RunId>();

/** Costs nothing until the first turn. Throws UsageError where `model` or `model_path` name nothing. */
export async function createLocalBackend(options: LocalBackendOptions): Promise<Backend> {
  readWish(options.config.options["model_path"], options.config.model);
  if (openBackends.size === 0) nextOrdinal = 0;
  nextOrdinal += 1;
  return new LocalBackend(options, nextOrdinal - 1);
}

class LocalBackend implements Backend {
  readonly capabilities: Capabilities;
  readonly answersBeside = true;
  readonly #order: LocalBackendOptions;
  readonly #options: LocalOptions;
  readonly #ordinal: number;
  readonly #closing = new AbortController();
  #ready: Promise<Ready> | null = null;
  /** Where the turn that is going on writes; null while there is none. */
  #lent: LlamaContextSequence | null = null;
  /** Questions beside the turn. */
  readonly #asides = new OneByOne();

  constructor(order: LocalBackendOptions, ordinal: number) {
    this.capabilities = order.capabilities;
    this.#order = order;
    this.#options = readOptions(order.config.options);
    this.#ordinal = ordinal;
    openBackends.add(this);
  }

  async *runTurn(request: TurnRequest, ports: TurnPorts): AsyncGenerator<TurnPart> {
    const stop = AbortSignal.any([ports.abort, this.#closing.signal]);
    try {
      const { facts, share } = await this.#prepare(stop);
      yield* this.#noteOnce(request.run, facts);
      const engine = await share.open();
      const about = { request, ports, facts, engine };
      yield* request.beside && this.#lent !== null ? this.#aside(about, this.#lent) : this.#ownTurn(about, stop);
    } catch (error) {
      if (stop.aborted) yield { type: "turn-finished", outcome: "interrupted" };
      else yield { type: "turn-finished", outcome: "failed", failure: failureOf(error) };
    }
  }

  async *#ownTurn(about: TurnParts, stop: AbortSignal): AsyncGenerator<TurnPart> {
    const lease = await about.engine.pool.lease(about.request.agent, stop);
    this.#lent = lease.sequence;
    try {
      yield* this.#steps(about, lease.sequence, () => this.#asides.idle);
    } finally {
      this.#lent = null;
      await this.#asides.idle; // They are stopped with the turn, and nobody else may write before they are.
      lease.release();
    }
  }

  /** The turn waits for a tool call meanwhile, so its sequence is free: another one there may never be. One question after the other. */
  async *#aside(about: TurnParts, sequence: LlamaContextSequence): AsyncGenerator<TurnPart> {
    const leave = await this.#asides.enter();
    try {
      yield* this.#steps(about, sequence, () => Promise.resolve());
    } finally {
      leave();
    }
  }

  async *#steps(
    { request, ports, facts, engine }: TurnParts,
    sequence: LlamaContextSequence,
    undisturbed: () => Promise<void>,
  ): AsyncGenerator<TurnPart> {
    const turn = new LocalTurn({
      request,
      ports,
      facts,
      bench: { engine, sequence },
      options: this.#options,
      ordinal: this.#ordinal,
      closing: this.#closing.signal,
      clock: this.#order.io.clock,
      undisturbed,
    });
    try {
      yield* runSteps(turn);
    } finally {
      turn.release();
    }
  }

  async close(): Promise<void> {
    openBackends.delete(this);
    this.#closing.abort(new Error("closed"));
    const ready = await this.#ready?.catch(() => null); // The turn that asked for it has been told.
    await ready?.share.close();
  }

  /** Once per agent; what failed is tried again by the next turn. */
  #prepare(signal: AbortSignal): Promise<Ready> {
    this.#ready ??= this.#open(signal).catch((error: unknown) => {
      this.#ready = null;
      throw error;
    });
    return this.#ready;
  }

  async #open(signal: AbortSignal): Promise<Ready> {
    const { io, config, yes, onNotice, localAgents } = this.#order;
    const report = onNotice === undefined ? {} : { say: onNotice };
    const wish = readWish(this.#options.modelPath, config.model);
    const path = await resolveModel({ io, wish, yes: yes ?? false, report, signal });
    const facts = await readModelFacts(path, () => loadLibrary(io));
    const { contextSize, threads, gpuLayers } = this.#options;
    const share = shareEngine(io, { path, contextSize, threads, gpuLayers, agents: localAgents ?? openBackends.size, tiny: facts.tiny });
    return { facts, share };
  }

  *#noteOnce(run: RunId, facts: ModelFacts): Generator<TurnPart> {
    const note = tinyModelNote(facts);
    if (note === null || told.has(run)) return;
    told.add(run);
    yield {
      type: "warning",
      code: "E_LOCAL_MODEL",
      message: note,
      next: "For real answers use a larger .gguf file (MASSGEN_LOCAL_MODEL, model_path) or a provider.",
    };
  }
}

/** The steps of a turn, and the end that every turn has: also one that is stopped in the middle of a step. */
async function* runSteps(turn: LocalTurn): AsyncGenerator<TurnPart> {
  const { facts, closing } = turn.setup;
  try {
    const last = yield* facts.tiny ? tinyTurn(turn) : freeTurn(turn);
    yield last ?? { type: "turn-finished", outcome: "interrupted" };
  } catch (error) {
    const reason = turn.stopReason;
    if (reason !== null) yield turn.modelStep([], "interrupted");
    if (reason === "timeout") yield turn.failed(timeoutFailure(turn));
    else if (reason !== null || turn.ports.abort.aborted || closing.aborted) yield { type: "turn-finished", outcome: "interrupted" };
    else yield turn.failed(failureOf(error));
  }
}

function timeoutFailure({ modelName, request }: LocalTurn): Failure {
  return {
    category: "timeout",
    code: "E_PROVIDER_TIMEOUT",
    message: `${modelName}: no complete reply within ${request.limits.modelCallTimeoutMs / 1000} s`,
    next: "Raise model_call_timeout_seconds or use a smaller model.",
  };
}

function failureOf(error: unknown): Failure {
  if (error instanceof MassgenError) return { category: "configuration", code: error.code, message: error.message, next: error.next };
  return { category: "bad-request", code: "E_PROVIDER_REQUEST", message: `The local model failed: ${reasonOf(error)}` };
}

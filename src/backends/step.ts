// One model request: opens the stream, hands its parts on as they come, and ends for exactly one stated reason.
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Clock } from "../io/index.ts";
import { classifyError, type ErrorContext } from "./classify-error.ts";
import type { TurnPart, TurnPorts } from "./contract.ts";
import { takePart } from "./part-handlers.ts";
import type { StepState } from "./step-state.ts";
import { troubleOf, type Trouble } from "./trouble.ts";

export type StepEnd =
  | { readonly how: "complete" }
  /** We stopped it: for news, or because the turn must end. */
  | { readonly how: "dropped"; readonly by: "news" | "abort" }
  | { readonly how: "failed"; readonly trouble: Trouble };

export type StepInput = {
  readonly state: StepState;
  readonly model: LanguageModelV4;
  readonly options: LanguageModelV4CallOptions;
  readonly signals: Pick<TurnPorts, "news" | "abort">;
  /** Not dropped for news. */
  readonly letFinish: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly context: ErrorContext;
};

type StopReason = "news" | "abort" | "timeout";

// Made once: an abort without a reason makes an exception with a stack each time.
const OVER = new DOMException("The request is over.", "AbortError");

/** Watches the signals and the clock of one request. */
class Stop {
  readonly #controller = new AbortController();
  readonly #input: StepInput;
  readonly #release: () => void;
  reason: StopReason | null = null;

  constructor(input: StepInput) {
    this.#input = input;
    const { news, abort } = input.signals;
    const onNews = (): void => this.hearNews();
    const onAbort = (): void => this.#stop("abort");
    const timer = input.clock.after(input.timeoutMs, () => this.#stop("timeout"));
    news.addEventListener("abort", onNews);
    abort.addEventListener("abort", onAbort);
    this.#release = () => {
      timer.cancel();
      news.removeEventListener("abort", onNews);
      abort.removeEventListener("abort", onAbort);
    };
    if (abort.aborted) onAbort();
    else if (news.aborted) onNews();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  hearNews(): void {
    if (!this.#input.letFinish && !this.#input.state.keep) this.#stop("news");
  }

  /** Ends the watch; a request that is still open is cancelled. */
  release(): void {
    this.#release();
    this.#controller.abort(OVER);
  }

  #stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.#controller.abort(reason);
  }
}

type Delta = Extract<TurnPart, { type: "text-delta" | "reasoning-delta" }>;
const isDelta = (part: TurnPart): part is Delta => part.type === "text-delta" || part.type === "reasoning-delta";

/** Most pieces that are handed on as one. */
const MOST_JOINED = 32;
const NOW = Promise.resolve();
/** Turns of the microtask queue that a piece which is here needs through the provider's streams. */
const TURNS = 8;

/** What was read where it is here already, without waiting for the network; null where it is not, or where reading failed. */
async function soon<Read>(reading: Promise<Read>): Promise<Read | null> {
  let here: Read | null = null;
  reading.then(
    (read) => (here = read),
    // Whoever awaits the read itself hears of it.
    () => undefined,
  );
  for (let turn = 0; turn < TURNS && here === null; turn += 1) await NOW;
  return here;
}

/**
 * Reads one reply part by part. A plain reader and not a generator, because each generator between the provider and
 * whoever listens costs processor time for every chunk. Never throws; what was collected stands in `input.state`.
 */
export class StepReader {
  readonly #input: StepInput;
  readonly #stop: Stop;
  #stream: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | null = null;
  #end: StepEnd | null = null;
  /** The read that was begun to see whether more had arrived. */
  #begun: ReturnType<ReadableStreamDefaultReader<LanguageModelV4StreamPart>["read"]> | null = null;

  constructor(input: StepInput) {
    this.#input = input;
    this.#stop = new Stop(input);
  }

  /** How it ended; before that, what giving it up would mean. */
  get end(): StepEnd {
    return this.#end ?? { how: "dropped", by: "abort" };
  }

  /** The next part for the caller; null at the end. */
  async next(): Promise<TurnPart | null> {
    const { state } = this.#input;
    if (state.queue.length > 0) return state.queue.shift() ?? null;
    if (this.#end !== null) return null;
    try {
      const stream = (this.#stream ??= await this.#open());
      while (this.#stop.reason === null) {
        const reading = this.#begun ?? stream.read();
        this.#begun = null;
        const { done, value } = await reading;
        if (done) break;
        const part = takePart(state, value);
        if (part !== null) return isDelta(part) ? await this.#withArrived(part, stream) : part;
        if (state.queue.length > 0) return state.queue.shift() ?? null;
      }
    } catch (error) {
      state.error ??= { value: error };
    }
    this.#close();
    return state.queue.shift() ?? null;
  }

  /** The piece with those of its block that have arrived by now: every hand it passes through from here costs the same for one as for many. */
  async #withArrived(first: Delta, stream: ReadableStreamDefaultReader<LanguageModelV4StreamPart>): Promise<Delta> {
    const { state } = this.#input;
    let { delta } = first;
    for (let joined = 1; joined < MOST_JOINED && this.#stop.reason === null; joined += 1) {
      const reading = stream.read();
      const arrived = await soon(reading);
      if (arrived === null || arrived.done) {
        this.#begun = reading;
        break;
      }
      const part = takePart(state, arrived.value);
      if (part !== null && isDelta(part) && part.type === first.type && part.block === first.block) delta += part.delta;
      else if (part !== null) state.queue.unshift(part);
      if (state.queue.length > 0) break;
    }
    return delta.length === first.delta.length ? first : { ...first, delta };
  }

  /** Cancels a request that is still open; idempotent. */
  release(): void {
    this.#stop.release();
  }

  async #open(): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
    const { model, options } = this.#input;
    const { stream } = await model.doStream({ ...options, abortSignal: this.#stop.signal });
    return stream.getReader();
  }

  #close(): void {
    this.release();
    closeBlocks(this.#input.state);
    this.#end = endOf(this.#input, this.#stop.reason);
  }
}

/** Whoever shows a block must learn that it will not go on. */
function closeBlocks(state: StepState): void {
  for (const { block, part } of state.open.values()) state.queue.push({ type: `${part.type}-end`, block });
  state.open.clear();
}

function endOf({ state, context, timeoutMs }: StepInput, stopped: StopReason | null): StepEnd {
  if (stopped === "news" || stopped === "abort") return { how: "dropped", by: stopped };
  if (stopped === "timeout")
    return { how: "failed", trouble: troubleOf("timeout", `${context.provider}: no complete reply within ${timeoutMs / 1000} s`) };
  if (state.error !== null) return { how: "failed", trouble: classifyError(state.error.value, context) };
  if (state.finish === null || state.finish.unified === "interrupted") {
    return { how: "failed", trouble: troubleOf("protocol", `${context.provider}: the reply broke off without an end`) };
  }
  return { how: "complete" };
}

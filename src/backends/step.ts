// One model request: opens the stream, hands its parts on as they come, and ends for exactly one stated reason.
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from "@ai-sdk/provider";
import type { Clock } from "../io/index.ts";
import { classifyError, type ErrorContext } from "./classify-error.ts";
import type { TurnPart, TurnPorts } from "./contract.ts";
import { Outbox } from "./outbox.ts";
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
  /** True from the first stop, or once nobody watches any more. */
  over = false;

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
    this.over = true;
    this.#release();
    this.#controller.abort(OVER);
  }

  #stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.over = true;
    this.#controller.abort(reason);
  }
}

/**
 * Reads one reply as fast as it comes, whatever its listener does meanwhile. Never throws; what was collected stands in
 * `input.state`.
 */
export class StepReader {
  readonly #input: StepInput;
  readonly #stop: Stop;
  readonly #outbox: Outbox;
  #begun = false;
  #end: StepEnd | null = null;

  constructor(input: StepInput) {
    this.#input = input;
    this.#stop = new Stop(input);
    this.#outbox = new Outbox(input.clock);
  }

  /** How it ended; before that, what giving it up would mean. */
  get end(): StepEnd {
    return this.#end ?? { how: "dropped", by: "abort" };
  }

  /** The next part for the caller; null at the end. */
  next(): Promise<TurnPart | null> {
    if (!this.#begun) void this.#read();
    this.#begun = true;
    return this.#outbox.take();
  }

  /** Cancels a request that is still open; idempotent. */
  release(): void {
    this.#stop.release();
  }

  async #read(): Promise<void> {
    const { state } = this.#input;
    const tell = (part: TurnPart): void => this.#outbox.push(part);
    try {
      const stream = await this.#open();
      while (!this.#stop.over) {
        const { done, value } = await stream.read();
        if (done) break;
        takePart(state, value, tell);
      }
    } catch (error) {
      state.error ??= { value: error };
    }
    this.release();
    this.#closeBlocks();
    this.#end = endOf(this.#input, this.#stop.reason);
    this.#outbox.end();
  }

  async #open(): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
    const { model, options } = this.#input;
    const { stream } = await model.doStream({ ...options, abortSignal: this.#stop.signal });
    return stream.getReader();
  }

  /** Whoever shows a block must learn that it will not go on. */
  #closeBlocks(): void {
    const { open } = this.#input.state;
    for (const { block, part } of open.values()) this.#outbox.push({ type: `${part.type}-end`, block });
    open.clear();
  }
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

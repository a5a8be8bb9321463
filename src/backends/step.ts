// One model request: opens the stream, hands its parts on as they come, and ends for exactly one stated reason.
import type { LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
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
    this.#controller.abort();
  }

  #stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.#controller.abort(reason);
  }
}

/** Yields what the model streams and returns how it ended; what was collected stands in `input.state` either way. Never throws. */
export async function* readStep(input: StepInput): AsyncGenerator<TurnPart, StepEnd> {
  const { state } = input;
  const stop = new Stop(input);
  try {
    const { stream } = await input.model.doStream({ ...input.options, abortSignal: stop.signal });
    const reader = stream.getReader();
    while (stop.reason === null) {
      const { done, value } = await reader.read();
      if (done) break;
      const part = takePart(state, value);
      if (part !== null) yield part;
      if (state.queue.length > 0) yield* state.queue.splice(0);
    }
  } catch (error) {
    state.error ??= { value: error };
  } finally {
    stop.release();
  }
  yield* closeBlocks(state);
  return endOf(input, stop.reason);
}

/** Whoever shows a block must learn that it will not go on. */
function closeBlocks(state: StepState): TurnPart[] {
  const ends = [...state.open.values()].map(({ block, part }): TurnPart => ({ type: `${part.type}-end`, block }));
  state.open.clear();
  return ends;
}

function endOf({ state, context, timeoutMs }: StepInput, stopped: StopReason | null): StepEnd {
  if (stopped === "news" || stopped === "abort") return { how: "dropped", by: stopped };
  if (stopped === "timeout") return { how: "failed", trouble: troubleOf("timeout", `${context.provider}: no complete reply within ${timeoutMs / 1000} s`) };
  if (state.error !== null) return { how: "failed", trouble: classifyError(state.error.value, context) };
  if (state.finish === null || state.finish.unified === "interrupted") {
    return { how: "failed", trouble: troubleOf("protocol", `${context.provider}: the reply broke off without an end`) };
  }
  return { how: "complete" };
}

// Watches what may stop one model step: the end of the turn, news, the step's own time limit, the backend's close.
import type { Clock } from "../../io/index.ts";
import type { TurnPorts } from "../contract.ts";

export type StopReason = "abort" | "news" | "timeout";
export type WatchOptions = {
  readonly ports: Pick<TurnPorts, "news" | "abort">;
  /** Aborts when the backend is closed. */
  readonly closing: AbortSignal;
  /** News does not stop this step. */
  readonly letFinish: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
};

export class StepWatch {
  readonly #controller = new AbortController();
  readonly #release: () => void;
  readonly #news: AbortSignal;
  readonly #onNews = (): void => this.#stop("news");
  /** Null while nothing has stopped the step. */
  reason: StopReason | null = null;

  constructor({ ports, closing, letFinish, timeoutMs, clock }: WatchOptions) {
    const onAbort = (): void => this.#stop("abort");
    const timer = clock.after(timeoutMs, () => this.#stop("timeout"));
    this.#news = ports.news;
    for (const signal of [ports.abort, closing]) signal.addEventListener("abort", onAbort);
    if (!letFinish) ports.news.addEventListener("abort", this.#onNews);
    this.#release = () => {
      timer.cancel();
      for (const signal of [ports.abort, closing]) signal.removeEventListener("abort", onAbort);
      this.keep();
    };
    if (ports.abort.aborted || closing.aborted) onAbort();
    else if (ports.news.aborted && !letFinish) this.#onNews();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The step has begun something that must be let finish: news no longer stops it. */
  keep(): void {
    this.#news.removeEventListener("abort", this.#onNews);
  }

  release(): void {
    this.#release();
  }

  #stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.#controller.abort(new Error(reason));
  }
}

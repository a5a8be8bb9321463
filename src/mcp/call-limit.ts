// The time limits of one call: silence, total, and the caller's own abort, as one signal that says which of them it was.
import type { Clock, Timer } from "../io/index.ts";

export class CallLimit {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #caller: AbortSignal;
  readonly #total: Timer;
  #silence: Timer | null = null;
  #silenceMs = 0;
  #endedBy: "deadline" | "abort" | null = null;
  /** The limit that was hit, in milliseconds. */
  limitMs: number;
  readonly #abort = (): void => this.#end("abort", this.#caller.reason);

  constructor(clock: Clock, caller: AbortSignal, totalMs: number) {
    this.#clock = clock;
    this.#caller = caller;
    this.limitMs = totalMs;
    this.#total = clock.after(totalMs, () => this.#expire(totalMs));
    if (caller.aborted) this.#abort();
    else caller.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get endedBy(): "deadline" | "abort" | null {
    return this.#endedBy;
  }

  /** From now on `ms` without a sign of life end the call. */
  watchSilence(ms: number): void {
    this.#silenceMs = ms;
    this.alive();
  }

  /** A sign of life: the silence begins anew, the total does not. */
  alive(): void {
    this.#silence?.cancel();
    if (this.#endedBy === null && this.#silenceMs > 0)
      this.#silence = this.#clock.after(this.#silenceMs, () => this.#expire(this.#silenceMs));
  }

  /** Call it once the call is over. */
  done(): void {
    this.#silence?.cancel();
    this.#total.cancel();
    this.#caller.removeEventListener("abort", this.#abort);
  }

  #expire(ms: number): void {
    this.limitMs = ms;
    this.#end("deadline", new DOMException(`No answer within ${ms} ms.`, "TimeoutError"));
  }

  #end(by: "deadline" | "abort", reason: unknown): void {
    if (this.#endedBy !== null) return;
    this.#endedBy = by;
    this.#controller.abort(reason);
  }
}

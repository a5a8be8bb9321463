// The time limits of one call: silence, total, and the caller's own abort, as one signal that says which of them it was.
import type { Clock, Timer } from "../io/index.ts";

export type CallLimits = {
  /** Longest time of the whole call, its wait for a turn included, in milliseconds. */
  readonly totalMs: number;
  /** Longest time without a sign of life once the call was sent, in milliseconds; 0 = any. */
  readonly silenceMs: number;
};

/** Milliseconds, as long as any timer of the protocol library can count: limits of our own end what is waited for. */
export const NO_LIBRARY_TIMEOUT = 2_147_483_647;

/** One timer serves both limits: it is set again only when it rings and there is time left. */
export class CallLimit {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #caller: AbortSignal;
  readonly #limits: CallLimits;
  readonly #began: number;
  #timer: Timer;
  /** Null while the call waits for its turn. */
  #lastSign: number | null = null;
  #holds = 0;
  #endedBy: "deadline" | "abort" | null = null;
  /** The limit that was hit, in milliseconds. */
  limitMs: number;
  readonly #abort = (): void => this.#end("abort", this.#caller.reason);

  constructor(clock: Clock, caller: AbortSignal, limits: CallLimits) {
    this.#clock = clock;
    this.#caller = caller;
    this.#limits = limits;
    this.limitMs = limits.totalMs;
    this.#began = clock.monotonic();
    this.#timer = this.#ringIn(Math.min(limits.totalMs, limits.silenceMs || Infinity));
    if (caller.aborted) this.#abort();
    else caller.addEventListener("abort", this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get endedBy(): "deadline" | "abort" | null {
    return this.#endedBy;
  }

  /** The call was sent, or its server gave a sign of life: the silence begins anew, the total does not. */
  alive(): void {
    this.#lastSign = this.#clock.monotonic();
  }

  /** The server waits for us: its silence does not count until what is returned is called; the total does. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      this.alive();
    };
  }

  /** Call it once the call is over. */
  done(): void {
    this.#timer.cancel();
    this.#caller.removeEventListener("abort", this.#abort);
  }

  #ringIn(ms: number): Timer {
    return this.#clock.after(ms, () => this.#ring());
  }

  #ring(): void {
    if (this.#endedBy !== null) return;
    const { totalMs, silenceMs } = this.#limits;
    const now = this.#clock.monotonic();
    const left = totalMs - (now - this.#began);
    if (this.#holds > 0) this.alive();
    const quiet = silenceMs === 0 ? Infinity : silenceMs - (this.#lastSign === null ? 0 : now - this.#lastSign);
    if (left <= 0) this.#expire(totalMs);
    else if (quiet <= 0) this.#expire(silenceMs);
    else this.#timer = this.#ringIn(Math.min(left, quiet));
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

// The one attempt to reconnect that is planned for later, and everybody who waits for it.
import type { Clock, Timer } from "../io/index.ts";

export class PlannedRetry<Result> {
  readonly #clock: Clock;
  #timer: Timer | null = null;
  #result: PromiseWithResolvers<Result> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get planned(): boolean {
    return this.#timer !== null;
  }

  /** Replaces an attempt planned before; who waited for that one waits for this one. */
  plan(ms: number, attempt: () => Promise<Result>): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(ms, () => {
      this.#timer = null;
      const { resolve, reject } = this.#waiting();
      this.#result = null;
      attempt().then(resolve, reject);
    });
  }

  /** What the planned attempt comes to. */
  outcome(): Promise<Result> {
    return this.#waiting().promise;
  }

  /** Whoever waits is told `reason`. */
  cancel(reason: Error): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#result?.reject(reason);
    this.#result = null;
  }

  #waiting(): PromiseWithResolvers<Result> {
    if (this.#result) return this.#result;
    const waiting = Promise.withResolvers<Result>();
    waiting.promise.catch(() => {}); // A failed attempt is in the server's state; it may be that nobody waits for it.
    return (this.#result = waiting);
  }
}

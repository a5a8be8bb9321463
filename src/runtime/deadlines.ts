// Timers for what must happen at a certain active run time: set again after every change of plan, each reported once.
import type { Clock, Timer } from "../io/index.ts";

export type Deadline<Name extends string> = { readonly deadline: Name; readonly atMs: number };
type Armed = { readonly atMs: number; readonly timer: Timer };

export class Deadlines<Name extends string> {
  readonly #clock: Clock;
  readonly #activeMs: () => number;
  readonly #reached: (name: Name) => void;
  readonly #armed = new Map<Name, Armed>();

  constructor(clock: Clock, activeMs: () => number, reached: (name: Name) => void) {
    this.#clock = clock;
    this.#activeMs = activeMs;
    this.#reached = reached;
  }

  /** Exactly these deadlines matter from now on. */
  set(deadlines: readonly Deadline<Name>[]): void {
    for (const [name, armed] of this.#armed) {
      if (!deadlines.some((each) => each.deadline === name && each.atMs === armed.atMs)) this.#disarm(name, armed);
    }
    for (const { deadline, atMs } of deadlines) if (!this.#armed.has(deadline)) this.#arm(deadline, atMs);
  }

  clear(): void {
    this.set([]);
  }

  #arm(name: Name, atMs: number): void {
    const timer = this.#clock.after(Math.max(0, atMs - this.#activeMs()), () => {
      this.#armed.delete(name);
      // A timer may be early by a fraction; a deadline is not reached before its time.
      if (this.#activeMs() < atMs) this.#arm(name, atMs);
      else this.#reached(name);
    });
    this.#armed.set(name, { atMs, timer });
  }

  #disarm(name: Name, { timer }: Armed): void {
    timer.cancel();
    this.#armed.delete(name);
  }
}

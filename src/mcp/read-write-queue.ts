// The readers–writer rule of one server process: read-only calls overlap up to a limit, any other call runs alone, first come first served.

export type Release = () => void;
type Waiter = { readonly exclusive: boolean; readonly start: () => void };

export class ReadWriteQueue {
  readonly #limit: number;
  #running = 0;
  #exclusive = false;
  #waiting: Waiter[] = [];

  /** `limit` bounds the overlapping read-only calls; with 1 every call runs alone. */
  constructor(limit: number) {
    this.#limit = Math.max(1, limit);
  }

  get depth(): number {
    return this.#waiting.length;
  }

  get running(): number {
    return this.#running;
  }

  /** Resolves when the call may start; call the result once it is over. Rejects with the signal's reason, then nothing has started. */
  enter(exclusive: boolean, signal: AbortSignal): Promise<Release> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const free = this.tryEnter(exclusive);
    if (free) return Promise.resolve(free);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        exclusive,
        start: () => {
          signal.removeEventListener("abort", leave);
          resolve(this.#admit(exclusive));
        },
      };
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal.reason as Error);
        this.#advance();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** As `enter` where the turn is free at once; null where it must be waited for, then nothing has started. */
  tryEnter(exclusive: boolean): Release | null {
    return this.#waiting.length === 0 && this.#fits(exclusive) ? this.#admit(exclusive) : null;
  }

  #fits(exclusive: boolean): boolean {
    return exclusive ? this.#running === 0 : !this.#exclusive && this.#running < this.#limit;
  }

  #admit(exclusive: boolean): Release {
    this.#running += 1;
    this.#exclusive = exclusive;
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#running -= 1;
      this.#exclusive = false;
      this.#advance();
    };
  }

  #advance(): void {
    for (let next = this.#waiting[0]; next && this.#fits(next.exclusive); next = this.#waiting[0]) {
      this.#waiting.shift();
      next.start();
    }
  }
}

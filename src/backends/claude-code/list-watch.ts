// Waits until Claude Code has read changed tool lists again: a tool that was just found must be declared in the very next request.
import type { Clock } from "../../io/index.ts";

/** A process that does not read the lists within this time shows the tools one request later. Milliseconds. */
const LONGEST_WAIT_MS = 2_000;

type Waiting = { readonly servers: Set<string>; readonly done: () => void };

export class ListWatch {
  readonly #clock: Clock;
  /** Several searches of one step wait side by side. */
  readonly #waiting = new Set<Waiting>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The list of this server was just read. */
  read(server: string): void {
    for (const { servers, done } of this.#waiting) {
      servers.delete(server);
      if (servers.size === 0) done();
    }
  }

  /** Resolves when each of the servers was read after `announce`, at the latest after two seconds. */
  async readAgain(servers: Iterable<string>, announce: () => void): Promise<void> {
    const wanted = new Set(servers);
    if (wanted.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = { servers: wanted, done: resolve };
    this.#waiting.add(waiting);
    const timer = this.#clock.after(LONGEST_WAIT_MS, resolve);
    announce();
    await promise;
    timer.cancel();
    this.#waiting.delete(waiting);
  }
}

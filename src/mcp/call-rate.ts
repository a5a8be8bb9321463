// Keeps the calls to one server within so many per time, as remote services allow: calls beyond that wait, first come first served.
import type { Clock } from "../io/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { orAbort } from "./abortable.ts";
import { numberSetting, topLevelNumber } from "./extra-keys.ts";

export type RateLimit = { readonly calls: number; readonly perMs: number };

const MINUTE_S = 60;

/** `rate_limit: 30` is calls per minute, `rate_limit: { calls: 5, seconds: 1 }` any other pace; null where the entry has none. Throws `MCPConfigurationError`. */
export function rateLimitOf(server: McpServerConfig): RateLimit | null {
  const value = server.extra["rate_limit"];
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return { calls: topLevelNumber(server, "rate_limit", 1) ?? 1, perMs: MINUTE_S * 1000 };
  const seconds = numberSetting(server, "rate_limit", { key: "seconds", fallback: MINUTE_S, least: 0.001 });
  return { calls: numberSetting(server, "rate_limit", { key: "calls", fallback: 1, least: 1 }), perMs: seconds * 1000 };
}

export class CallRate {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  /** When the latest calls were let through; never more than the limit. */
  readonly #passed: number[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(clock: Clock, limit: RateLimit) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Resolves when the call may be sent. Rejects with the signal's reason; the place of a call that gave up goes to the next. */
  pass(signal: AbortSignal): Promise<void> {
    const turn = this.#last.then(() => this.#wait(signal));
    this.#last = turn.catch(() => {}); // Whoever gave up knows; the next one's turn comes all the same.
    return orAbort(turn, signal);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const oldest = this.#passed.length < Math.floor(this.#limit.calls) ? undefined : this.#passed[0];
    const waitMs = oldest === undefined ? 0 : oldest + this.#limit.perMs - this.#clock.monotonic();
    if (waitMs > 0) await this.#clock.sleep(waitMs, signal);
    if (oldest !== undefined) this.#passed.shift();
    this.#passed.push(this.#clock.monotonic());
  }
}

// The one place that decides whether a failed model request is made again, and when. The SDKs' own retries are never used.
import type { FailureCategory } from "../core/index.ts";
import type { Trouble } from "./trouble.ts";

/** The longest wait a provider can ask for; beyond it the failure is final. Milliseconds. */
export const LONGEST_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 1_000;

/** Requests in all, the first one included. Categories not named here are never repeated. */
const TRIES: Partial<Readonly<Record<FailureCategory, number>>> = { "rate-limit": 4, overloaded: 4, network: 4, timeout: 2, protocol: 3 };

/**
 * Milliseconds to wait before trying again; null where the failure is final.
 * `attempt` counts the requests that have failed in a row, from 1; `random` is uniform in [0, 1).
 */
export function retryDelay(trouble: Trouble, attempt: number, random: number): number | null {
  if (trouble.malformedCall || attempt >= (TRIES[trouble.failure.category] ?? 1)) return null;
  if (trouble.retryAfterMs !== null) {
    // A little later than asked, so that agents sharing an account do not come back in the same instant.
    return trouble.retryAfterMs > LONGEST_WAIT_MS ? null : Math.round(trouble.retryAfterMs + random * 250);
  }
  const full = FIRST_WAIT_MS * 2 ** (attempt - 1);
  return Math.round(full / 2 + (random * full) / 2);
}

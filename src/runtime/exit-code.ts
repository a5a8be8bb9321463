// The process exit code of a run, by docs/contracts.md §4: 130 > 124 > 3 > 4 > 5 > 0.
import type { RunOutcome } from "../core/index.ts";

export const EXIT = { answered: 0, budget: 3, noAnswer: 4, degraded: 5, timeout: 124, interrupted: 130 } as const;

export function exitCodeOf({ outcome, answer, cause, degraded }: RunOutcome, { strict }: { readonly strict: boolean }): number {
  if (outcome === "interrupted") return EXIT.interrupted;
  if (answer === null) return cause === "timeout" ? EXIT.timeout : EXIT.noAnswer;
  if (cause === "budget") return EXIT.budget;
  return strict && degraded.length > 0 ? EXIT.degraded : EXIT.answered;
}

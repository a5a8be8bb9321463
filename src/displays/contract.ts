// A display is a projection of the log: it is told entries and deltas, and never takes part in the run.
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";

export type Display = {
  /** Synchronous and quick; must not throw. Unknown entry types are ignored. */
  show(item: LiveItem): void;
  /** The run is over: draw what is pending, print the result, restore the terminal. Resolves when the person has left interactive views. */
  finish(result: RunResult): Promise<void>;
  /** Restore the terminal at once (crash, second Ctrl-C); idempotent. */
  dispose(): void;
};

export type { Steering } from "../runtime/contract.ts";

// How long a run was worked on by its own entries, so that a replay at another speed says the same, and a pause overnight does not count.
import type { LiveItem } from "../log/contract.ts";

export type RunSpan = {
  note(item: LiveItem): void;
  /** Milliseconds of active run time at the newest entry; null before the first. */
  elapsedMs(): number | null;
};

export function runSpan(): RunSpan {
  let active: number | null = null;
  return {
    note: (item) => {
      if (item.kind !== "delta") active = item.entry.activeMs;
    },
    elapsedMs: () => active,
  };
}

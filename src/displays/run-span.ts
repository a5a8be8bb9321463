// How long a run took by its own entries, so that a replay at another speed says the same.
import type { LiveItem } from "../log/contract.ts";

export type RunSpan = {
  note(item: LiveItem): void;
  /** Milliseconds from the first to the newest entry; null before the first. */
  elapsedMs(): number | null;
};

export function runSpan(): RunSpan {
  let first: number | null = null;
  let last = 0;
  return {
    note: (item) => {
      if (item.kind === "delta") return;
      first ??= item.entry.at;
      last = item.entry.at;
    },
    elapsedMs: () => (first === null ? null : last - first),
  };
}

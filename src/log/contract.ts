// The run's log behind one port: append facts, merge deltas, follow live. Stores know nothing of coordination.
import type { DeltaEvent, Entry, RunEvent } from "../core/index.ts";

/** What a live follower sees: stored entries and, at once and without `seq`, the deltas that are not stored yet. */
export type LiveItem = { readonly kind: "entry"; readonly entry: Entry } | { readonly kind: "delta"; readonly delta: DeltaEvent };

export type RunLog = {
  /**
   * Stores one fact: redacts secrets, gives it the next `seq`, writes it (and syncs it where a repeated effect would cost money or harm),
   * then tells the followers. Deltas of the same turn that are still buffered are stored first.
   * Rejects only when the store fails (disk full …): the run must then end.
   */
  append(event: RunEvent): Promise<Entry>;
  /** Shows a delta to the followers at once and stores it merged, about 100 ms later at the latest. Never waits. */
  delta(event: DeltaEvent): void;
  /** Called synchronously, in order, for everything that is appended from now on. A follower that throws is dropped with a warning. */
  follow(follower: (item: LiveItem) => void): { stop(): void };
  /** Everything stored so far, oldest first. */
  entries(): AsyncIterable<Entry>;
  /** Writes what is buffered, syncs and closes; idempotent. */
  close(): Promise<void>;
  /** The run's folder, or null where nothing is written. */
  readonly path: string | null;
};

// The run's log behind one port: append facts, merge deltas, follow live. Stores know nothing of coordination.
import type { DeltaEvent, Entry, RunEvent } from "../core/index.ts";

/** A fact that has its place in the log. */
export type Put = {
  readonly entry: Entry;
  /** Settles as the promise of `append` does. Its rejection is reported once, by the log's first failed write; ignoring it is safe. */
  readonly stored: Promise<void>;
};

/** What a live follower sees: stored entries and, at once and without `seq`, the deltas that are not stored yet. */
export type LiveItem = { readonly kind: "entry"; readonly entry: Entry } | { readonly kind: "delta"; readonly delta: DeltaEvent };

export type RunLog = {
  /**
   * Stores one fact: redacts secrets, gives it the next `seq`, writes it, tells the followers, and resolves (for a fact whose repetition
   * would cost money or harm: once it is synced). Deltas of the same turn that are still buffered are stored first.
   * Rejects with `E_RUN_LOG` when the store failed (disk full …), from then on always: the run must then end.
   */
  append(event: RunEvent): Promise<Entry>;
  /** As `append`, but the entry is there at once. Facts are stored in the order in which they were put; nobody has to wait for the store in between. */
  put(event: RunEvent): Put;
  /** Shows a delta to the followers at once and stores it merged, about 100 ms later at the latest. Never waits. */
  delta(event: DeltaEvent): void;
  /** Called synchronously, in order, for everything that is appended from now on. A follower that throws is dropped with a warning. */
  follow(follower: (item: LiveItem) => void): { stop(): void };
  /** Everything stored so far, oldest first. */
  entries(): AsyncIterable<Entry>;
  /** Milliseconds of active run time now. */
  activeMs(): number;
  /** Writes what is buffered, syncs and closes; idempotent. */
  close(): Promise<void>;
  /** The run's folder, or null where nothing is written. */
  readonly path: string | null;
};

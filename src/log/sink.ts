// Where finished lines go: the part of a log that differs between stores.
import type { Entry } from "../core/index.ts";

export type LogSink = {
  /** Null: nothing is written, `remember` keeps the entries instead. */
  readonly lines: {
    write(lines: string): Promise<void>;
    sync(): Promise<void>;
  } | null;
  remember(entry: Entry): void;
  entries(): AsyncIterable<Entry>;
  close(): Promise<void>;
  readonly path: string | null;
};

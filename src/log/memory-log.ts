// A log that is forgotten with the process: what `--no-logs` and most tests use. Nothing is written anywhere.
import type { Entry, RunId } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { RunLog } from "./contract.ts";
import { createRunLog, LOG_START } from "./run-log.ts";

export type MemoryLogOptions = {
  readonly run: RunId;
  readonly io: Pick<Io, "clock">;
  readonly secrets: readonly string[];
  readonly resumeFrom?: readonly Entry[];
};

/** With `resumeFrom` it goes on after those entries, as a file that is opened again does. */
export function createMemoryLog(options: MemoryLogOptions): RunLog {
  const kept: Entry[] = [...(options.resumeFrom ?? [])];
  const last = kept.at(-1);
  return createRunLog({
    run: options.run,
    clock: options.io.clock,
    secrets: options.secrets,
    from: last === undefined ? LOG_START : { seq: last.seq, activeMs: last.activeMs, sum: 0 },
    sink: {
      lines: null,
      remember: (entry) => void kept.push(entry),
      entries: () => replay(kept),
      close: async () => {},
      path: null,
    },
  });
}

async function* replay(kept: readonly Entry[]): AsyncIterable<Entry> {
  const until = kept.length;
  for (let at = 0; at < until; at++) {
    const entry = kept[at];
    if (entry !== undefined) yield entry;
  }
}

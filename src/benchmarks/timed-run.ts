// One run with the moment of every event, measured by the steady clock; its own process time and memory beside it.
import type { Entry } from "../core/index.ts";
import { processUsage, type Io } from "../io/index.ts";
import type { RunResult } from "../runtime/index.ts";
import { coordinateIn, type CoordinateOptions } from "../session/index.ts";

/** An entry and when it came, in milliseconds from the start of the run. */
export type TimedEntry = { readonly entry: Entry; readonly ms: number };

export type TimedRun = {
  readonly result: RunResult;
  readonly entries: readonly TimedEntry[];
  readonly wallMs: number;
  /** Of this whole process, scripted models included. */
  readonly cpuMs: number;
  /** Highest memory seen at an entry, in MB, of this whole process. */
  readonly peakRssMb: number;
};

/** Rejects as `coordinate` does, for mistakes in the configuration. Nothing is written to the disk. */
export async function timedRun(options: CoordinateOptions, io: Io): Promise<TimedRun> {
  const entries: TimedEntry[] = [];
  const started = io.clock.monotonic();
  const before = processUsage();
  let peakRssMb = before.rssMb;
  const run = coordinateIn(io, {
    ...options,
    onItem: (item) => {
      if (item.kind !== "entry") return;
      entries.push({ entry: item.entry, ms: io.clock.monotonic() - started });
      peakRssMb = Math.max(peakRssMb, processUsage().rssMb);
    },
  });
  const result = await run.result;
  return { result, entries, wallMs: io.clock.monotonic() - started, cpuMs: processUsage().cpuMs - before.cpuMs, peakRssMb };
}

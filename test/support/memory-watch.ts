// Memory and open files over time: what is left after a full collection, sample by sample, and how steeply it grows once warm.
import { readdirSync } from "node:fs";
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Megabytes, but for the files. */
export type MemorySample = {
  readonly ms: number;
  /** Objects that are still reachable. */
  readonly heap: number;
  /** Memory outside the heap that belongs to such objects. */
  readonly buffers: number;
  readonly rss: number;
  /** What the system gave for anything but the heap, whose pages come and go with the load. What buffers leave in pieces is in it. */
  readonly native: number;
  /** Open files, sockets and pipes; 0 where the system does not tell. */
  readonly files: number;
};

export type MemoryTrend = {
  /** The samples at equal distances from the first to the last. */
  readonly course: readonly MemorySample[];
  readonly samples: number;
  /** By the minute once warm: from the middle of the second quarter to the middle of the last, by their medians. */
  readonly perMinute: { readonly heap: number; readonly buffers: number; readonly native: number; readonly files: number };
};

const COURSE = 11;
const MEGABYTE = 1024 * 1024;

export class MemoryWatch {
  readonly #samples: MemorySample[] = [];
  readonly #collect: () => void;

  constructor() {
    setFlagsFromString("--expose-gc");
    this.#collect = runInNewContext("gc") as () => void;
    this.sample();
  }

  sample(): void {
    this.#collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    this.#samples.push({
      ms: performance.now(),
      heap: heapUsed / MEGABYTE,
      buffers: external / MEGABYTE,
      rss: rss / MEGABYTE,
      native: (rss - getHeapStatistics().total_physical_size) / MEGABYTE,
      files: openFiles(),
    });
  }

  trend(): MemoryTrend {
    return trendOf(this.#samples);
  }
}

export function trendOf(samples: readonly MemorySample[]): MemoryTrend {
  return {
    course: Array.from({ length: COURSE }, (_, at) => samples[Math.round((at * (samples.length - 1)) / (COURSE - 1))]).filter(
      (sample) => sample !== undefined,
    ),
    samples: samples.length,
    perMinute: {
      heap: growth(samples, ({ heap }) => heap),
      buffers: growth(samples, ({ buffers }) => buffers),
      native: growth(samples, ({ native }) => native),
      files: growth(samples, ({ files }) => files),
    },
  };
}

/** Medians, because a sample taken in the middle of something large says nothing of what stays. */
function growth(samples: readonly MemorySample[], pick: (sample: MemorySample) => number): number {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return 0;
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const minutes = (median(late.map(({ ms }) => ms)) - median(early.map(({ ms }) => ms))) / 60_000;
  return (median(late.map(pick)) - median(early.map(pick))) / minutes;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** Of this process. */
export const openFiles = (): number => (process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0);

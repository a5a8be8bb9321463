// Memory over time: what is left after a full collection, sample by sample, and how steeply it grows once warm.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Sample = { readonly ms: number; readonly heap: number; readonly buffers: number; readonly rss: number };
export type MemoryTrend = {
  /** Megabytes; the first and the last sample. */
  readonly rss: readonly [number, number];
  /** Objects that are still reachable, and memory outside the heap that belongs to such objects. */
  readonly heap: readonly [number, number];
  readonly buffers: readonly [number, number];
  /** Megabytes per minute once warm: from the middle of the second quarter to the middle of the last, by their medians. */
  readonly heapPerMinute: number;
  readonly samples: number;
  /** Resident megabytes at equal distances from the first to the last sample. */
  readonly course: readonly number[];
};

const COURSE = 8;
const MEGABYTE = 1024 * 1024;

export class MemoryWatch {
  readonly #samples: Sample[] = [];
  readonly #collect: () => void;

  constructor() {
    setFlagsFromString("--expose-gc");
    this.#collect = runInNewContext("gc") as () => void;
    this.sample();
  }

  sample(): void {
    this.#collect();
    const { heapUsed, external, rss } = process.memoryUsage();
    this.#samples.push({ ms: performance.now(), heap: heapUsed / MEGABYTE, buffers: external / MEGABYTE, rss: rss / MEGABYTE });
  }

  trend(): MemoryTrend {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    return {
      rss: [first?.rss ?? 0, last?.rss ?? 0],
      heap: [first?.heap ?? 0, last?.heap ?? 0],
      buffers: [first?.buffers ?? 0, last?.buffers ?? 0],
      heapPerMinute: growth(this.#samples, ({ heap }) => heap),
      samples: this.#samples.length,
      course: Array.from(
        { length: COURSE },
        (_, at) => this.#samples[Math.round((at * (this.#samples.length - 1)) / (COURSE - 1))]?.rss ?? 0,
      ),
    };
  }
}

/** Medians, because a sample taken in the middle of something large says nothing of what stays. */
function growth(samples: readonly Sample[], pick: (sample: Sample) => number): number {
  const quarter = Math.floor(samples.length / 4);
  if (quarter === 0) return 0;
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const minutes = (median(late.map(({ ms }) => ms)) - median(early.map(({ ms }) => ms))) / 60_000;
  return (median(late.map(pick)) - median(early.map(pick))) / minutes;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

// Memory over time: what is left after a full collection, sample by sample, and how steeply it grows once warm.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Sample = { readonly ms: number; readonly living: number; readonly rss: number };
export type MemoryTrend = {
  /** Megabytes; the first and the last sample. */
  readonly rss: readonly [number, number];
  /** Objects and buffers that are still reachable. */
  readonly living: readonly [number, number];
  /** Megabytes per minute of what is living, over the second half; 0 where there are too few samples. */
  readonly livingPerMinute: number;
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
    this.#samples.push({ ms: performance.now(), living: (heapUsed + external) / MEGABYTE, rss: rss / MEGABYTE });
  }

  trend(): MemoryTrend {
    const warm = this.#samples.slice(Math.floor(this.#samples.length / 2));
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    return {
      rss: [first?.rss ?? 0, last?.rss ?? 0],
      living: [first?.living ?? 0, last?.living ?? 0],
      livingPerMinute: slope(warm.map(({ ms, living }) => [ms / 60_000, living])),
      samples: this.#samples.length,
      course: Array.from(
        { length: COURSE },
        (_, at) => this.#samples[Math.round((at * (this.#samples.length - 1)) / (COURSE - 1))]?.rss ?? 0,
      ),
    };
  }
}

/** Least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  if (points.length < 3) return 0;
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const below = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
}

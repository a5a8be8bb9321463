// How the long soak tells growth from warming up.
import { closeSync, openSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { MemoryWatch, trendOf, type MemorySample } from "./support/memory-watch.ts";

/** Ten minutes by the second. */
const samples = (native: (minute: number) => number): readonly MemorySample[] =>
  Array.from({ length: 601 }, (_, second) => ({
    ms: second * 1_000,
    heap: 30,
    buffers: 10,
    rss: 200,
    native: native(second / 60),
    files: 60,
  }));

describe("growth by the minute", () => {
  test("is what is added after the warm-up, however much that took", () => {
    expect(trendOf(samples((minute) => 100 + 80 * Math.min(1, minute / 2))).perMinute).toEqual({
      heap: 0,
      buffers: 0,
      native: 0,
      files: 0,
    });
    expect(trendOf(samples((minute) => 100 + 80 * Math.min(1, minute / 2) + 3 * minute)).perMinute.native).toBeCloseTo(3, 1);
  });

  test("does not see what was large in the moment of a sample", () => {
    expect(trendOf(samples((minute) => (Number.isInteger(minute) ? 500 : 100))).perMinute.native).toBe(0);
  });
});

test("a sample sees what is kept, in the heap, in buffers and in open files", () => {
  const watch = new MemoryWatch();
  const kept = Array.from({ length: 200_000 }, (_, at) => ({ at }));
  const buffers = Array.from({ length: 10 }, () => new Uint8Array(1024 * 1024).fill(1));
  const file = openSync(import.meta.filename, "r");
  onTestFinished(() => closeSync(file));
  watch.sample();
  const [before, after] = [watch.trend().course[0], watch.trend().course.at(-1)];
  expect((after?.heap ?? 0) - (before?.heap ?? 0)).toBeGreaterThan(1);
  expect((after?.buffers ?? 0) - (before?.buffers ?? 0)).toBeGreaterThan(9);
  expect((after?.files ?? 0) - (before?.files ?? 0)).toBe(process.platform === "linux" ? 1 : 0);
  expect(kept.length + buffers.length).toBe(200_010);
});

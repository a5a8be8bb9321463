// A run that lay for a night took no night.
import { expect, test } from "vitest";
import type { Entry } from "../core/index.ts";
import { runSpan } from "./run-span.ts";

const HOUR = 3_600_000;
const entry = (at: number, activeMs: number): Entry => ({
  v: 1,
  seq: 1,
  at,
  activeMs,
  run: "r" as never,
  type: "run-resumed",
  program: "test",
});

test("the time of a run is the time it was worked on, not the time between its first entry and its last (REQ-UI-2)", () => {
  const span = runSpan();
  expect(span.elapsedMs()).toBeNull();
  span.note({ kind: "entry", entry: entry(0, 5) });
  span.note({ kind: "entry", entry: entry(8 * HOUR, 7_000) });
  expect(span.elapsedMs()).toBe(7_000);
});

import { expect, test } from "vitest";
import { LazySignal } from "./lazy-signal.ts";

test("a signal that was asked for ends with the call, or before it with the outer one", () => {
  const outer = new AbortController();
  const [first, second] = [new LazySignal(outer.signal), new LazySignal(outer.signal)];
  const signals = [first.signal, second.signal];
  expect(first.signal).toBe(signals[0]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  first.end();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  outer.abort("stop");
  expect(signals[1]?.reason).toBe("stop");
});

test("whoever asks after the end gets a signal that is over", () => {
  const late = new LazySignal(new AbortController().signal);
  late.end();
  expect(late.signal.aborted).toBe(true);
});

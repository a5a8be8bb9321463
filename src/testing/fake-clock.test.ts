import { describe, expect, test } from "vitest";
import { fakeClock } from "./fake-clock.ts";

describe("fake clock", () => {
  test("timers run in the order of their times, also those set by other timers, and cancelled ones never", async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const note = (name: string) => (): void => void seen.push(`${name}@${clock.monotonic()}`);
    clock.after(20, note("b"));
    clock.after(10, () => {
      note("a")();
      clock.after(5, note("a2"));
    });
    clock.after(15, note("never")).cancel();
    clock.after(31, note("later"));
    await clock.advance(30);
    expect(seen).toEqual(["a@10", "a2@15", "b@20"]);
    expect(clock.monotonic()).toBe(30);
    expect(clock.waiting).toBe(1);
  });

  test("a sleep rejects with the signal's reason and leaves no timer behind", async () => {
    const clock = fakeClock();
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal).catch((error: unknown) => error);
    stop.abort("news");
    expect(await sleep).toBe("news");
    expect(clock.waiting).toBe(0);
    await expect(clock.sleep(5, AbortSignal.abort("at once"))).rejects.toBe("at once");
  });

  test("run jumps from timer to timer and says when nothing can happen any more", async () => {
    const clock = fakeClock();
    const work = (async () => {
      for (let n = 0; n < 3; n++) await clock.sleep(100_000);
      return clock.monotonic();
    })();
    expect(await clock.run(work)).toBe(300_000);
    await expect(clock.run(new Promise<void>(() => {}))).rejects.toThrow("no timer left");
  });
});

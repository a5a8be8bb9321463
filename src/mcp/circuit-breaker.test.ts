// The circuit breaker by a clock of our own: when it opens, how long, who may probe, what it remembers.
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../core/index.ts";
import { fakeIo } from "../testing/index.ts";
import { DEFAULT_BREAKER, breakerSettings, type BreakerSettings } from "./breaker-settings.ts";
import { MCPCircuitBreaker } from "./breakers.ts";
import { CircuitBreaker, type BreakerMemory } from "./circuit-breaker.ts";
import { stdioServer } from "./broker.test-support.ts";

function make(settings: Partial<BreakerSettings> = {}, memory: BreakerMemory | null = null) {
  const time = { now: 1_000_000 };
  const changes: string[] = [];
  const breaker = new CircuitBreaker({
    settings: { ...DEFAULT_BREAKER, jitter: 0, ...settings },
    clock: { now: () => time.now },
    random: () => 0.5,
    memory,
    changed: (state) => changes.push(state),
  });
  return { breaker, changes, advance: (ms: number) => (time.now += ms), time };
}

describe("the circuit breaker", () => {
  test("opens after three failures in a row and refuses until its time (REQ-MCP-19)", () => {
    const { breaker, time, changes } = make();
    breaker.failed("crash");
    breaker.failed("connect");
    breaker.succeeded(1);
    for (const kind of ["crash", "timeout", "server"] as const) breaker.failed(kind);
    expect(changes).toEqual(["open"]);
    expect(breaker.openUntil()).toBe(time.now + 30_000);
    expect(breaker.enter()).toEqual({ refusedUntil: time.now + 30_000 });
    expect(breaker.metrics()).toMatchObject({
      state: "open",
      opened: 1,
      refused: 1,
      successes: 1,
      failures: { crash: 2, connect: 1, timeout: 1, server: 1 },
    });
  });

  test("lets exactly one probe through when the time is over, and closes when it succeeds", () => {
    const { breaker, advance, changes } = make({ maxFailures: 1 });
    breaker.failed("crash");
    advance(30_000);
    const probe = breaker.enter();
    expect(probe.refusedUntil).toBeNull();
    expect(breaker.state).toBe("half-open");
    expect(breaker.enter().refusedUntil).not.toBeNull();
    breaker.succeeded(1);
    expect(changes).toEqual(["open", "half-open", "closed"]);
    expect(breaker.enter().refusedUntil).toBeNull();
  });

  test("a probe that ends without a verdict frees the place for another", () => {
    const { breaker, advance } = make({ maxFailures: 1 });
    breaker.failed("crash");
    advance(30_000);
    const probe = breaker.enter();
    expect(breaker.enter().refusedUntil).not.toBeNull();
    if (probe.refusedUntil === null) probe.leave();
    expect(breaker.enter().refusedUntil).toBeNull();
    expect(breaker.state).toBe("half-open");
  });

  test("the wait doubles over cycles of failing probes up to its limit", () => {
    const { breaker, advance, time } = make({ maxFailures: 1, resetTimeMs: 1_000, maxBackoffMultiplier: 8 });
    const waits: number[] = [];
    for (let cycle = 0; cycle < 6; cycle += 1) {
      breaker.failed("connect");
      const wait = (breaker.openUntil() ?? 0) - time.now;
      waits.push(wait);
      advance(wait);
      breaker.enter();
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  test("the wait keeps growing when a recovery did not last, and begins anew after one that did", () => {
    const { breaker, advance, time } = make({ maxFailures: 1, resetTimeMs: 1_000 });
    const fail = (): number => {
      breaker.failed("crash");
      return (breaker.openUntil() ?? 0) - time.now;
    };
    expect(fail()).toBe(1_000);
    advance(1_000);
    breaker.enter();
    breaker.succeeded(1);
    expect(fail()).toBe(2_000);
    advance(2_000);
    breaker.enter();
    breaker.succeeded(1);
    advance(2_001);
    breaker.succeeded(1);
    expect(fail()).toBe(1_000);
  });

  test("an attempt to connect that fails once the time is over opens it again, for longer", () => {
    const { breaker, advance, time, changes } = make({ maxFailures: 1 });
    breaker.failed("connect");
    advance(30_000);
    breaker.failed("connect");
    expect(changes).toEqual(["open", "open"]);
    expect(breaker.openUntil()).toBe(time.now + 60_000);
    expect(breaker.restMs).toBe(60_000);
  });

  test("jitter moves the wait in both directions", () => {
    for (const [random, expected] of [
      [0, 900],
      [0.5, 1_000],
      [0.999_999, 1_100],
    ] as const) {
      const breaker = new CircuitBreaker({
        settings: { ...DEFAULT_BREAKER, maxFailures: 1, resetTimeMs: 1_000 },
        clock: { now: () => 0 },
        random: () => random,
        changed: () => {},
      });
      breaker.failed("crash");
      expect(breaker.openUntil()).toBeCloseTo(expected, 0);
    }
  });

  test("a high share of time-outs or slow calls opens it without failures in a row", () => {
    const timeouts = make({ maxFailures: 100 });
    for (let n = 0; n < 5; n += 1) {
      timeouts.breaker.succeeded(1);
      timeouts.breaker.failed("timeout");
    }
    expect(timeouts.breaker.state).toBe("open");
    const slow = make({ slowCallMs: 50, slowCallRate: 0.8 });
    for (let n = 0; n < 10; n += 1) slow.breaker.succeeded(51);
    expect(slow.breaker.state).toBe("open");
    const well = make({ slowCallMs: 50, slowCallRate: 0.8 });
    for (let n = 0; n < 10; n += 1) well.breaker.succeeded(n % 2 === 0 ? 51 : 1);
    expect(well.breaker.state).toBe("closed");
  });

  test("what it remembers from an earlier run lets one probe through at once, and a failing probe waits longer than the last time", () => {
    const first = make({ maxFailures: 1, resetTimeMs: 1_000 });
    first.breaker.failed("connect");
    const second = make({ maxFailures: 3, resetTimeMs: 1_000 }, first.breaker.memory());
    expect(second.breaker.enter().refusedUntil).toBeNull();
    expect(second.breaker.enter().refusedUntil).not.toBeNull();
    second.breaker.failed("connect");
    expect((second.breaker.openUntil() ?? 0) - second.time.now).toBe(2_000);
  });

  test("reaching a server does not count as its recovery, and reset() does", () => {
    const { breaker, changes } = make({ maxFailures: 1 });
    breaker.failed("crash");
    breaker.reachable();
    expect(breaker.state).toBe("half-open");
    breaker.failed("crash");
    expect(breaker.state).toBe("open");
    breaker.reset();
    expect(changes).toEqual(["open", "half-open", "open", "closed"]);
  });

  test("switched off it counts and never refuses", () => {
    const { breaker } = make({ enabled: false });
    for (let n = 0; n < 10; n += 1) breaker.failed("crash");
    expect(breaker.enter().refusedUntil).toBeNull();
  });
});

describe("the breakers of a run", () => {
  test("tell which servers fail, for entries that mean the same server once, keep it for the next run, and forget it when told to", async () => {
    const io = fakeIo();
    const events: RunEvent[] = [];
    const open = async () => {
      const breakers = new MCPCircuitBreaker({ io, stateDir: "/state", tell: (event) => void events.push(event) });
      for (const fingerprint of ["bad", "good"]) await breakers.recall(fingerprint);
      return breakers;
    };
    const [bad, again, good] = ["bad", "again", "good"].map((name) => stdioServer(name, []));
    const breakers = await open();
    const breaker = breakers.of(bad!, "bad");
    expect(breakers.of(again!, "bad")).toBe(breaker);
    breakers.of(good!, "good").succeeded(1);
    for (let failure = 0; failure < 3; failure += 1) breaker.failed("crash");
    expect(breakers.status().map(({ server, state }) => [server, state])).toEqual([
      ["bad", "open"],
      ["good", "closed"],
    ]);
    expect(breakers.failing()).toMatchObject([{ server: "bad", failuresInARow: 3, opened: 1 }]);
    expect(events).toMatchObject([{ type: "breaker-state", scope: "bad", state: "open" }]);
    await breakers.flush();

    const next = await open();
    expect([next.of(bad!, "bad").state, next.of(good!, "good").state]).toEqual(["half-open", "closed"]);
    next.resetAll();
    expect(next.failing()).toEqual([]);
    await next.flush();
    expect((await open()).of(bad!, "bad").state).toBe("closed");
  });
});

describe("its settings", () => {
  test("come from the entry's `breaker`, in seconds", () => {
    expect(breakerSettings(stdioServer("s", [], { extra: { breaker: { max_failures: 5, reset_time: 60, slow_call: 2 } } }))).toEqual({
      ...DEFAULT_BREAKER,
      maxFailures: 5,
      resetTimeMs: 60_000,
      slowCallMs: 2_000,
    });
  });

  test.each([{ max_failures: 0 }, { max_failures: "3" }, { reset_time: -1 }, { enabled: "no" }, { jitter: Number.NaN }])(
    "that make no sense are refused: %j",
    (breaker) => {
      expect(() => breakerSettings(stdioServer("s", [], { extra: { breaker } }))).toThrow(/must be/);
    },
  );

  test("may not be anything but a group", () => {
    expect(() => breakerSettings(stdioServer("s", [], { extra: { breaker: "off" } }))).toThrow(/group of settings/);
  });
});

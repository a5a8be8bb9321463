// Keys of a server's entry that the configuration hands on as they are: each does what its description says.
import { describe, expect, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { breakerSettings, DEFAULT_BREAKER } from "./breaker-settings.ts";
import { httpServer, serverFile, startHttpServer, startRun, stdioServer, textOf } from "./broker.test-support.ts";
import { CallRate, rateLimitOf } from "./call-rate.ts";

const counting = (extra: object) => stdioServer("c", [serverFile("counting-server.mjs"), "-"], { extra: extra as never });

describe("rate_limit (REQ-MCP-46)", () => {
  test.each([
    [30, { calls: 30, perMs: 60_000 }],
    [
      { calls: 5, seconds: 2 },
      { calls: 5, perMs: 2_000 },
    ],
    [{ calls: 5 }, { calls: 5, perMs: 60_000 }],
    [undefined, null],
  ])("%j means %j", (rate_limit, expected) => {
    expect(rateLimitOf(counting({ rate_limit }))).toEqual(expected);
  });

  test("lets so many calls through in any stretch of time, the others in their order", async () => {
    const clock = fakeClock();
    const rate = new CallRate(clock, { calls: 2, perMs: 1_000 });
    const times: number[] = [];
    const passing = Array.from({ length: 5 }, () => rate.pass(new AbortController().signal).then(() => times.push(clock.monotonic())));
    await clock.run(Promise.all(passing));
    expect(times).toEqual([0, 0, 1_000, 1_000, 2_000]);
  });

  test("a call that gives up before its turn is told at once, whatever others wait for", async () => {
    const clock = fakeClock();
    const rate = new CallRate(clock, { calls: 1, perMs: 60_000 });
    const patient = new AbortController().signal;
    const given = new AbortController();
    await rate.pass(patient);
    const second = rate.pass(patient).then(() => clock.monotonic());
    const third = rate.pass(given.signal);
    given.abort(new Error("enough"));
    await expect(third).rejects.toThrow("enough");
    expect(clock.monotonic()).toBe(0);
    expect(await clock.run(second)).toBe(60_000);
  });

  test("a call that gives up leaves its place to the next", async () => {
    const clock = fakeClock();
    const rate = new CallRate(clock, { calls: 1, perMs: 1_000 });
    const given = new AbortController();
    await rate.pass(given.signal);
    const second = rate.pass(given.signal);
    const third = rate.pass(new AbortController().signal).then(() => clock.monotonic());
    given.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
    expect(await clock.run(third)).toBe(1_000);
  });

  test("holds over all agents, and a call that waits too long is told so and never sent", async () => {
    const server = { ...counting({ rate_limit: { calls: 1, seconds: 3_600 } }), maxTotalTimeoutMs: 3_000 };
    const run = startRun({ a: [server], b: [server] });
    await Promise.all([run.settled("a"), run.settled("b")]);
    expect(textOf(await run.call("a", "mcp__c__read", { n: 1 }))).toBe("1");
    expect(await run.call("b", "mcp__c__read", { n: 2 })).toMatchObject({ ok: false, code: "timeout", retryable: true });
  });
});

describe("cache (REQ-MCP-46)", () => {
  test.each([
    ["read_ttl: 0", { read_ttl: 0 }, false],
    ["reads: false", { reads: false }, false],
    ["nothing", {}, true],
  ])("with %s a later read of another agent is answered from the first one's: %s", async (_what, cache, shared) => {
    const server = counting({ cache });
    const run = startRun({ a: [server], b: [server] });
    await Promise.all([run.settled("a"), run.settled("b")]);
    await run.call("a", "mcp__c__read", { n: 1 });
    await run.call("b", "mcp__c__read", { n: 1 });
    expect(run.of("tool-result").map(({ cached }) => cached === true)).toEqual([false, shared]);
  });
});

describe("timeout of a remote server (REQ-MCP-46)", () => {
  test("ends a call whose answer does not begin; one that may have had an effect has an unknown outcome", async () => {
    const { url } = await startHttpServer(["--mute"]);
    const server = httpServer("h", url, { restart: { max: 0, backoffMs: 1 } });
    const run = startRun({ a: [{ ...server, transport: { ...server.transport, timeoutMs: 2_000 } as never }] });
    await run.settled("a");
    const [tool = ""] = run.tools("a");
    expect(await run.call("a", tool, {})).toMatchObject({ ok: false, message: expect.stringContaining("within 2 s") });
    expect(run.states("h")).not.toContain("reconnecting");
  });
});

describe("the thresholds of the breaker", () => {
  test("every threshold of the breaker can be set, and is what the breaker takes (REQ-MCP-46)", () => {
    const keys = Object.keys(DEFAULT_BREAKER);
    const written: Record<string, number | boolean> = {
      enabled: false,
      max_failures: 7,
      reset_time: 11,
      backoff_multiplier: 3,
      max_backoff_multiplier: 5,
      jitter: 0.2,
      window: 33,
      min_calls: 4,
      timeout_rate: 0.7,
      slow_call: 9,
      slow_call_rate: 0.6,
      probes: 2,
    };
    const taken = breakerSettings(counting({ breaker: written }));
    expect(taken).toEqual({
      enabled: false,
      maxFailures: 7,
      resetTimeMs: 11_000,
      backoffMultiplier: 3,
      maxBackoffMultiplier: 5,
      jitter: 0.2,
      window: 33,
      minCalls: 4,
      timeoutRate: 0.7,
      slowCallMs: 9_000,
      slowCallRate: 0.6,
      probes: 2,
    });
    expect(Object.keys(written)).toHaveLength(keys.length);
  });
});

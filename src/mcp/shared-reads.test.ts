// One answer for several agents: joined while it is under way, given again for a while, never to the one who asks twice, never after a write.
import { describe, expect, test } from "vitest";
import path from "node:path";
import { agent, readLog, serverFile, startRun, stdioServer, temporaryFolder, textOf } from "./broker.test-support.ts";
import { SharedReads } from "./shared-reads.ts";
import type { MeasuredOutcome } from "./outcomes.ts";

const answer = (text: string): MeasuredOutcome => ({ bytes: 1, outcome: { ok: true, content: [{ type: "text", text }] } });
const failure: MeasuredOutcome = { bytes: 0, outcome: { ok: false, code: "server-error", message: "no", retryable: false } };
const never = new AbortController().signal;

function make(ttlMs = 1_000) {
  const time = { now: 0 };
  const reads = new SharedReads({ clock: { monotonic: () => time.now }, ttlMs });
  let asked = 0;
  const ask = (id: string, result: () => Promise<MeasuredOutcome> = () => Promise.resolve(answer("x"))) =>
    reads.get("key", { agent: agent(id), signal: never }, () => {
      asked += 1;
      return result();
    });
  return { reads, time, ask, asked: () => asked };
}

describe("a shared answer", () => {
  test("serves every other agent once, and not the one who repeats its question", async () => {
    const { reads, ask, asked } = make();
    await ask("a");
    expect((await ask("b")).outcome).toMatchObject({ ok: true, cached: true });
    expect((await ask("c")).outcome).toMatchObject({ cached: true });
    expect([asked(), reads.saved]).toEqual([1, 2]);
    expect((await ask("b")).outcome).not.toHaveProperty("cached");
    expect(asked()).toBe(2);
    expect((await ask("a")).outcome).toMatchObject({ cached: true }); // b's fresh answer is new to a.
  });

  test("is joined by calls at the same time, whoever makes them", async () => {
    const { ask, asked } = make(0);
    const gate = Promise.withResolvers<MeasuredOutcome>();
    const calls = ["a", "a", "b", "c"].map((id) => ask(id, () => gate.promise));
    gate.resolve(answer("once"));
    await Promise.all(calls);
    expect(asked()).toBe(1);
    await ask("d");
    expect(asked()).toBe(2); // With no time to live it is gone when it has been given.
  });

  test("is not a failure: whoever waited for one asks for itself", async () => {
    const { ask, asked } = make();
    const gate = Promise.withResolvers<MeasuredOutcome>();
    const first = ask("a", () => gate.promise);
    const second = ask("b");
    gate.resolve(failure);
    expect((await first).outcome.ok).toBe(false);
    expect((await second).outcome.ok).toBe(true);
    expect(asked()).toBe(2);
  });

  test("ends with its time and with clear()", async () => {
    const { reads, time, ask, asked } = make(1_000);
    await ask("a");
    time.now = 1_001;
    await ask("b");
    expect(asked()).toBe(2);
    reads.clear();
    await ask("c");
    expect(asked()).toBe(3);
  });

  test("is not waited for by an aborted caller", async () => {
    const { reads, ask } = make();
    const gate = Promise.withResolvers<MeasuredOutcome>();
    void ask("a", () => gate.promise);
    const abort = new AbortController();
    const waiting = reads.get("key", { agent: agent("b"), signal: abort.signal }, () => Promise.resolve(failure));
    abort.abort();
    expect((await waiting).outcome.ok).toBe(false);
    gate.resolve(answer("late"));
  });
});

describe("agents of one run", () => {
  test("that ask a server the same question cause one call; a write makes the next one fresh (REQ-MCP-32)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const server = stdioServer("count", [serverFile("counting-server.mjs"), log, "--delay=30"]);
    const run = startRun({ a: [server], b: [server], c: [server] });
    await Promise.all(["a", "b", "c"].map((id) => run.settled(id)));
    const sent = () => readLog(log).filter(({ params }) => params?.["name"] === "read").length;
    const texts = await Promise.all(["a", "b", "c"].map(async (id) => textOf(await run.call(id, "mcp__count__read", { n: 1 }))));
    expect(texts).toEqual(["1", "1", "1"]);
    expect(sent()).toBe(1);
    expect(run.of("tool-result").filter(({ cached }) => cached)).toHaveLength(2);
    expect(run.broker.servers()[0]?.callsSaved).toBe(2);
    await run.call("a", "mcp__count__read", { n: 2 });
    await run.call("b", "mcp__count__write", { n: 1 });
    await run.call("c", "mcp__count__read", { n: 2 });
    expect(sent()).toBe(3);
    await Promise.all(["a", "b"].map((id) => run.call(id, "mcp__count__write", { n: 1 })));
    expect(readLog(log).filter(({ params }) => params?.["name"] === "write")).toHaveLength(3);
  });

  test("with processes of their own, or with `cache: {reads: false}`, share no answers", async () => {
    for (const more of [{ shared: false }, { extra: { cache: { reads: false } } }] as const) {
      const log = path.join(temporaryFolder(), "log");
      const server = stdioServer("count", [serverFile("counting-server.mjs"), log], more);
      const run = startRun({ a: [server], b: [server] });
      await Promise.all(["a", "b"].map((id) => run.settled(id)));
      await Promise.all(["a", "b"].map((id) => run.call(id, "mcp__count__read", { n: 1 })));
      expect(readLog(log).filter(({ method }) => method === "tools/call")).toHaveLength(2);
      await run.broker.close();
    }
  });
});

// The audit trail: complete, in order, continued, and every changed byte is found.
import { appendFileSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createFiles } from "../io/index.ts";
import { callId, turnId, type Json, type RunEvent } from "../core/index.ts";
import { agent, readLog, serverFile, startRun, stdioServer, temporaryFolder } from "./broker.test-support.ts";
import { openAuditLog, verifyAudit } from "./audit.ts";

const files = createFiles();
const clock = { now: () => 1_700_000_000_000 };
const turn = turnId(agent("a"), 1);
const ids = { agent: agent("a"), turn, call: callId(turn, 1, 1) };
const EVENTS: readonly RunEvent[] = [
  {
    ...ids,
    type: "tool-call",
    step: 1,
    providerCall: "p",
    name: "mcp__s__t",
    server: "s",
    tool: "t",
    input: { password: "hunter2" },
    effect: "unknown",
  },
  { ...ids, type: "tool-verdict", verdict: "allow", rule: "default", reason: "fine" },
  { ...ids, type: "text-delta", block: "b", delta: "of no interest" },
  { ...ids, type: "tool-result", providerCall: "p", name: "mcp__s__t", isError: false, code: null, content: [], durationMs: 5 },
  { type: "breaker-state", scope: "s", state: "open", until: 5 },
];

async function writeTrail(file = path.join(temporaryFolder(), "audit.jsonl")): Promise<string> {
  const audit = await openAuditLog({ files, clock, path: file });
  await Promise.all(EVENTS.map((event) => audit.add(event)));
  await audit.close();
  return file;
}

describe("an audit trail", () => {
  test("of a call that cannot be written down fails the call, which is not sent", async () => {
    const home = temporaryFolder();
    const log = path.join(home, "calls.jsonl");
    const audit = await openAuditLog({ files, clock, path: path.join(home, "audit.jsonl") });
    const run = startRun({ a: [stdioServer("count", [serverFile("counting-server.mjs"), log])] }, { audit });
    await run.settled("a");
    let endless: Json = 1;
    for (let level = 0; level < 100_000; level += 1) endless = [endless];
    expect(await run.call("a", "mcp__count__write", { endless })).toMatchObject({ ok: false });
    expect(readLog(log).filter(({ method }) => method === "tools/call")).toEqual([]);
  });

  test("holds each decision and call in order, with digests instead of arguments, mode 0600 (REQ-MCP-33)", async () => {
    const file = await writeTrail();
    const { ok, entries, complete } = await verifyAudit(files, file);
    expect([ok, complete]).toEqual([true, true]);
    expect(entries.map(({ what }) => what)).toEqual(["call", "verdict", "result", "breaker", "end"]);
    expect(readFileSync(file, "utf8")).not.toContain("hunter2");
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("is continued by the next process", async () => {
    const file = await writeTrail(await writeTrail());
    expect(await verifyAudit(files, file)).toMatchObject({ ok: true, complete: true, entries: { length: 10 } });
  });

  test("one flipped byte anywhere is found, with its line (REQ-MCP-34)", async () => {
    const file = await writeTrail();
    const good = readFileSync(file);
    const copy = path.join(temporaryFolder(), "copy.jsonl");
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const bad = Buffer.from(good);
        bad[at] = (bad[at] ?? 0) ^ mask;
        writeFileSync(copy, bad);
        const line = good.subarray(0, at).toString("latin1").split("\n").length;
        const { ok, brokenAt } = await verifyAudit(files, copy);
        expect(ok).toBe(false);
        expect(brokenAt).toBeLessThanOrEqual(line + 1);
        expect(brokenAt).toBeGreaterThanOrEqual(Math.max(1, line));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["a line taken out", (lines: readonly string[]) => [lines[0], ...lines.slice(2)]],
    ["two lines exchanged", (lines: readonly string[]) => [lines[1], lines[0], ...lines.slice(2)]],
    ["the first line taken out", (lines: readonly string[]) => lines.slice(1)],
    ["a line twice", (lines: readonly string[]) => [lines[0], ...lines]],
    ["a line respelt", (lines: readonly string[]) => [lines[0]?.replace('{"v":1,', '{ "v":1,'), ...lines.slice(1)]],
  ])("%s is found", async (_, change) => {
    const file = await writeTrail();
    writeFileSync(file, change(readFileSync(file, "utf8").split("\n")).join("\n"));
    expect((await verifyAudit(files, file)).ok).toBe(false);
  });

  test("that was cut off is not complete, and a damaged one is not continued", async () => {
    const file = await writeTrail();
    const lines = readFileSync(file, "utf8").split("\n");
    writeFileSync(file, `${lines.slice(0, -2).join("\n")}\n`);
    expect(await verifyAudit(files, file)).toMatchObject({ ok: true, complete: false });
    appendFileSync(file, '{"v":1,');
    await expect(openAuditLog({ files, clock, path: file })).rejects.toThrow(/damaged/);
  });
});

describe("a run with an audit trail", () => {
  test("has every call in it, and sends nothing that may have an effect when the trail cannot be written", async () => {
    const folder = temporaryFolder();
    const log = path.join(folder, "log");
    const server = stdioServer("count", [serverFile("counting-server.mjs"), log]);
    const audit = await openAuditLog({ files, clock, path: path.join(folder, "audit.jsonl") });
    const run = startRun({ a: [server] }, { audit });
    await run.settled("a");
    await run.call("a", "mcp__count__write", { n: 1 });
    await run.broker.close();
    await audit.close();
    const { entries } = await verifyAudit(files, path.join(folder, "audit.jsonl"));
    expect(entries.map(({ what }) => what)).toEqual(["server", "server", "call", "verdict", "result", "server", "end"]);
    const broken = startRun(
      { a: [server] },
      {
        audit: {
          add: (event) => (event.type === "tool-call" ? Promise.reject(new Error("no space")) : Promise.resolve()),
          judged: async () => {},
          close: async () => {},
        },
      },
    );
    await broken.settled("a");
    expect(await broken.call("a", "mcp__count__write", { n: 2 })).toMatchObject({ ok: false });
    expect(readLog(log).filter(({ method }) => method === "tools/call")).toHaveLength(1);
  });
});

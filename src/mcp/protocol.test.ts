// The revisions of the protocol over stdio, chosen by `protocol` of the entry.
import path from "node:path";
import { describe, expect, test } from "vitest";
import { misbehaving, readLog, serverFile, startRun, stdioServer, temporaryFolder, textOf } from "./broker.test-support.ts";

function counting(flags: readonly string[], more: Parameters<typeof stdioServer>[2] = {}) {
  const log = path.join(temporaryFolder(), "log");
  return {
    server: stdioServer("count", [serverFile("counting-server.mjs"), log, ...flags], more),
    methods: () => readLog(log).flatMap(({ method }) => (method === undefined ? [] : [method])),
    log,
  };
}

describe("revision 2026-07-28 over stdio", () => {
  test("is spoken when pinned or found by probing, in one process (REQ-MCP-36)", async () => {
    for (const protocol of ["2026-07-28", "auto"] as const) {
      const { server, methods, log } = counting(["--modern"], { protocol });
      const run = startRun({ a: [server] });
      await run.settled("a");
      expect(textOf(await run.call("a", "mcp__count__read", { n: 7 }))).toBe("7");
      expect(run.broker.servers()[0]?.identity?.protocol).toBe("2026-07-28");
      expect(methods()).not.toContain("initialize");
      expect(readLog(log).filter(({ started }) => started)).toHaveLength(1);
      await run.broker.close();
    }
  });

  test("a question inside a call is answered by the same handler, and the call goes on with the server's state", async () => {
    const { server } = counting(["--modern"], { protocol: "2026-07-28" });
    const run = startRun({ a: [server] }, { elicit: async () => ({ action: "accept", content: { sure: true } }) });
    await run.settled("a");
    const told = textOf(await run.call("a", "mcp__count__read", { n: 99 }));
    expect(told).toContain('"sure":true');
    expect(told).toContain('"s1"');
  });

  test("a server that does not speak the pinned revision fails and says why", async () => {
    const run = startRun({ a: [misbehaving([], { protocol: "2026-07-28", restart: { max: 0, backoffMs: 1 } })] });
    await run.settled("a");
    expect(run.states("bad")).toEqual(["connecting", "failed"]);
    expect(run.of("mcp-server-state").at(-1)?.message).toMatch(/2026-07-28|negotiat|version/i);
  });
});

describe("older revisions over stdio", () => {
  test("are the default, without a probe first, and what `auto` falls back to", async () => {
    for (const [protocol, first] of [
      [null, "initialize"],
      ["auto", "server/discover"],
    ] as const) {
      const { server, methods } = counting([], { protocol });
      const run = startRun({ a: [server] });
      await run.settled("a");
      expect(textOf(await run.call("a", "mcp__count__read", { n: 7 }))).toBe("7");
      expect(methods()[0]).toBe(first);
      await run.broker.close();
    }
  });
});

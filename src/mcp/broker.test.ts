// The broker over real server processes: discovery, calls, limits and outcomes, judged by what the servers wrote down.
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isRunning, packageBin, readLog, serverFile, startRun, stdioServer, temporaryFolder, textOf } from "./broker.test-support.ts";

function counting(more: Parameters<typeof stdioServer>[2] & { readonly flags?: readonly string[] } = {}) {
  const { flags = [], ...rest } = more;
  const log = path.join(temporaryFolder(), "calls.jsonl");
  return {
    log,
    server: stdioServer("count", [serverFile("counting-server.mjs"), log, ...flags], rest),
    calls: () => readLog(log).filter(({ method }) => method === "tools/call"),
  };
}

describe("calls", () => {
  test("a tool of a real server is offered under its exposed name and called once (REQ-MCP-1)", async () => {
    const { server, calls } = counting();
    const run = startRun({ a: [server] });
    await run.settled("a");
    expect(run.tools("a")).toContain("mcp__count__read");
    const outcome = await run.call("a", "mcp__count__read", { n: 4 });
    expect(outcome).toEqual({ ok: true, content: [{ type: "text", text: "4" }] });
    expect(calls()).toHaveLength(1);
    expect(run.events.map(({ type }) => type).filter((type) => type.startsWith("tool-"))).toEqual([
      "tool-call",
      "tool-verdict",
      "tool-result",
    ]);
  });

  test("a call that nothing holds up is judged and under way before its caller goes on, and can still be cancelled then", async () => {
    const { server, calls } = counting();
    const run = startRun({ a: [server] });
    await run.settled("a");
    await run.call("a", "mcp__count__read", { n: 1 });
    const caller = new AbortController();
    const outcome = run.callUnder(caller.signal)("a", "mcp__count__read", { n: 2 });
    expect(run.of("tool-verdict")).toHaveLength(2);
    caller.abort();
    expect(await outcome).toMatchObject({ ok: false, code: "cancelled" });
    expect(textOf(await run.call("a", "mcp__count__read", { n: 3 }))).toBe("3");
    expect(calls().map(({ params }) => params?.["arguments"])).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test("the reference servers answer side by side", async () => {
    const folder = temporaryFolder();
    const run = startRun({
      a: [
        stdioServer("everything", [packageBin("@modelcontextprotocol/server-everything"), "stdio"]),
        stdioServer("memory", [packageBin("@modelcontextprotocol/server-memory")], {
          env: { MEMORY_FILE_PATH: path.join(folder, "memory.json") },
        }),
        stdioServer("files", [packageBin("@modelcontextprotocol/server-filesystem"), folder]),
      ],
    });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__everything__echo", { message: "hi" }))).toContain("hi");
    expect(
      textOf(await run.call("a", "mcp__memory__create_entities", { entities: [{ name: "x", entityType: "t", observations: [] }] })),
    ).toContain("x");
    expect(textOf(await run.call("a", "mcp__files__list_directory", { path: folder }))).toContain("memory.json");
  });

  test("arguments that do not fit the original schema are refused and nothing is sent", async () => {
    const { server, calls } = counting();
    const run = startRun({ a: [server] });
    await run.settled("a");
    expect(await run.call("a", "mcp__count__write", { n: "four" })).toMatchObject({ ok: false, code: "invalid-input" });
    expect(await run.call("a", "mcp__count__write", [1])).toMatchObject({ ok: false, code: "invalid-input" });
    expect(calls()).toEqual([]);
  });

  test("a failure the tool reports itself arrives as an error with its content", async () => {
    const { server } = counting();
    const run = startRun({ a: [server] });
    await run.settled("a");
    expect(await run.call("a", "mcp__count__fail", {})).toMatchObject({
      ok: false,
      code: "tool-error",
      message: "It failed on purpose.",
      content: [{ type: "text" }],
    });
    expect(run.of("tool-result")[0]).toMatchObject({ isError: true, code: "tool-error" });
  });
});

describe("the end of a run", () => {
  test("no server process is left after close", async () => {
    const { server, log } = counting();
    const run = startRun({ a: [server] });
    await run.settled("a");
    const pid = readLog(log)[0]?.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    await run.broker.close();
    expect(isRunning(pid)).toBe(false);
    expect(run.states("count")).toEqual(["connecting", "ready", "closed"]);
  });
});

// Remote servers over loopback: both revisions, lost sessions, cut streams, refused credentials, answers without end.
import path from "node:path";
import { describe, expect, test } from "vitest";
import {
  freePort,
  httpServer,
  packageBin,
  readLog,
  startHttpServer,
  startProgram,
  startRun,
  temporaryFolder,
  textOf,
} from "./broker.test-support.ts";

describe("streamable HTTP", () => {
  test("a server is called with the entry's headers, its session is ended at close (REQ-MCP-15)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const { url } = await startHttpServer([`--log=${log}`, "--need-token=abc"]);
    const run = startRun({ a: [httpServer("web", url, { headers: { Authorization: "Bearer abc" } })] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__web__read", { n: 1 }))).toBe('read {"n":1}');
    await run.broker.close();
    expect(readLog(log).at(-1)?.method).toBe("DELETE");
  });

  test("answers as event streams are read too", async () => {
    const { url } = await startHttpServer(["--stream"]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__web__write", { n: 2 }))).toBe('write {"n":2}');
  });

  test("the newest revision is spoken where the server speaks it, with arguments in headers where it asks for them (REQ-MCP-16)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const { url } = await startHttpServer(["--modern", `--log=${log}`]);
    for (const protocol of [null, "2026-07-28"] as const) {
      const run = startRun({ a: [httpServer("web", url, { protocol })] });
      await run.settled("a");
      expect(textOf(await run.call("a", "mcp__web__region", { region: "eu" }))).toBe("eu in header eu");
      await run.broker.close();
    }
    expect(readLog(log).some(({ method }) => method === "initialize")).toBe(false);
  });

  test("a change of tools is heard in both revisions", async () => {
    for (const flags of [[], ["--modern"]]) {
      const { url } = await startHttpServer(["--change-after-call", ...flags]);
      const run = startRun({ a: [httpServer("web", url)] });
      await run.settled("a");
      await run.call("a", "mcp__web__read", {});
      await run.until(() => run.of("catalog-changed").length > 0);
      expect(run.tools("a")).toContain("mcp__web__extra");
      await run.broker.close();
    }
  });

  test("a session the server forgot is opened anew and the refused call goes through, once (REQ-MCP-17)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const { url } = await startHttpServer([`--log=${log}`, "--forget-session-after=1"]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.settled("a");
    await run.call("a", "mcp__web__write", { n: 1 });
    expect(textOf(await run.call("a", "mcp__web__write", { n: 2 }))).toBe('write {"n":2}');
    expect(readLog(log).filter(({ method }) => method === "initialize")).toHaveLength(2);
    expect(
      readLog(log)
        .filter(({ method }) => method === "tools/call")
        .map(({ params }) => params?.["arguments"]),
    ).toEqual([{ n: 1 }, { n: 2 }, { n: 2 }]);
  });

  test("a cut stream ends the call at once: unknown outcome for a write, gone for a read; neither is repeated", async () => {
    const log = path.join(temporaryFolder(), "log");
    const { url } = await startHttpServer([`--log=${log}`, "--cut-call"]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.settled("a");
    expect(await run.call("a", "mcp__web__write", {})).toMatchObject({ ok: false, code: "outcome-unknown" });
    expect(await run.call("a", "mcp__web__read", {})).toMatchObject({ ok: false, code: "server-gone" });
    expect(readLog(log).filter(({ method }) => method === "tools/call")).toHaveLength(2);
  });

  test("a stream that falls silent ends after http_read_timeout", async () => {
    const { url } = await startHttpServer(["--stall"]);
    const run = startRun({ a: [httpServer("web", url, { readTimeoutMs: 1_500 })] });
    await run.settled("a");
    expect(await run.call("a", "mcp__web__read", {})).toMatchObject({ ok: false, code: "server-gone" });
  });

  test.each([
    { status: 503, name: "read", code: "server-error", retryable: true },
    { status: 503, name: "write", code: "outcome-unknown", retryable: false },
    { status: 429, name: "write", code: "server-error", retryable: true },
    { status: 401, name: "write", code: "server-error", retryable: false },
  ])("HTTP $status on a $name is told as $code", async ({ status, name, code, retryable }) => {
    const { url } = await startHttpServer([`--status-on-call=${status}`]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.settled("a");
    expect(await run.call("a", `mcp__web__${name}`, {})).toMatchObject({ ok: false, code, retryable });
  });

  test("compressed and endless answers are cut at max_message_bytes (REQ-MCP-18)", async () => {
    for (const flag of ["--bomb=50000000", "--endless-event"]) {
      const { url } = await startHttpServer([flag]);
      const run = startRun({ a: [httpServer("web", url, { maxMessageBytes: 1_000_000 })] });
      await run.settled("a");
      const before = process.memoryUsage().rss;
      expect(await run.call("a", "mcp__web__read", {})).toMatchObject({ ok: false });
      expect(process.memoryUsage().rss - before).toBeLessThan(60_000_000);
      await run.broker.close();
    }
  });

  test("refused credentials are told as such, without trying again", async () => {
    const log = path.join(temporaryFolder(), "log");
    const { url } = await startHttpServer([`--log=${log}`, "--need-token=abc"]);
    const run = startRun({ a: [httpServer("web", url, { headers: { Authorization: "Bearer wrong" } })] });
    await run.settled("a");
    const failed = run.of("mcp-server-state").find(({ state }) => state === "failed");
    expect(failed?.message).toContain("refused the credentials");
    expect(JSON.stringify(run.events)).not.toContain("wrong");
    expect(readLog(log).length).toBeLessThanOrEqual(2);
  });

  test("a server that is only busy when it is first asked is asked again", async () => {
    const { url } = await startHttpServer(["--busy=2"]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.until(() => run.states("web").includes("ready"));
    expect(run.of("mcp-server-state").find(({ state }) => state === "reconnecting")?.message).toContain("503");
    expect(textOf(await run.call("a", "mcp__web__read", { n: 1 }))).toBe('read {"n":1}');
  });

  test("a redirect to another origin is not followed", async () => {
    const secret = path.join(temporaryFolder(), "log");
    const other = await startHttpServer([`--log=${secret}`]);
    const { url } = await startHttpServer([`--redirect=${other.url}`]);
    const run = startRun({ a: [httpServer("web", url, { headers: { Authorization: "Bearer abc" }, restart: { max: 0, backoffMs: 1 } })] });
    await run.settled("a");
    expect(run.states("web")).toContain("failed");
    expect(readLog(secret)).toEqual([]);
  });

  test("a server that is not there yet is found when it comes up", async () => {
    const port = await freePort();
    const run = startRun({
      a: [
        httpServer("web", `http://127.0.0.1:${port}/mcp`, {
          restart: { max: 40, backoffMs: 50 },
          extra: { breaker: { reset_time: 0.05, max_backoff_multiplier: 1 } },
        }),
      ],
    });
    await run.settled("a");
    expect(run.of("mcp-server-state").find(({ state }) => state === "reconnecting")?.message).toContain("ECONNREFUSED");
    await startHttpServer([`--port=${port}`]);
    await run.until(() => run.states("web").includes("ready"));
    expect(textOf(await run.call("a", "mcp__web__read", { n: 1 }))).toBe('read {"n":1}');
  });
});

describe("the reference server over HTTP", () => {
  test.each(["streamableHttp", "sse"] as const)("answers by %s", async (kind) => {
    const port = await freePort();
    await startProgram([packageBin("@modelcontextprotocol/server-everything"), kind], /on port/, { PORT: String(port) });
    const entry = httpServer(
      "everything",
      `http://127.0.0.1:${port}/${kind === "sse" ? "sse" : "mcp"}`,
      kind === "sse" ? { type: "sse" } : {},
    );
    const run = startRun({ a: [entry] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__everything__echo", { message: kind }))).toContain(kind);
  });

  test("a server of the older kind is told from one that is not there, and how to say so", async () => {
    const port = await freePort();
    await startProgram([packageBin("@modelcontextprotocol/server-everything"), "sse"], /on port/, { PORT: String(port) });
    const run = startRun({ a: [httpServer("old", `http://127.0.0.1:${port}/sse`)] });
    await run.settled("a");
    const failed = run.of("mcp-server-state").find(({ state }) => state === "failed");
    expect(failed?.message).toBe('The server "old" could not be reached (handshake): it answered with HTTP 404.');
    expect(failed?.next).toContain("`type: sse`");
  });
});

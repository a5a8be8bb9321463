// Who shares which process, the readers–writer rule, what an unsafe call waits for, and the way back after failures.
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { loadSdk } from "./sdk.ts";
import type { McpServerConfig } from "../config/types.ts";
import {
  freePort,
  httpServer,
  isRunning,
  misbehaving,
  packageBin,
  readLog,
  serverFile,
  startHttpServer,
  startRun,
  stdioServer,
  temporaryFolder,
  textOf,
} from "./broker.test-support.ts";
import { decideSharing } from "./sharing.ts";

function counting(more: Parameters<typeof stdioServer>[2] = {}, flags: readonly string[] = []) {
  const log = path.join(temporaryFolder(), "log");
  const server = stdioServer("count", [serverFile("counting-server.mjs"), log, ...flags], more);
  const starts = () => readLog(log).filter(({ started }) => started).length;
  const calls = () => readLog(log).filter(({ method }) => method === "tools/call");
  return { log, server, starts, calls };
}

describe("sharing", () => {
  test("agents with equal entries share one process, whatever the entries' names and lists (REQ-MCP-20)", async () => {
    const { server, starts } = counting();
    const run = startRun({ a: [server], b: [{ ...server, name: "other", allowedTools: ["read"] }], c: [server] });
    await Promise.all(["a", "b", "c"].map((id) => run.settled(id)));
    expect(textOf(await run.call("a", "mcp__count__pid", {}))).toBe(textOf(await run.call("c", "mcp__count__pid", {})));
    expect(run.tools("b")).toEqual(["mcp__other__read"]);
    expect(starts()).toBe(1);
  });

  test("entries that differ in environment, arguments or folder do not share", async () => {
    const { server, starts, log } = counting();
    const transport = server.transport.type === "stdio" ? server.transport : null;
    if (!transport) throw new Error("a stdio server was expected");
    const others: readonly McpServerConfig[] = [
      { ...server, transport: { ...transport, env: { ROLE: "b" } } },
      { ...server, transport: { ...transport, args: [...transport.args, "--delay=0"] } },
      { ...server, transport: { ...transport, cwd: path.dirname(log) } },
    ];
    const run = startRun({ a: [server], b: others.slice(0, 1), c: others.slice(1, 2), d: others.slice(2) });
    await Promise.all(["a", "b", "c", "d"].map((id) => run.settled(id)));
    expect(starts()).toBe(4);
  });

  test("`shared: false` gives each agent its own process, at most max_processes; one more agent goes without and is told", async () => {
    const { server, starts } = counting({ shared: false, maxProcesses: 2 });
    const run = startRun({ a: [server], b: [server], c: [server] });
    await Promise.all(["a", "b", "c"].map((id) => run.settled(id)));
    expect(starts()).toBe(2);
    expect(run.tools("c")).toEqual([]);
    expect(run.of("mcp-server-state").find(({ state }) => state === "failed")).toMatchObject({
      agent: "c",
      next: expect.stringContaining("max_processes") as unknown,
    });
    expect(
      run
        .of("mcp-server-state")
        .filter(({ state }) => state === "ready")
        .map(({ agent }) => agent as string),
    ).toEqual(expect.arrayContaining(["a", "b"]));
  });

  test.each([
    [stdioServer("s", ["-y", "@modelcontextprotocol/server-sequential-thinking"]), false, "session-state"],
    [stdioServer("s", ["-y", "@playwright/mcp@latest"]), false, "session-state"],
    [stdioServer("s", ["-y", "@modelcontextprotocol/server-filesystem", "/tmp"]), false, "workspace"],
    [stdioServer("s", ["mcp-server-git"], { command: "uvx" }), false, "workspace"],
    [stdioServer("s", ["-m", "mcp_server_git", "--repository", "/r"], { command: "python3" }), false, "workspace"],
    [stdioServer("s", ["run", "-i", "mcp/git"], { command: "docker" }), false, "workspace"],
    [stdioServer("s", ["run", "-i", "mcp/filesystem:1.0", "/projects"], { command: "docker" }), false, "workspace"],
    [stdioServer("s", ["--from", "git+https://example.org/a/mcp-server-git.git", "x"], { command: "uvx" }), false, "workspace"],
    [stdioServer("s", ["/opt/mcp-server-git/dist/index.js"]), false, "workspace"],
    [stdioServer("s", ["server.js", "--root=./"]), false, "workspace"],
    [stdioServer("s", ["-y", "mcp-unity@1.0.0"]), false, "session-state"],
    [stdioServer("s", ["-y", "@community/notes-server"]), true, "ordinary"],
    [stdioServer("s", ["/home/me/git/mcp-memory/index.js", "--file=/data/terminal/notes.json"]), true, "ordinary"],
    [stdioServer("s", ["mcp-server-github"], { command: "uvx" }), true, "ordinary"],
    [stdioServer("s", ["-y", "@modelcontextprotocol/server-memory"]), true, "ordinary"],
    [stdioServer("s", ["server.js", "."]), false, "workspace"],
    [stdioServer("s", ["-y", "@playwright/mcp@latest"], { shared: true }), true, "session-state"],
    [stdioServer("s", ["-y", "x"], { shared: false }), false, "ordinary"],
  ] as const)("auto decides by what is known of a server (%#)", (server, shared, kind) => {
    expect(decideSharing(server)).toMatchObject({ shared, kind });
  });
});

describe("the memory server", () => {
  const entity = (n: number) => ({ entities: [{ name: `e${n}`, entityType: "test", observations: [] }] });
  const stored = (file: string): number =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes('"entity"')).length;

  test("loses most of 30 parallel writes through one connection of the bare protocol library", async () => {
    const file = path.join(temporaryFolder(), "memory.jsonl");
    const { Client } = await loadSdk();
    const { StdioClientTransport } = await import("@modelcontextprotocol/client/stdio");
    const client = new Client({ name: "bare", version: "1" });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [packageBin("@modelcontextprotocol/server-memory")],
        env: { MEMORY_FILE_PATH: file },
        stderr: "ignore",
      }),
    );
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, n) => client.callTool({ name: "create_entities", arguments: entity(n) })),
    );
    expect(results.every(({ isError }) => isError !== true)).toBe(true);
    expect(stored(file)).toBeLessThan(30);
    await client.close();
  });

  test("keeps 30 of 30 when three agents write ten times each in parallel through the broker (REQ-MCP-21)", async () => {
    const file = path.join(temporaryFolder(), "memory.jsonl");
    const server = stdioServer("memory", [packageBin("@modelcontextprotocol/server-memory")], { env: { MEMORY_FILE_PATH: file } });
    const run = startRun({ a: [server], b: [server], c: [server] });
    await Promise.all(["a", "b", "c"].map((id) => run.settled(id)));
    const outcomes = await Promise.all(
      Array.from({ length: 30 }, (_, n) => run.call(["a", "b", "c"][n % 3] ?? "a", "mcp__memory__create_entities", entity(n))),
    );
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(stored(file)).toBe(30);
  });
});

describe("the readers–writer rule", () => {
  test("reads overlap, a write runs alone (REQ-MCP-22)", async () => {
    const { server, calls } = counting({}, ["--delay=60"]);
    const run = startRun({ a: [server], b: [server] });
    await Promise.all([run.settled("a"), run.settled("b")]);
    const call = (agent: string, kind: string, n: number) => run.call(agent, `mcp__count__${kind}`, { n });
    await Promise.all([
      call("a", "read", 1),
      call("b", "read", 2),
      call("a", "write", 3),
      call("b", "write", 4),
      call("a", "read", 5),
      call("b", "read", 6),
    ]);
    const running = (kind: string) =>
      calls()
        .filter(({ params }) => params?.["name"] === kind)
        .map((entry) => entry.running);
    expect(running("write")).toEqual([0, 0]);
    expect(running("read").some((others) => (others ?? 0) > 0)).toBe(true);
  });

  test("max_concurrency bounds the reads", async () => {
    const { server, log } = counting({ maxConcurrency: 2 }, ["--delay=40"]);
    const run = startRun({ a: [server] });
    await run.settled("a");
    await Promise.all([1, 2, 3, 4, 5].map((n) => run.call("a", "mcp__count__read", { n })));
    expect(
      Math.max(
        ...readLog(log)
          .filter(({ method }) => method === "tools/call")
          .map(({ running }) => running ?? 0),
      ),
    ).toBe(1);
  });
});

describe("max_in_flight_per_agent", () => {
  test("bounds one agent's calls and leaves room for the others", async () => {
    const { server, calls } = counting({ extra: { max_in_flight_per_agent: 1 } }, ["--delay=80"]);
    const run = startRun({ a: [server], b: [server] });
    await Promise.all([run.settled("a"), run.settled("b")]);
    const slow = [1, 2, 3].map((n) => run.call("a", "mcp__count__read", { n }));
    await run.call("b", "mcp__count__read", { n: 10 });
    const order = calls().map(({ params }) => (params as { arguments: { n: number } }).arguments.n);
    expect(order.indexOf(10)).toBeLessThanOrEqual(1);
    await Promise.all(slow);
    expect(Math.max(...calls().map(({ running }) => running ?? 0))).toBe(1);
  });
});

describe("an unsafe call", () => {
  test("is in the log before it is sent, a read need not be (REQ-MCP-23)", async () => {
    const { server, calls } = counting();
    const held = Promise.withResolvers<void>();
    const run = startRun({ a: [server] }, { record: (event) => (event.type === "tool-call" ? held.promise : Promise.resolve()) });
    await run.settled("a");
    const write = run.call("a", "mcp__count__write", { n: 1 });
    const read = run.call("a", "mcp__count__read", { n: 2 });
    while (calls().length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(calls().map(({ params }) => params?.["name"])).toEqual(["read"]);
    held.resolve();
    expect(await write).toMatchObject({ ok: true });
    await read;
    expect(calls()).toHaveLength(2);
  });

  test("is not sent when it cannot be recorded", async () => {
    const { server, calls } = counting();
    const run = startRun(
      { a: [server] },
      { record: (event) => (event.type === "tool-call" ? Promise.reject(new Error("disk full")) : Promise.resolve()) },
    );
    await run.settled("a");
    expect(await run.call("a", "mcp__count__write", { n: 1 })).toMatchObject({
      ok: false,
      message: expect.stringContaining("disk full") as unknown,
    });
    expect(calls()).toEqual([]);
  });
});

describe("allowed_tools and exclude_tools", () => {
  test("bind when tools are listed and when they are called (REQ-MCP-24)", async () => {
    const { server, calls } = counting({ allowedTools: ["read", "mcp__count__pid", "write"], excludeTools: ["write"] });
    const run = startRun({ a: [server] });
    await run.settled("a");
    expect(run.tools("a")).toEqual(["mcp__count__read", "mcp__count__pid"]);
    expect(await run.call("a", "mcp__count__write", { n: 1 })).toMatchObject({ ok: false, code: "denied" });
    expect(await run.call("a", "mcp__count__wipe", {})).toMatchObject({ ok: false, code: "denied" });
    expect(run.of("tool-verdict").map(({ verdict, rule }) => [verdict, rule])).toEqual([
      ["deny", "exclude_tools"],
      ["deny", "allowed_tools"],
    ]);
    expect(calls()).toEqual([]);
  });

  test("an empty list allows nothing", async () => {
    const { server } = counting({ allowedTools: [] });
    const run = startRun({ a: [server] });
    await run.settled("a");
    expect(run.tools("a")).toEqual([]);
  });
});

describe("a policy", () => {
  test("decides on servers before anything is started and on calls before anything is sent; what it throws is a no (REQ-MCP-25)", async () => {
    const { server, starts } = counting();
    const broken = startRun(
      { a: [server] },
      {
        policy: {
          checkServer: () => {
            throw new Error("rule file lost");
          },
        },
      },
    );
    await broken.settled("a");
    expect(broken.of("mcp-server-state")[0]).toMatchObject({
      state: "failed",
      message: expect.stringContaining("rule file lost") as unknown,
    });
    expect(starts()).toBe(0);
    const calls = counting();
    const run = startRun(
      { a: [calls.server] },
      {
        policy: {
          checkCall: ({ tool }) => {
            if (tool === "pid") throw new Error("boom");
            return tool === "write"
              ? { verdict: "ask", rule: "writes", reason: "it writes" }
              : tool === "wipe"
                ? { verdict: "deny", rule: "no-wipe", reason: "never" }
                : { verdict: "allow", rule: "r", reason: "fine" };
          },
        },
      },
    );
    await run.settled("a");
    expect(await run.call("a", "mcp__count__read", { n: 1 })).toMatchObject({ ok: true });
    for (const [name, input] of [
      ["mcp__count__pid", {}],
      ["mcp__count__wipe", {}],
      ["mcp__count__write", { n: 1 }],
    ] as const)
      expect(await run.call("a", name, input)).toMatchObject({ ok: false, code: "denied" });
    expect(calls.calls().map(({ params }) => params?.["name"])).toEqual(["read"]);
  });

  test("may ask a person, whose answer is recorded", async () => {
    const { server, calls } = counting();
    const answers = [true, false];
    const run = startRun(
      { a: [server] },
      {
        policy: {
          checkCall: () => ({ verdict: "ask", rule: "writes", reason: "it writes" }),
          ask: async () => ({ allow: answers.shift() ?? false, by: "person" }),
        },
      },
    );
    await run.settled("a");
    expect(await run.call("a", "mcp__count__write", { n: 1 })).toMatchObject({ ok: true });
    expect(await run.call("a", "mcp__count__write", { n: 2 })).toMatchObject({ ok: false, code: "denied" });
    expect(run.of("permission-answered").map(({ allow, by }) => [allow, by])).toEqual([
      [true, "person"],
      [false, "person"],
    ]);
    expect(calls()).toHaveLength(1);
  });
});

describe("a failing server", () => {
  test("is held back by the breaker after repeated crashes, agents are told until when, and the next run remembers (REQ-MCP-26)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const server = misbehaving(["--exit-at=tools/call", `--log=${log}`], { restart: { max: 10, backoffMs: 1 } });
    const run = startRun({ a: [server] });
    await run.settled("a");
    for (let n = 0; n < 3; n += 1) await run.call("a", "mcp__bad__echo", {});
    const held = await run.call("a", "mcp__bad__echo", {});
    expect(held).toMatchObject({ ok: false, code: "breaker-open", message: expect.stringMatching(/off until \d{4}-/) as unknown });
    expect(run.of("breaker-state").map(({ state }) => state)).toEqual(["open"]);
    const sent = readLog(log).filter(({ method }) => method === "tools/call").length;
    expect(sent).toBe(3);
    await run.broker.close();
    const next = startRun({ a: [server] }, { home: run.home });
    await next.settled("a");
    await next.call("a", "mcp__bad__echo", {});
    expect(await next.call("a", "mcp__bad__echo", {})).toMatchObject({ code: "breaker-open" });
    expect(readLog(log).filter(({ method }) => method === "tools/call")).toHaveLength(sent + 1);
  });

  test("a crash fails the calls in flight only; those that wait go to the restarted process", async () => {
    const once = path.join(temporaryFolder(), "once");
    const server = misbehaving([`--crash-once=${once}`]);
    const run = startRun({ a: [server], b: [server] });
    await Promise.all([run.settled("a"), run.settled("b")]);
    const [first, second, third] = await Promise.all([
      run.call("a", "mcp__bad__act", { n: 1 }),
      run.call("b", "mcp__bad__act", { n: 2 }),
      run.call("a", "mcp__bad__act", { n: 3 }),
    ]);
    expect(first).toMatchObject({ ok: false, code: "outcome-unknown" });
    expect([second, third].map((outcome) => outcome && textOf(outcome))).toEqual(['act {"n":2}', 'act {"n":3}']);
  });

  test("a server that is away for longer than it is first held back is found again once it is back (REQ-MCP-51)", async () => {
    const port = await freePort();
    const entry = httpServer("far", `http://127.0.0.1:${port}/mcp`, {
      restart: { max: 1, backoffMs: 1 },
      extra: { breaker: { max_failures: 2, reset_time: 0.02, max_backoff_multiplier: 2 } },
    });
    const run = startRun({ a: [entry] });
    await run.until(() => run.of("breaker-state").filter(({ state }) => state === "open").length > 3);
    expect(await run.call("a", "mcp__far__read", { n: 1 })).toMatchObject({ ok: false });
    await startHttpServer([`--port=${port}`]);
    await run.until(() => run.states("far").at(-1) === "ready");
    expect(textOf(await run.call("a", "mcp__far__read", { n: 1 }))).toBe('read {"n":1}');
    await run.until(() => run.of("breaker-state").at(-1)?.state === "closed");
  });

  test("an entry with settings that make no sense costs its own tools, nothing else", async () => {
    const { server } = counting();
    const run = startRun({
      a: [{ ...server, name: "wrong", extra: { breaker: { max_failures: -1 } }, transport: misbehaving([]).transport }, server],
    });
    await run.settled("a");
    expect(run.of("mcp-server-state").find(({ server: name }) => name === "wrong")).toMatchObject({
      state: "failed",
      message: expect.stringContaining("breaker.max_failures") as unknown,
    });
    expect(run.tools("a")).toContain("mcp__count__read");
  });
});

describe("idleness", () => {
  test("an idle server is ended, stays offered, and starts again with the next call (REQ-MCP-27)", async () => {
    const { server, starts, log } = counting({ idleTimeoutMs: 50 });
    const run = startRun({ a: [server] });
    await run.settled("a");
    await run.until(() => run.states("count").includes("closed"));
    const pid = readLog(log)[0]?.pid ?? 0;
    expect(isRunning(pid)).toBe(false);
    expect(textOf(await run.call("a", "mcp__count__read", { n: 5 }))).toBe("5");
    expect(starts()).toBe(2);
  });

  test("does not end a server that keeps state in its process", async () => {
    const { server, starts } = counting({ idleTimeoutMs: 20 }, ["--name=playwright"]);
    const run = startRun({ a: [server, { ...counting({ idleTimeoutMs: 300 }).server, name: "ordinary" }] });
    await run.settled("a");
    await run.until(() => run.states("ordinary").includes("closed"));
    expect(run.states("count")).toEqual(["connecting", "ready"]);
    expect(starts()).toBe(1);
  });
});

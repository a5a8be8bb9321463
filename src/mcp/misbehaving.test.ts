// Servers that break the rules, each in its own way: what an agent gets, and that a healthy neighbour is never disturbed.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { createIo } from "../io/index.ts";
import { fakeClock } from "../testing/index.ts";
import { isRunning, misbehaving, readLog, serverFile, startRun, stdioServer, temporaryFolder, textOf } from "./broker.test-support.ts";

const healthy = () => stdioServer("count", [serverFile("counting-server.mjs"), "-"]);

describe("lists", () => {
  test("all pages of a list are read (REQ-MCP-2)", async () => {
    const run = startRun({ a: [misbehaving(["--pages=7"])] });
    await run.settled("a");
    expect(run.tools("a")).toHaveLength(7);
  });

  test("pages that go in a circle end with a warning and the tools seen so far", async () => {
    const run = startRun({ a: [misbehaving(["--circle"])] });
    await run.settled("a");
    expect(run.tools("a")).toHaveLength(3);
    expect(
      run
        .of("warning")
        .map(({ message }) => message)
        .join(),
    ).toContain("circle");
  });

  test("a list that breaks off fails that server, not its neighbour", async () => {
    const run = startRun({ a: [misbehaving(["--pages=3", "--broken-page"], { restart: { max: 0, backoffMs: 1 } }), healthy()] });
    await run.settled("a");
    expect(run.tools("a").every((name) => name.startsWith("mcp__count__"))).toBe(true);
    expect(run.states("bad")).toContain("failed");
    expect(run.of("mcp-server-state").find(({ state }) => state === "failed")?.message).toContain("page lost");
  });

  test("one bad entry costs itself: the others are offered, each bad one is named (REQ-MCP-3)", async () => {
    const run = startRun({ a: [misbehaving(["--bad-tools", "--duplicate-tool"])] });
    await run.settled("a");
    expect(run.tools("a").toSorted()).toEqual(
      ["mcp__bad__act", "mcp__bad__echo", "mcp__bad__no_schema", "mcp__bad__bad_schema"].toSorted(),
    );
    const warnings = run
      .of("warning")
      .map(({ message }) => message)
      .join("\n");
    expect(warnings).toContain('"hidden"');
    expect(warnings).toContain("twice");
    expect(textOf(await run.call("a", "mcp__bad__echo", {}))).toBe("echo {}");
  });

  test("hostile tool names are all callable and none is taken for another (REQ-MCP-4)", async () => {
    const run = startRun({ a: [misbehaving(["--names"])] });
    await run.settled("a");
    const offered = run.broker.forAgent("a" as never).list();
    expect(offered).toHaveLength(12);
    expect(new Set(offered.map(({ name }) => name)).size).toBe(12);
    for (const { name, tool } of offered) {
      expect(name).toMatch(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/);
      expect(textOf(await run.call("a", name, {}))).toBe(`${tool} {}`);
    }
  });

  test("a storm of change notices leads to few readings, and the new tools are offered", async () => {
    const log = path.join(temporaryFolder(), "log");
    const run = startRun({ a: [misbehaving([`--log=${log}`, "--storm=500"])] });
    await run.settled("a");
    await run.until(() => run.of("catalog-changed").length > 0);
    expect(run.tools("a")).toContain("mcp__bad__storm_0");
    expect(run.of("catalog-changed")[0]).toMatchObject({ added: ["storm_0"], removed: [], changed: [] });
    expect(readLog(log).filter(({ method }) => method === "tools/list").length).toBeLessThanOrEqual(3);
  });
});

describe("the wire", () => {
  test("junk on standard output is skipped", async () => {
    const run = startRun({ a: [misbehaving(["--junk"])] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__bad__echo", { n: 1 }))).toBe('echo {"n":1}');
  });

  test("replies with a wrong id, of a wrong type or repeated answer nothing (REQ-MCP-5)", async () => {
    const run = startRun({ a: [misbehaving(["--wrong-id", "--twice"])] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__bad__echo", { n: 1 }))).toBe('echo {"n":1}');
    expect(textOf(await run.call("a", "mcp__bad__echo", { n: 2 }))).toBe('echo {"n":2}');
  });

  test("a reply larger than the limit fails its own call only (REQ-MCP-6)", async () => {
    const run = startRun({ a: [misbehaving(["--huge=300000"], { maxMessageBytes: 100_000 })] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__echo", {})).toMatchObject({
      ok: false,
      code: "server-error",
      message: expect.stringContaining("max_message_bytes") as unknown,
    });
    expect(run.states("bad")).toEqual(["connecting", "ready"]);
  });

  test("a line without an end closes the connection instead of filling the memory", async () => {
    const run = startRun({ a: [misbehaving(["--endless-line"], { maxMessageBytes: 100_000 })] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__echo", {})).toMatchObject({ ok: false, code: "server-gone" });
  });

  test("content of every kind reaches the model as content, unknown kinds as text", async () => {
    const run = startRun({ a: [misbehaving(["--binary"])] });
    await run.settled("a");
    const outcome = await run.call("a", "mcp__bad__echo", {});
    expect(outcome.ok && outcome.content).toEqual([
      { type: "image", mediaType: "image/png", base64: "aGVsbG8=" },
      { type: "audio", mediaType: "audio/wav", base64: "aGVsbG8=" },
      { type: "resource", uri: "file:///a.txt", mediaType: "text/plain", text: "inside" },
      { type: "text", text: "(Binary resource file:///b.bin, application/zip, 6 bytes.)" },
      { type: "link", uri: "https://example.com/x", title: "x: a link" },
      { type: "text", text: '{"type":"unheard_of","value":1}' },
      { type: "text", text: "(An image that is not valid base64, image/png.)" },
    ]);
  });

  test("a broken output schema does not make its tool uncallable; structured content without text is shown as JSON", async () => {
    const run = startRun({ a: [misbehaving(["--output-schema"])] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__bad__structured", {}))).toBe('{"a":1}');
  });

  test.each([
    [-32602, "invalid-input"],
    [-32603, "server-error"],
    [-32000, "server-error"],
  ])("an error reply %i is told as %s", async (code, expected) => {
    const run = startRun({ a: [misbehaving([`--error-on-call=${code}`])] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__act", {})).toMatchObject({
      ok: false,
      code: expected,
      message: expect.stringContaining("refused on purpose") as unknown,
    });
  });
});

describe("starting", () => {
  test("a command that does not exist is named, with what to do, and the run goes on (REQ-MCP-7)", async () => {
    const run = startRun({ a: [stdioServer("ghost", [], { command: "no-such-command-anywhere" }), healthy()] });
    await run.settled("a");
    expect(run.of("mcp-server-state").find(({ server, state }) => server === "ghost" && state === "failed")).toMatchObject({
      message: 'The server "ghost" could not be started: its command "no-such-command-anywhere" was not found.',
      next: expect.stringContaining("PATH") as unknown,
    });
    expect(textOf(await run.call("a", "mcp__count__read", { n: 1 }))).toBe("1");
  });

  test("a command with a slash that does not exist is told with its place, and nothing is said of PATH", async () => {
    const run = startRun({ a: [stdioServer("ghost", [], { command: ".venv/bin/no-python" })] });
    await run.settled("a");
    const next = run.of("mcp-server-state").find(({ state }) => state === "failed")?.next ?? "";
    expect(next).toContain(`looked for at ${path.sep}`);
    expect(next).toContain(path.join(".venv", "bin", "no-python"));
    expect(next).not.toContain("PATH");
  });

  test("a server that ends at once is told with its exit code and its last words", async () => {
    const run = startRun({ a: [misbehaving(["--exit-at=start", "--stderr=no licence file"], { restart: { max: 0, backoffMs: 1 } })] });
    await run.settled("a");
    const message = run.of("mcp-server-state").find(({ state }) => state === "failed")?.message ?? "";
    expect(message).toContain("code 7");
    expect(message).toContain("no licence file");
  });

  test("a silent server is given up after connect_timeout, and a slow one is waited for", async () => {
    const run = startRun({
      a: [
        misbehaving(["--silent"], { connectTimeoutMs: 400, restart: { max: 0, backoffMs: 1 } }),
        stdioServer("slow", [serverFile("misbehaving-server.mjs"), "--slow-start=600"]),
      ],
    });
    await run.settled("a");
    expect(run.of("mcp-server-state").find(({ state }) => state === "failed")?.message).toContain("did not answer within 0.4 s");
    expect(run.tools("a")).toEqual(["mcp__slow__echo", "mcp__slow__act"]);
  });

  test("a start that takes long is told while it goes on", async () => {
    const clock = fakeClock();
    const run = startRun({ a: [misbehaving(["--silent"])] }, { io: { ...createIo(), clock } });
    await run.until(() => run.states("bad").includes("connecting"));
    await clock.advance(14_999);
    expect(run.of("warning")).toEqual([]);
    await clock.advance(1);
    expect(run.of("warning").map(({ message }) => message)).toEqual([expect.stringContaining('"bad" is still starting after 15 s')]);
  });

  test("servers are connected side by side and nobody waits: list() answers at once and grows", async () => {
    const run = startRun({ a: [stdioServer("s1", [serverFile("misbehaving-server.mjs"), "--slow-start=500"]), healthy()] });
    expect(run.tools("a")).toEqual([]);
    expect(run.broker.forAgent("a" as never).pending()).toEqual(["s1", "count"]);
    await run.until(() => run.states("count").includes("ready"));
    expect(run.broker.forAgent("a" as never).pending()).toEqual(["s1"]);
    expect(run.tools("a").length).toBeGreaterThan(0);
    await run.settled("a");
    expect(run.broker.forAgent("a" as never).pending()).toEqual([]);
  });

  test("settled() gives up after its grace, and at once when aborted", async () => {
    const run = startRun({ a: [misbehaving(["--silent"])] });
    await run.settled("a", 50);
    const controller = new AbortController();
    const waiting = run.broker.forAgent("a" as never).settled(60_000, controller.signal);
    controller.abort();
    await waiting;
    expect(run.broker.forAgent("a" as never).pending()).toEqual(["bad"]);
  });
});

describe("crashes", () => {
  test("a crash in a call that may write is told as outcome unknown and the call is not repeated (REQ-MCP-8)", async () => {
    const folder = temporaryFolder();
    const log = path.join(folder, "log");
    const run = startRun({ a: [misbehaving([`--log=${log}`, `--crash-once=${path.join(folder, "once")}`])] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__act", { n: 1 })).toMatchObject({ ok: false, code: "outcome-unknown", retryable: false });
    await run.until(() => run.states("bad").filter((state) => state === "ready").length === 2);
    expect(textOf(await run.call("a", "mcp__bad__act", { n: 2 }))).toBe('act {"n":2}');
    expect(
      readLog(log)
        .filter(({ method }) => method === "tools/call")
        .map(({ params }) => params?.["arguments"]),
    ).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test("a crash in a read-only call is told as gone and may be tried again", async () => {
    const folder = temporaryFolder();
    const run = startRun({ a: [misbehaving([`--crash-once=${path.join(folder, "once")}`])] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__echo", { n: 1 })).toMatchObject({ ok: false, code: "server-gone", retryable: true });
    expect(textOf(await run.call("a", "mcp__bad__echo", { n: 2 }))).toBe('echo {"n":2}');
  });

  test("a server that crashes in every call loses its tools after its restarts; its neighbour keeps answering (REQ-MCP-9)", async () => {
    const run = startRun({ a: [misbehaving(["--exit-at=tools/list"], { restart: { max: 1, backoffMs: 1 } }), healthy()] });
    await run.until(() => run.states("bad").includes("failed") && run.states("count").includes("ready"));
    expect(run.tools("a").some((name) => name.startsWith("mcp__bad__"))).toBe(false);
    expect(run.states("bad")).toEqual(["connecting", "reconnecting", "reconnecting", "failed"]);
    expect(textOf(await run.call("a", "mcp__count__read", { n: 1 }))).toBe("1");
  });
});

describe("a server that does not come back", () => {
  test("after it crashed is withheld with its tools, though they are known", async () => {
    const server = misbehaving([`--live-once=${path.join(temporaryFolder(), "lived")}`], { restart: { max: 1, backoffMs: 1 } });
    const run = startRun({ a: [server, healthy()] });
    await run.settled("a");
    expect(run.tools("a")).toContain("mcp__bad__echo");
    await run.call("a", "mcp__bad__echo", {});
    await run.until(() => run.states("bad").includes("failed"));
    expect(run.tools("a")).not.toContain("mcp__bad__echo");
    expect(run.tools("a")).toContain("mcp__count__read");
    expect(await run.call("a", "mcp__bad__echo", {})).toMatchObject({
      ok: false,
      code: "server-gone",
      message: expect.stringMatching(/^The server "bad" ended with code 8/) as unknown,
    });
  });
});

describe("limits of a call", () => {
  test("a call without an answer ends at its deadline, and the server is told (REQ-MCP-10)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const run = startRun({ a: [misbehaving([`--log=${log}`, "--mute-tool"], { callTimeoutMs: 150 })] });
    await run.settled("a");
    expect(await run.call("a", "mcp__bad__echo", {})).toMatchObject({ ok: false, code: "timeout", retryable: true });
    expect(await run.call("a", "mcp__bad__act", {})).toMatchObject({
      ok: false,
      code: "outcome-unknown",
      retryable: false,
      message: expect.stringContaining("0.15 s") as unknown,
    });
    await run.broker.close();
    const notes = readLog(log);
    const called = notes.filter(({ method }) => method === "tools/call").map(({ id }) => id);
    expect(notes.filter(({ method }) => method === "notifications/cancelled").map(({ params }) => params?.["requestId"])).toEqual(called);
  });

  test("progress keeps a call alive, but not beyond max_total_timeout", async () => {
    const entry = (maxTotalTimeoutMs: number) =>
      stdioServer("count", [serverFile("counting-server.mjs"), "-"], { callTimeoutMs: 1_500, maxTotalTimeoutMs });
    const patient = startRun({ a: [entry(60_000)] });
    await patient.settled("a");
    expect(textOf(await patient.call("a", "mcp__count__progress", { n: 10 }))).toBe("10");
    expect(patient.of("tool-progress")[0]).toMatchObject({ progress: 1, total: 10, message: "step 1" });
    const strict = startRun({ a: [entry(300)] });
    await strict.settled("a");
    expect(await strict.call("a", "mcp__count__progress", { n: 1000 })).toMatchObject({ ok: false, code: "timeout" });
  });

  test("an aborted read is cancelled, an aborted write has an unknown outcome, one that waited was never sent (REQ-MCP-11)", async () => {
    const log = path.join(temporaryFolder(), "log");
    const run = startRun({ a: [stdioServer("count", [serverFile("counting-server.mjs"), log])] });
    await run.settled("a");
    const abort = new AbortController();
    const under = run.callUnder(abort.signal);
    const write = under("a", "mcp__count__slow_write", { n: 60_000 });
    await waitForCall(log, "slow_write");
    const waiting = under("a", "mcp__count__write", { n: 1 });
    abort.abort();
    expect(await write).toMatchObject({ ok: false, code: "outcome-unknown" });
    expect(await waiting).toMatchObject({ ok: false, code: "cancelled" });
    const second = new AbortController();
    const read = run.callUnder(second.signal)("a", "mcp__count__slow_read", { n: 60_000 });
    await waitForCall(log, "slow_read");
    second.abort();
    expect(await read).toMatchObject({ ok: false, code: "cancelled" });
    expect(readLog(log).some(({ params }) => params?.["name"] === "write")).toBe(false);
  });
});

describe("questions of a server", () => {
  test("a form is declined with a warning where nobody can answer, a model call is refused, folders are not told (REQ-MCP-12)", async () => {
    for (const [kind, expected] of [
      ["elicitation", '{"action":"decline"}'],
      ["sampling", "does not offer"],
      ["roots", "-32601"],
    ] as const) {
      const run = startRun({ a: [misbehaving([`--ask=${kind}`])] });
      await run.settled("a");
      expect(textOf(await run.call("a", "mcp__bad__echo", {}))).toContain(expected);
      expect(run.of("warning")).toHaveLength(1);
      await run.broker.close();
    }
  });

  test("a form is answered where somebody can, and folders are told where they are known", async () => {
    const answered = startRun(
      { a: [misbehaving(["--ask=elicitation"])] },
      { elicit: async ({ message }) => ({ action: "accept", content: { password: `for ${message}` } }) },
    );
    await answered.settled("a");
    expect(textOf(await answered.call("a", "mcp__bad__echo", {}))).toContain("for Your password?");
    const rooted = startRun({ a: [misbehaving(["--ask=roots"])] }, { roots: () => [{ uri: "file:///work", name: "work" }] });
    await rooted.settled("a");
    expect(textOf(await rooted.call("a", "mcp__bad__echo", {}))).toContain("file:///work");
  });
});

describe("the end", () => {
  test("a server that ignores the end of its input and SIGTERM is gone after close, with its grandchildren (REQ-MCP-13)", async () => {
    const folder = temporaryFolder();
    const files = [path.join(folder, "child"), path.join(folder, "child.detached")];
    const run = startRun({
      a: files.map((file, at) => ({ ...misbehaving(["--ignore-eof", "--ignore-term", `--grandchild=${file}`]), name: `bad${at}` })),
    });
    await run.settled("a");
    const pids = files.map((file) => Number(readFileSync(file, "utf8")));
    expect(pids.every(isRunning)).toBe(true);
    const began = performance.now();
    await run.broker.close();
    expect(pids.some(isRunning)).toBe(false);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(existsSync(path.join(run.home, "state/pids", `${process.pid}.json`))).toBe(false);
  });

  test("a server wrapped in a shell is gone after close", async () => {
    const log = path.join(temporaryFolder(), "log");
    const inner = [process.execPath, serverFile("misbehaving-server.mjs"), `--log=${log}`, "--ignore-eof"]
      .map((word) => `'${word}'`)
      .join(" ");
    const run = startRun({ a: [stdioServer("wrapped", ["-c", `${inner}; true`], { command: "bash" })] });
    await run.settled("a");
    const pid = readLog(log)[0]?.pid ?? 0;
    expect(isRunning(pid)).toBe(true);
    await run.broker.close();
    expect(isRunning(pid)).toBe(false);
  });

  test("close while servers are starting ends them too", async () => {
    const log = path.join(temporaryFolder(), "log");
    const run = startRun({ a: [misbehaving([`--log=${log}`, "--silent", "--ignore-eof"])] });
    await run.until(() => run.states("bad").includes("connecting"));
    await run.broker.close();
    expect(readLog(log).some(({ pid }) => isRunning(pid))).toBe(false);
    expect(run.states("bad").at(-1)).toBe("closed");
  });
});

/** A condition on a file another process writes. */
async function waitForCall(log: string, tool: string): Promise<void> {
  while (!readLog(log).some(({ params }) => params?.["name"] === tool)) await new Promise((resolve) => setTimeout(resolve, 10));
}

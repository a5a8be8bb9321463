// A server's form at the prompt of `massgen mcp call`: a real server asks, a person types.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createIo } from "../io/index.ts";
import { main } from "./main.ts";
import { realServices } from "./real-services.ts";
import { world } from "./cli.test-support.ts";

const SERVER = join(import.meta.dirname, "../../test/servers/misbehaving-server.mjs");

/** Instead of keys: the server is killed. */
const CRASH = Symbol("crash");

/** Calls the tool whose server asks for a town and nights; each line is typed when its prompt is there. */
async function call(lines: readonly (readonly [prompt: string, keys: string | typeof CRASH])[], kind = "form") {
  const cwd = mkdtempSync(join(tmpdir(), "massgen-form-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const log = join(cwd, "server.log");
  const bad = { command: process.execPath, args: [SERVER, `--ask=${kind}`, `--log=${log}`] };
  writeFileSync(join(cwd, "c.json"), JSON.stringify({ agents: [{ id: "a", backend: { type: "gemini", mcp_servers: { bad } } }] }));
  const w = world({ tty: true, cwd, env: { PATH: process.env["PATH"] ?? "", MASSGEN_HOME: join(cwd, "home") } });
  const port = { onStop: () => ({ stop() {} }), onAnswerNow: () => ({ stop() {} }), exitNow() {} };
  const io = { ...w.io, clock: createIo().clock };
  const running = main(["mcp", "call", "bad", "echo", "--config", join(cwd, "c.json")], { io, process: port, services: realServices });
  let seen = 0;
  for (const [prompt, keys] of lines) {
    await expect.poll(() => w.stderr().indexOf(prompt, seen), { interval: 5, timeout: 20_000 }).toBeGreaterThanOrEqual(seen);
    seen = w.stderr().indexOf(prompt, seen) + prompt.length;
    if (keys === CRASH) process.kill((JSON.parse(readFileSync(log, "utf8").split("\n")[0] ?? "") as { pid: number }).pid, "SIGKILL");
    else w.stdin.write(keys);
  }
  return { code: await running, stdout: w.stdout(), stderr: w.stderr() };
}

test("each field is asked for until it fits, Enter takes what is proposed, and only an agreed form is sent (REQ-MCP-53)", async () => {
  const { stdout, stderr } = await call([
    ["town (text, at least 2 characters, required): ", "B\r"],
    ["At least 2 characters.", "onn\u007f\u007f\u007fBonn\r"],
    ["nights (whole number, 1 to 30, may be left empty) [2]: ", "\r"],
    ["  nights: 2", ""],
    ["Send this? [y/n]: ", "y\r"],
  ]);
  expect(stderr).toContain('The server "bad" asks: Where to?');
  expect(stdout).toContain('{"action":"accept","content":{"town":"Bonn","nights":2}}');
});

test("choices are numbers of the list or their words; a yes has to be said", async () => {
  const { stdout } = await call(
    [
      ["sure (required): ", "\r"],
      ["This has to be filled in.", "3\r"],
      ["Numbers of the list.", "yes\r"],
      ["size (optional) [m]: ", "1\r"],
      ["Send this? [y/n]: ", "y\r"],
    ],
    "confirm",
  );
  expect(stdout).toContain('{"action":"accept","content":{"sure":true,"size":"s"}}');
});

test.each([
  ["Ctrl-D", "\u0004", "decline"],
  ["Ctrl-C", "\u0003", "cancel"],
])("%s leaves it", async (_, key, action) => {
  expect((await call([["town (text", key]])).stdout).toContain(`{"action":"${action}"}`);
});

test("a form that is not agreed to at the end is declined", async () => {
  const { stdout } = await call([
    ["town (text", "Bonn\r"],
    ["nights (", "-\r"],
    ["(left out)", ""],
    ["Send this?", "n\r"],
  ]);
  expect(stdout).toContain('{"action":"decline"}');
});

test("the end of the call ends its form, and the terminal is out of the prompt's mode", async () => {
  const { code, stderr } = await call([["town (text", CRASH]]);
  expect(code).toBe(4);
  expect(stderr).toMatch(/town \(text.*\u001B\[\?2004l\n[^\u001B]*massgen: [^\u001B]*$/s);
});

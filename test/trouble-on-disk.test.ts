// What becomes of runs when the disk is full, the folder cannot be written, or the log is damaged or of a later release; and of memory in a long conversation.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, test } from "vitest";
import { parseConfigText } from "../src/config/index.ts";
import type { HistoryMessage } from "../src/core/index.ts";
import { createIo } from "../src/io/index.ts";
import { openSession } from "../src/session/index.ts";
import { chatServer, councilScript, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
const mounted: string[] = [];
afterEach(async () => {
  await server?.close();
  server = null;
  for (const folder of mounted.splice(0)) spawnSync("umount", [folder]);
});

async function place(folder: string, script: ChatScript = councilScript()): Promise<string> {
  server = await chatServer(script);
  const backend = { type: "chatcompletion", model: "scripted", base_url: server.baseUrl, api_key: "test-key-000" };
  return writeConfig(folder, { agents: ["a1", "a2", "a3"].map((id) => ({ id, backend })) });
}

/** A file system of its own at `folder`; false where this may not be done here. */
function mount(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true });
  const done = process.platform === "linux" && spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]).status === 0;
  if (done) mounted.push(folder);
  return done;
}

const pathIn = ({ stderr }: CliRun): string => /Stored in (\S+)/.exec(stderr)?.[1] ?? "";
const ask = (cwd: string, ...args: readonly string[]): Promise<CliRun> => runCli(["--config", "config.json", ...args], { cwd });

describe("a disk in trouble (REQ-RUN-25)", () => {
  test("that is full ends the run with exit 1 and a sentence; with space again the run goes on", async (context) => {
    const folder = temporaryFolder();
    if (!mount(join(folder, "massgen_logs"), "size=128k")) return context.skip("no file system can be mounted here");
    // The answers are larger than the disk.
    const council = councilScript({ answer: (_request, n) => `Answer ${n}. ${"x".repeat(60_000)}` });
    await place(folder, council);
    const run = await ask(folder, "Which one?");
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 1, stdout: "" });
    expect(run.stderr).toMatch(/E_RUN_LOG|log cannot be written/);
    expect(run.stderr).toContain("no space left");
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(spawnSync("mount", ["-o", "remount,size=64m", join(folder, "massgen_logs")]).status).toBe(0);
    const resumed = await runCli(["resume"], { cwd: folder });
    expect({ code: resumed.code, stdout: resumed.stdout }).toEqual({ code: 0, stdout: "This is the presented answer.\n" });
  });

  test("that cannot be written is said before anything is paid for; --no-logs needs none", async (context) => {
    const folder = temporaryFolder();
    if (!mount(join(folder, "massgen_logs"), "ro")) return context.skip("no file system can be mounted here");
    await place(folder);
    const run = await ask(folder, "Which one?");
    expect({ code: run.code, stdout: run.stdout, requests: server?.requests.length }).toEqual({ code: 1, stdout: "", requests: 0 });
    expect(run.stderr).toMatch(/read-only/i);
    const without = await ask(folder, "--no-logs", "Which one?");
    expect({ code: without.code, stdout: without.stdout }).toEqual({ code: 0, stdout: "This is the presented answer.\n" });
  });
});

describe("a file where a folder is needed (REQ-RUN-25)", () => {
  const withFile = (): { readonly folder: string; readonly file: string } => {
    const folder = temporaryFolder();
    const file = join(folder, "notes.txt");
    writeFileSync(file, "");
    return { folder, file };
  };

  test.each([
    ["a new template", ["mcp", "init", "python", "notes.txt/new"], {}],
    ["a secret", ["mcp", "secret", "set", "TOKEN"], { XDG_CONFIG_HOME: "notes.txt" }],
  ])("%s: one sentence with the path and what to look at, and no talk of a bug", async (_name, args, env) => {
    const { folder, file } = withFile();
    const here = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, join(folder, value)]));
    const run = await runCli(args, { cwd: folder, env: here, stdin: "a-secret-value\n" });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`massgen: ${file}`);
    expect(run.stderr).toMatch(/cannot be used: not a directory \[E_FILES\]\nCheck the path, its rights and the free space\.\n$/);
    expect((await runCli([...args, "--debug"], { cwd: folder, env: here, stdin: "a-secret-value\n" })).stderr).toMatch(/\n\s+at /);
  });

  test.each(["claude_code", "chatcompletion"])("a `cwd` of %s is refused before anything runs", async (type) => {
    const { folder, file } = withFile();
    const backend = { type, model: "scripted", api_key: "test-key-000", base_url: "http://127.0.0.1:9", cwd: "notes.txt" };
    writeConfig(folder, { agents: [{ id: "a1", backend }], orchestrator: { snapshot_storage: "snapshots" } });
    const run = await ask(folder, "Which one?");
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: "" });
    expect(run.stderr).toContain(`The \`cwd\` of a1, ${file}, is a file, not a folder.`);
  });
});

describe("a stored run that is damaged (REQ-RUN-25)", () => {
  type Damage = { readonly name: string; readonly damage: (text: string) => string; readonly code: number; readonly says: RegExp };
  const DAMAGE: readonly Damage[] = [
    { name: "a torn last line", damage: (text) => text.slice(0, -40), code: 0, says: /cut off|presented/ },
    {
      name: "a doubled tail",
      damage: (text) => text + text.trimEnd().split("\n").slice(-2).join("\n") + "\n",
      code: 0,
      says: /cut off|presented/,
    },
    {
      name: "a damaged line in the middle",
      damage: (text) => text.replace('"turn-start"', '"turn-stort"'),
      code: 2,
      says: /damaged \(.*line/,
    },
    { name: "a log of a later release", damage: (text) => text.replaceAll('{"v":1,', '{"v":9,'), code: 2, says: /later|newer/ },
    { name: "an empty log", damage: () => "", code: 2, says: /is empty/ },
  ];

  test.each(DAMAGE)("$name has its outcome, by name", async ({ damage, code, says }) => {
    const folder = temporaryFolder();
    await place(folder);
    const path = pathIn(await ask(folder, "Which one?"));
    const log = join(path, "events.jsonl");
    writeFileSync(log, damage(readFileSync(log, "utf8")));
    const resumed = await runCli(["resume", path], { cwd: folder });
    expect({ code: resumed.code, says: says.test(resumed.stdout + resumed.stderr) }, resumed.stderr).toEqual({ code, says: true });
    expect(resumed.stderr).not.toMatch(/\n\s+at /);
    if (code === 0) expect(resumed.stdout).toBe("This is the presented answer.\n");
  });
});

/** Least-squares slope of `values` over their index. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [above, below] = [0, 0];
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - average);
    below += (index - middle) ** 2;
  }
  return above / below;
}

/** What is still reachable once everything unused is gone, in megabytes. */
function livingMemory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_048_576;
}

describe("a conversation of twenty questions (REQ-RUN-26)", () => {
  test("keeps its history whole and its memory flat", async () => {
    const folder = temporaryFolder();
    const path = await place(folder);
    const { config } = await parseConfigText(readFileSync(path, "utf8"), null, { env: {} });
    if (config === null) throw new Error("the team cannot be read");
    const session = await openSession(config, { io: { ...createIo(), cwd: folder }, logs: true, strict: false, yes: false });
    const history: HistoryMessage[] = [];
    const memory: number[] = [];
    for (let turn = 1; turn <= 20; turn += 1) {
      const question = `Question number ${turn}?`;
      const result = await session.ask(question, [...history], () => undefined).result;
      expect([turn, result.exitCode, result.answer]).toEqual([turn, 0, "This is the presented answer."]);
      history.push({ role: "user", text: question }, { role: "assistant", text: result.answer ?? "" });
      memory.push(livingMemory());
    }
    await session.close();
    const said = server?.requests.filter(({ messages }) => JSON.stringify(messages).includes("Question number 20?")) ?? [];
    expect(said.length).toBeGreaterThanOrEqual(6);
    for (const { messages } of said) for (const { text } of history.slice(0, -1)) expect(JSON.stringify(messages)).toContain(text);
    // The fake provider keeps every request it got, some kilobytes for each question; a run that stays behind would weigh more.
    const slope = slopeOf(memory.slice(5));
    console.log(`memory over 20 questions: ${memory[0]?.toFixed(1)} to ${memory.at(-1)?.toFixed(1)} MB, ${slope.toFixed(3)} MB for each`);
    expect(slope).toBeLessThan(0.6);
  });
});

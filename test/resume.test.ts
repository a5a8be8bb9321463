// Runs of the built program that were stopped in all the ways there are go on with `massgen resume`, and conversations with --continue.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, councilScript, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, startCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

let server: ChatServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

const team = (n: number, baseUrl: string, more: object = {}): unknown => ({
  agents: Array.from({ length: n }, (_, index) => ({
    id: `a${index + 1}`,
    backend: { type: "chatcompletion", model: "scripted", base_url: baseUrl, api_key: "test-key-000" },
  })),
  ...more,
});

type Place = { readonly folder: string; readonly massgen: (...args: readonly string[]) => Promise<CliRun>; readonly served: ChatServer };

async function place(script: ChatScript, n = 2, more: object = {}): Promise<Place> {
  const served = await chatServer(script);
  server = served;
  const folder = temporaryFolder();
  writeConfig(folder, team(n, served.baseUrl, more));
  return { folder, served, massgen: (...args) => runCli(args, { cwd: folder }) };
}

const pathIn = ({ stderr }: CliRun): string => /Stored in (\S+)/.exec(stderr)?.[1] ?? "";

describe("massgen resume", () => {
  test("a budget stop ends with the best answer and exit 3; with a larger budget the run goes on without paying twice (REQ-RUN-2, REQ-RUN-3)", async () => {
    const { massgen, served } = await place(councilScript(), 3);
    const first = await massgen("--config", "config.json", "--max-model-calls", "4", "Which one?");
    expect({ code: first.code, requests: served.requests.length }).toEqual({ code: 3, requests: 4 });
    expect(first.stdout).toMatch(/^This is answer number \d\.\n$/);
    expect(first.stderr).toContain("has used 75 % of the budget");
    const same = await massgen("resume", "last", "--max-model-calls", "4");
    expect({ code: same.code, stdout: same.stdout, requests: served.requests.length }).toEqual({
      code: 3,
      stdout: first.stdout,
      requests: 4,
    });
    const more = await massgen("resume", "--max-model-calls", "20");
    expect({ code: more.code, stdout: more.stdout }).toEqual({ code: 0, stdout: "This is the presented answer.\n" });
    expect(served.requests.length).toBeLessThanOrEqual(7);
  });

  test("a run that was killed goes on, also behind a torn last line, from any folder's config as it was named (REQ-RUN-1)", async () => {
    const asked = Promise.withResolvers<void>();
    const council = councilScript();
    let killed = false;
    const { massgen, folder, served } = await place(async (request) => {
      if (!request.tools.includes("vote") || killed) return council(request);
      asked.resolve();
      return new Promise<never>(() => undefined);
    }, 3);
    const running = startCli(["--config", "config.json", "Which one?"], { cwd: folder });
    await asked.promise;
    running.child.kill("SIGKILL");
    await running.ended;
    killed = true;
    const before = served.requests.length;
    const listed = await massgen("runs");
    expect(listed.stdout).toContain("unfinished");
    const id = listed.stdout.split(" ")[0] ?? "";
    const path = (JSON.parse((await massgen("runs", "--json")).stdout) as { path: string }).path;
    appendFileSync(join(path, "events.jsonl"), '{"v":1,"seq":99,"at":');
    const resumed = await massgen("resume", id.slice(0, 17), "--display", "json");
    expect(resumed.code).toBe(0);
    const lines = resumed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; seq?: number; code?: string });
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_line, index) => index + 1));
    expect(lines.map(({ type }) => type)).toContain("run-resumed");
    expect(lines.find(({ code }) => code === "E_RUN_LOG")).toMatchObject({ message: expect.stringContaining("cut off") });
    expect(lines.filter(({ type }) => type === "answer-submitted")).toHaveLength(3);
    expect(served.requests.slice(before).filter(({ tools }) => tools.includes("new_answer") && !tools.includes("vote"))).toEqual([]);
    const again = await massgen("resume", "last");
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: "This is the presented answer.\n" });
  });

  test("two processes cannot have one run, and what is not there is named (REQ-RUN-4)", async () => {
    const asked = Promise.withResolvers<void>();
    const { massgen, folder } = await place(() => {
      asked.resolve();
      return new Promise<never>(() => undefined);
    });
    const running = startCli(["--config", "config.json", "Which one?"], { cwd: folder });
    await asked.promise;
    const second = await massgen("resume");
    expect([second.code, second.stderr]).toEqual([2, expect.stringContaining("is held by process")]);
    running.child.kill("SIGKILL");
    await running.ended;
    const missing = await massgen("resume", "nothing");
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('There is no run "nothing" here.')]);
  });

  test("SIGUSR1 asks for the answer now (REQ-RUN-3)", async () => {
    const asked = Promise.withResolvers<void>();
    const council = councilScript();
    let votes = 0;
    const { folder } = await place(async (request) => {
      if (!request.tools.includes("vote")) return council(request);
      votes += 1;
      if (votes === 2) asked.resolve();
      return new Promise<never>(() => undefined);
    });
    const running = startCli(["--config", "config.json", "Which one?"], { cwd: folder });
    await asked.promise;
    running.child.kill("SIGUSR1");
    const run = await running.ended;
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 0, stdout: "This is the presented answer.\n" });
    expect(run.stderr).toContain("You asked for the answer now.");
  });
});

describe("massgen --continue", () => {
  test("three turns: history reaches every agent and the presentation, in the same conversation folder (REQ-RUN-5)", async () => {
    const { massgen, served } = await place(councilScript(), 2);
    const first = await massgen("--config", "config.json", "Which one?");
    const second = await massgen("--continue", "And why?");
    const before = served.requests.length;
    const third = await massgen("--continue", "And then?");
    expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
    expect([first, second, third].map((run) => pathIn(run).slice(-10))).toEqual(["question_1", "question_2", "question_3"]);
    expect(new Set([first, second, third].map((run) => pathIn(run).slice(0, -10))).size).toBe(1);
    const asked = served.requests.slice(before);
    for (const { messages } of asked) {
      const text = JSON.stringify(messages);
      for (const said of ["Which one?", "And why?", "And then?", "This is the presented answer."]) expect(text).toContain(said);
    }
  });

  test("the record beside the log names the file and holds no secret (REQ-RUN-1)", async () => {
    const { massgen, folder } = await place(councilScript(), 1);
    const run = await massgen("--config", "config.json", "--base-url", "http://user:test-key-000@127.0.0.1:1/v1", "Which one?");
    const record = readFileSync(join(pathIn(run), "run.json"), "utf8");
    expect(JSON.parse(record)).toMatchObject({ v: 1, cwd: folder, origin: { file: join(folder, "config.json") } });
    expect(record).not.toContain("test-key-000");
  });
});

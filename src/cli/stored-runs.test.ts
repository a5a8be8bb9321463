import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunEvent } from "../core/index.ts";
import { markdownOf } from "./commands/export.ts";
import { alice, entries, EVENTS, RESULT, world } from "./cli.test-support.ts";

const END: RunEvent = {
  type: "run-end",
  result: { outcome: "answered", answer: "7 + 5 = 12", source: "presentation", winner: RESULT.winner, cause: "votes", degraded: [] },
};

let folder = "";
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "massgen-runs-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function store(name: string, question: string, events: readonly RunEvent[]): string {
  const path = join(folder, "massgen_logs", name, question);
  mkdirSync(path, { recursive: true });
  writeFileSync(
    join(path, "events.jsonl"),
    entries(events)
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join(""),
  );
  return path;
}

async function run(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const w = world({ cwd: folder });
  const code = await w.run(...argv);
  return { code, stdout: w.stdout(), stderr: w.stderr() };
}

describe("stored runs (REQ-CLI-6)", () => {
  test("runs lists what was run, also what was cut off, and names a log it cannot read", async () => {
    store("log_20260102_030405_0123abcd", "question_1", [...EVENTS, END]);
    store("log_20260102_030405_0123abcd", "question_2", EVENTS.slice(0, 3));
    store("log_20260103_000000_ffffffff", "question_1", []);
    const listed = await run("runs");
    expect(listed.code).toBe(0);
    const lines = listed.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^20260102030405-0123abcd {2}answered by alice .*What is 7 \+ 5\?$/);
    expect(lines[1]).toContain("unfinished");
    expect(listed.stderr).toContain("log_20260103_000000_ffffffff");
    const [first] = (await run("runs", "--json")).stdout.split("\n");
    expect(JSON.parse(first ?? "")).toMatchObject({ runId: "20260102030405-0123abcd", state: "answered", winner: "alice" });
  });

  test("show, replay and export find a run by id, its parts, its folder and `last`", async () => {
    const path = store("log_20260102_030405_0123abcd", "question_1", [...EVENTS, END]);
    for (const name of ["20260102030405-0123abcd", "20260102", "0123abcd", path, "last"]) {
      expect((await run("show", name)).stdout).toBe("7 + 5 = 12\n");
    }
    const missing = await run("show", "nothing");
    expect([missing.code, missing.stderr.split("\n")[0]]).toEqual([2, 'massgen: There is no run "nothing" here. [E_RUN_NOT_FOUND]']);
  });

  test("a log that cannot be read, and a file among the folders, hide no other run", async () => {
    store("log_20260101_000000_ffffffff", "question_1", []);
    store("log_20260102_030405_0123abcd", "question_1", [...EVENTS, END]);
    writeFileSync(join(folder, "massgen_logs", "log_of_mine.txt"), "notes");
    expect((await run("show", "0123abcd")).stdout).toBe("7 + 5 = 12\n");
    const stats = await run("mcp", "stats");
    expect([stats.code, stats.stdout]).toEqual([0, expect.stringMatching(/^calc +add +alice +1 /m)]);
    expect(stats.stderr).toContain("log_20260101_000000_ffffffff");
    expect((await run("show", "nothing")).stderr).toContain('There is no run "nothing" here (1 log of this folder cannot be read).');
  });

  test("show --json gives the result, --log everything that happened", async () => {
    store("log_20260102_030405_0123abcd", "question_1", [...EVENTS, END]);
    expect(JSON.parse((await run("show", "last", "--json")).stdout)).toMatchObject({
      type: "run-result",
      answer: "7 + 5 = 12",
      winner: { id: alice },
      exitCode: 0,
    });
    expect((await run("show", "last", "--log")).stderr).toContain("[alice] calls calc/add a=7 b=5");
  });

  test("replay shows the same entries through a display, without a session", async () => {
    store("log_20260102_030405_0123abcd", "question_1", [...EVENTS, END]);
    const replayed = await run("replay", "last", "--speed", "0", "--display", "json");
    const types = replayed.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { type: string }).type);
    expect(types).toEqual([...EVENTS.map(({ type }) => type), "run-end", "run-result"]);
  });

  test("export writes one document, in which an answer's headings are quoted", async () => {
    store("log_20260102_030405_0123abcd", "question_1", [
      ...EVENTS.slice(0, 4),
      { ...EVENTS[4], content: "# Mine\n| a |" } as RunEvent,
      EVENTS[5] as RunEvent,
      END,
    ]);
    expect((await run("export", "last", "--output", "out.md")).code).toBe(0);
    const text = readFileSync(join(folder, "out.md"), "utf8");
    expect(text).toMatch(/^# What is 7 \+ 5\?\n\n7 \+ 5 = 12\n/);
    expect(text).toContain("> # Mine");
    expect(text).toContain("\nThe answer of **alice** (alice.1): most votes.\n");
    expect(markdownOf({ path: "", entries: entries(EVENTS), ended: true, result: RESULT })).toContain("| bob | alice.1 | correct |");
    expect(JSON.parse((await run("export", "last", "--format", "json")).stdout)).toMatchObject({ result: { type: "run-result" } });
  });
});

describe("completions (REQ-CLI-7)", () => {
  test.each(["bash", "zsh", "fish"])("the script for %s names every command and option", async (shell) => {
    const { code, stdout } = await run("completions", shell);
    expect(code).toBe(0);
    for (const word of ["backends", "config", "replay", "orchestrator-timeout", "rich_terminal"]) expect(stdout).toContain(word);
  });

  test("another shell is a usage error", async () => {
    expect((await run("completions", "fishh")).stderr).toContain("did you mean fish?");
  });
});

// `massgen bench` as people run it: the built program, its scripted models, a real server.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { BenchReport } from "../src/benchmarks/index.ts";
import { chatServer, councilScript } from "../src/testing/index.ts";
import { claudeCodeBinary, hasClaudeCode } from "./support/claude-code-binary.ts";
import { projectRoot, runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";

async function bench(args: readonly string[], folder = temporaryFolder()): Promise<BenchReport> {
  const run = await runCli(["bench", ...args, "--json"], { cwd: folder });
  expect(run.stderr).not.toMatch(/\n\s+at /u);
  expect(run.code).toBe(0);
  return JSON.parse(run.stdout) as BenchReport;
}

describe("massgen bench", () => {
  test("the same MCP work goes through each backend's wire, every call of it (REQ-BENCH-1)", async () => {
    const backends = ["gemini", "openai", "claude", ...(hasClaudeCode ? ["claude_code"] : [])];
    const claude = hasClaudeCode ? ["--claude-code", claudeCodeBinary] : [];
    const report = await bench(["mcp", "--calls", "4", "--parallel", "3", "--backends", backends.join(","), ...claude]);
    expect(report.mode).toBe("scripted");
    expect(report.rows.map(({ name }) => name).toSorted()).toEqual(backends.toSorted());
    for (const { figures } of report.rows) {
      expect(figures).toMatchObject({ tools: 1, calls: 7, atOnce: 3 });
      for (const key of ["connect", "first", "p50", "p99", "between", "parallel", "wall", "cpu", "memory"])
        expect(figures[key]).toBeGreaterThan(0);
    }
  });

  test("a backend that cannot run keeps its row with the reason, and its neighbours are measured (REQ-BENCH-1)", async () => {
    const args = ["bench", "mcp", "--calls", "1", "--backends", "claude_code,gemini", "--claude-code", "nowhere/claude"];
    const run = await runCli(args, { cwd: temporaryFolder() });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/claude_code was not measured: .+/u);
    expect(run.stdout).toMatch(/^gemini +\d/mu);
  });

  test("coordination needs N answers, at most N votes and one presentation, and throws no vote away (REQ-BENCH-2)", async () => {
    const { rows } = await bench(["coordination", "--agents", "1,3,4", "--rounds", "1"]);
    expect(rows.map(({ figures }) => figures["answers"])).toEqual([1, 3, 4]);
    for (const { figures } of rows) {
      const answers = Number(figures["answers"]);
      expect(figures["wasted"]).toBe(0);
      expect(figures["requests"]).toBeLessThanOrEqual(answers === 1 ? 1 : 2 * answers + 1);
    }
  });

  test("the council is compared at equal cost, in a table, JSON and a page that loads and runs nothing (REQ-BENCH-3, REQ-BENCH-4, REQ-BENCH-5)", async () => {
    const folder = temporaryFolder();
    const questions = [
      { question: "What is 7 + 5?", expected: "12", grading: "number" },
      { question: "And <b>now</b>?", expected: "thirteen" },
      "Not graded?",
    ];
    writeFileSync(join(folder, "questions.json"), JSON.stringify(questions));
    const report = await bench(["council", "--questions", "questions.json", "--html", "page.html"], folder);
    const [single, best, frequent, council] = report.rows.map(({ figures }) => figures);
    expect(council).toMatchObject({ right: 1, graded: 2, accuracy: 50 });
    expect(single).toMatchObject({ samples: 1, graded: 2 });
    for (const other of [best, frequent]) expect(Number(other?.["tokens"])).toBeLessThanOrEqual(Number(council?.["tokens"]));
    expect(Number(frequent?.["samples"])).toBeGreaterThan(1);
    const page = readFileSync(join(folder, "page.html"), "utf8");
    expect(page).toContain("<svg");
    expect(page).not.toMatch(/<script|src=|href=|url\(/u);
    expect(page).toContain("default-src 'none'");
  });

  test("mistakes in a questions file are told all at once, with where they are (REQ-BENCH-5)", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "questions.yaml"),
      "- {expected: 3}\n- {question: Why?, grading: vibes}\n- {question: When?, expected: '(', grading: regex}\n",
    );
    const run = await runCli(["bench", "council", "--questions", "questions.yaml"], { cwd: folder });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("questions[0]");
    expect(run.stderr).toContain("questions[1].grading");
    expect(run.stderr).toContain("questions[2].expected");
    expect(run.stderr).not.toMatch(/\n\s+at /u);
    const missing = await runCli(["bench", "council", "--questions", "nowhere.yaml"], { cwd: folder });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/nowhere\.yaml/u);
  });

  test("a team that is asked for real finds its keys in .env, as a run does (REQ-BENCH-3)", async () => {
    const folder = temporaryFolder();
    const server = await chatServer(councilScript({ presentation: "12" }));
    const backend = { type: "chatcompletion", model: "m", base_url: server.baseUrl, api_key: "${MY_TEAM_KEY}" };
    writeConfig(folder, { agents: ["a", "b"].map((id) => ({ id, backend })) });
    writeFileSync(join(folder, "questions.txt"), "What is 7 + 5?\n");
    const args = ["bench", "council", "--questions", "questions.txt", "--config", "config.json", "--json"];
    const without = await runCli(args, { cwd: folder });
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining("MY_TEAM_KEY")]);
    writeFileSync(join(folder, ".env"), "MY_TEAM_KEY=key-of-the-team\n");
    const run = await runCli(args, { cwd: folder });
    await server.close();
    expect(run.code, run.stderr).toBe(0);
    expect((JSON.parse(run.stdout) as BenchReport).mode).toBe("live");
  });

  test("the shipped questions and teams of examples/bench are found by name (REQ-BENCH-5)", async () => {
    const report = await bench(["council", "--questions", "questions"]);
    expect(report.rows).toHaveLength(4);
    expect(report.conditions["questions"]).toBe(3);
    const check = await runCli(["config", "check", join(projectRoot, "examples/bench/council.yaml")], { cwd: temporaryFolder() });
    expect(check.code).toBe(0);
  });
});

// Whole runs of the built program over a scripted OpenAI-compatible server: how many requests are paid for, and what is printed where.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { chatServer, councilScript, type ChatScript, type ChatServer } from "../src/testing/index.ts";
import { runCli, temporaryFolder, writeConfig, type CliRun } from "./support/run-cli.ts";

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

type Asking = { readonly args?: readonly string[]; readonly config?: object };

async function ask(
  n: number,
  script: ChatScript = councilScript(),
  { args = [], config: more = {} }: Asking = {},
): Promise<CliRun & { requests: number; folder: string }> {
  server = await chatServer(script);
  const folder = temporaryFolder();
  const config = writeConfig(folder, team(n, server.baseUrl, more));
  const run = await runCli(["--config", config, ...args, "Which one?"], { cwd: folder });
  return { ...run, requests: server.requests.length, folder };
}

const count = (kind: "first" | "vote" | "none"): number =>
  (server?.requests ?? []).filter(({ tools }) =>
    kind === "vote"
      ? tools.includes("vote")
      : kind === "first"
        ? tools.includes("new_answer") && !tools.includes("vote")
        : tools.length === 0,
  ).length;

describe("a council over an OpenAI-compatible server", () => {
  test("three agents cost at most three answers, three votes and one presentation (REQ-WHOLE-1)", async () => {
    const run = await ask(3);
    expect(run.stderr).not.toContain("Error");
    expect(run.code).toBe(0);
    expect(run.stdout).toBe("This is the presented answer.\n");
    expect({ answers: count("first"), presentations: count("none") }).toEqual({ answers: 3, presentations: 1 });
    expect(count("vote")).toBeLessThanOrEqual(3);
    expect(count("vote")).toBeGreaterThanOrEqual(2);
  });

  test("five agents cost at most five answers, five votes and one presentation (REQ-WHOLE-1)", async () => {
    const run = await ask(5);
    expect(run.code).toBe(0);
    expect(run.requests).toBeLessThanOrEqual(11);
    expect({ answers: count("first"), presentations: count("none") }).toEqual({ answers: 5, presentations: 1 });
  });

  test("equal answers need no vote (REQ-WHOLE-1)", async () => {
    const run = await ask(3, councilScript({ answer: () => "The same." }));
    expect(run.code).toBe(0);
    expect({ answers: count("first"), votes: count("vote"), presentations: count("none") }).toEqual({
      answers: 3,
      votes: 0,
      presentations: 1,
    });
  });

  test("with --gate two agents that agree are enough, and the third joins where they differ (REQ-RUN-8)", async () => {
    const agreed = await ask(3, councilScript({ answer: () => "The same." }), { args: ["--gate"] });
    expect({ code: agreed.code, answers: count("first"), votes: count("vote") }).toEqual({ code: 0, answers: 2, votes: 0 });
    await server?.close();
    const differ = await ask(3, councilScript(), { config: { orchestrator: { gate: true } } });
    expect({ code: differ.code, answers: count("first") }).toEqual({ code: 0, answers: 3 });
  });

  test("--display json prints the stored entries and the result last (REQ-WHOLE-2)", async () => {
    const run = await ask(2, councilScript(), { args: ["--display", "json"] });
    const lines = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; seq?: number; answer?: string; exitCode?: number });
    expect(lines[0]).toMatchObject({ type: "run-start", seq: 1 });
    expect(lines.at(-1)).toMatchObject({ type: "run-result", answer: "This is the presented answer.", exitCode: 0 });
    expect(lines.slice(0, -1).map(({ seq }) => seq)).toEqual(lines.slice(0, -1).map((_line, index) => index + 1));
  });

  test("tokens and prices of every step are told for each agent and the run, the unknown as unknown (REQ-WHOLE-2)", async () => {
    const usage = { input: 100, output: 20, cached: 30, reasoning: 7 };
    const script = councilScript({ answer: () => "The same." });
    const spending: ChatScript = async (request) => ({ ...(await script(request)), usage });
    const json = await ask(2, spending, { args: ["--display", "json"] });
    type Line = { readonly type: string; readonly usage?: object; readonly agents?: readonly object[] };
    const lines = json.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    const step = { inputTokens: 100, cachedTokens: 30, outputTokens: 20, reasoningTokens: 7 };
    const steps = lines.filter(({ type }) => type === "model-step");
    expect(steps.map((one) => one.usage)).toEqual([step, step, step]);
    const times = (n: number) => ({ inputTokens: 100 * n, cachedTokens: 30 * n, outputTokens: 20 * n, reasoningTokens: 7 * n });
    expect(lines.at(-1)).toMatchObject({ type: "run-result", usage: times(3), cost: null, unpricedSteps: 3 });
    expect(lines.at(-1)?.agents).toEqual(expect.arrayContaining([expect.objectContaining({ usage: times(2), cost: null, steps: 2 })]));
    await server?.close();
    const plain = await ask(2, spending);
    expect(plain.stderr).toMatch(/tokens: 300 in \(90 cached\), 60 out \(21 reasoning\); price unknown/);
    expect(plain.stderr).toMatch(/ {2}a\d: 1 step, 100 in \(30 cached\), 20 out \(7 reasoning\), price unknown/);
    expect(plain.stderr).toMatch(/ {2}a\d: 2 steps, 200 in \(60 cached\), 40 out \(14 reasoning\), price unknown/);
  });

  test("the key is in no file of the run (REQ-WHOLE-3)", async () => {
    const run = await ask(2);
    const path = /Stored in (\S+)/.exec(run.stderr)?.[1] ?? "";
    const log = readFileSync(join(path, "events.jsonl"), "utf8");
    expect(log).toContain('"run-end"');
    expect(log + run.stderr + run.stdout).not.toContain("test-key-000");
    expect(readFileSync(join(path, "final/answer.md"), "utf8")).toContain("This is the presented answer.");
  });

  test("--debug shows the requests without the key (REQ-WHOLE-3)", async () => {
    const planted = { extra_body: { metadata: { auth_token: 'planted "token"' }, note: "nothing secret" } };
    const { agents } = team(1, "http://127.0.0.1:1/v1") as { readonly agents: readonly { readonly backend: object }[] };
    const config = { agents: agents.map((agent) => ({ ...agent, backend: { ...agent.backend, ...planted } })) };
    server = await chatServer(councilScript());
    const folder = temporaryFolder();
    const text = JSON.stringify(config).replaceAll("http://127.0.0.1:1/v1", server.baseUrl);
    const run = await runCli(["--config", writeConfig(folder, JSON.parse(text) as object), "--debug", "Which one?"], { cwd: folder });
    expect(run.stderr).toContain("/chat/completions");
    expect(run.stderr).toContain("nothing secret");
    expect(server.requests[0]?.body).toMatchObject(planted.extra_body);
    expect(run.stderr).not.toMatch(/test-key-000|planted/);
  });

  test("a wrong key puts its agents out and exits with 4, without a stack trace (REQ-WHOLE-4)", async () => {
    const run = await ask(2, () => ({ error: { status: 401, body: { error: { message: "Incorrect API key provided" } } } }));
    expect(run.code).toBe(4);
    expect(run.requests).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain("Incorrect API key provided");
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  test("one agent answers once, without vote and presentation (REQ-WHOLE-1)", async () => {
    const run = await ask(1, councilScript({ answer: () => "Alone." }));
    expect({ code: run.code, stdout: run.stdout, requests: run.requests }).toEqual({ code: 0, stdout: "Alone.\n", requests: 1 });
  });

  test("one agent as plain chat gets no workflow tools (REQ-WHOLE-1)", async () => {
    const run = await ask(1, () => ({ text: "Plain." }), { config: { ui: { use_orchestrator_for_single_agent: false } } });
    expect({ code: run.code, stdout: run.stdout, tools: server?.requests[0]?.tools }).toEqual({ code: 0, stdout: "Plain.\n", tools: [] });
  });
});

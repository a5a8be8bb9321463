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

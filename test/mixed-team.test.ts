// Gemini, Claude, OpenAI, Grok and Claude Code on one question, each over its own wire, all with tools of one MCP server.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { afterEach, describe, expect, test } from "vitest";
import type { LoopbackServer } from "../src/testing/index.ts";
import { claudeCodeBinary, hasClaudeCode } from "./support/claude-code-binary.ts";
import { runCli, temporaryFolder, writeConfig } from "./support/run-cli.ts";
import { xaiDialect } from "./support/xai-dialect.ts";

let mock: LLMock | null = null;
let xai: LoopbackServer | null = null;
afterEach(async () => {
  await xai?.close();
  await mock?.stop();
  mock = null;
});

type Request = {
  model: string;
  messages: { role: string; content?: unknown; tool_calls?: { function: { name: string } }[] }[];
  tools?: { function: { name: string; parameters?: unknown } }[];
};

const called = (request: Request, name: string): boolean =>
  request.messages.some(({ tool_calls: calls = [] }) => calls.some((call) => call.function.name.endsWith(name)));
const named = (request: Request, name: string): string =>
  request.tools?.find((tool) => tool.function.name.endsWith(name))?.function.name ?? name;

/** What any of the models does: read once, answer, vote for the first label, present. */
function next(request: Request): object {
  const call = (name: string, input: object): object => ({
    toolCalls: [{ name: named(request, name), arguments: JSON.stringify(input) }],
    finishReason: request.model.startsWith("gemini") ? "stop" : "tool_calls",
  });
  if (called(request, "vote") || (request.tools ?? []).length === 0) return { content: "Presented." };
  if (called(request, "new_answer")) return call("vote", { agent_id: "agent1", reason: "It is complete." });
  if (called(request, "read")) return call("new_answer", { content: `Answer of ${request.model}.` });
  return call("mcp__counter__read", { n: 7 });
}

async function team(folder: string): Promise<{ path: string; log: string; agents: readonly string[] }> {
  mock = new LLMock({ port: 0 });
  mock.on({ predicate: () => true }, ((request: Request) => next(request)) as never);
  await mock.start();
  xai = await xaiDialect(mock.url);
  const log = join(folder, "server.jsonl");
  const mcp = {
    mcp_servers: { counter: { command: process.execPath, args: [join(import.meta.dirname, "servers/counting-server.mjs"), log] } },
  };
  const key = { api_key: "test-key-000" };
  const agents = [
    { id: "gem", backend: { type: "gemini", model: "gemini-2.5-flash", base_url: `${mock.url}/v1beta`, ...key, ...mcp } },
    { id: "claude", backend: { type: "claude", model: "claude-sonnet-4-5", base_url: `${mock.url}/v1`, ...key, ...mcp } },
    { id: "gpt", backend: { type: "openai", model: "gpt-5-mini", base_url: `${mock.url}/v1`, ...key, ...mcp } },
    { id: "grok", backend: { type: "grok", model: "grok-4", base_url: `${xai.url}/v1`, ...key, ...mcp } },
    ...(hasClaudeCode
      ? [
          {
            id: "code",
            backend: {
              type: "claude_code",
              model: "claude-opus-4-5",
              base_url: mock.url,
              ...key,
              ...mcp,
              allowed_tools: [],
              claude_code_path: claudeCodeBinary,
              cwd: join(folder, "work"),
            },
          },
        ]
      : []),
  ];
  return { path: writeConfig(folder, { agents, orchestrator: { early_decision: false } }), log, agents: agents.map(({ id }) => id) };
}

describe("a mixed team", () => {
  test("every provider calls the tool of one server, answers and votes across providers (REQ-WHOLE-9)", async () => {
    const folder = temporaryFolder();
    const { path, log, agents } = await team(folder);
    const run = await runCli(["--config", path, "--output", "result.json", "Read and answer."], { cwd: folder });
    expect(run.stderr).not.toMatch(/\n\s+at /);
    const result = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as {
      votes: { voter: string }[];
      answers: { agent: string }[];
      degraded: string[];
      agents: { id: string; toolCalls: number }[];
      exitCode: number;
    };
    expect(result.degraded).toEqual([]);
    expect(result.answers.map(({ agent }) => agent).toSorted()).toEqual([...agents].toSorted());
    expect(result.votes.map(({ voter }) => voter).toSorted()).toEqual([...agents].toSorted());
    expect(result.agents.every(({ toolCalls }) => toolCalls >= 1)).toBe(true);
    expect(run.stdout.trim()).toBe("Presented.");
    expect(run.code).toBe(0);
    expect(
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line.includes('"read"')).length,
    ).toBeGreaterThanOrEqual(1);
  });
});

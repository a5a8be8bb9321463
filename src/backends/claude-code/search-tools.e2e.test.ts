// The search for tools in the real Claude Code binary: a tool's schema is frozen for a session, but a new tool can join it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { agent, serverFile, startRun, stdioServer } from "../../mcp/broker.test-support.ts";
import { startMessagesServer, type MessagesReply } from "../../testing/messages-server.ts";
import type { TurnPart, TurnPorts, TurnRequest } from "../contract.ts";
import { accept, hasClaudeCode, openClaudeCode, turnRequest } from "./claude-code.test-support.ts";

const STEPS: readonly MessagesReply[] = [
  { toolCalls: [{ name: "mcp__tools__search_tools", input: { query: "remove a payment", limit: 2 } }] },
  { toolCalls: [{ name: "mcp__books__remove_payment", input: { id: "9" } }] },
  { toolCalls: [{ name: "mcp__massgen__new_answer", input: { content: "Done." } }] },
];

const REQUEST = turnRequest({
  messages: [{ role: "user", text: "Remove payment 9." }],
  limits: { modelCallTimeoutMs: 60_000, toolRounds: 25, toolGraceMs: 20_000 },
});

async function play(script: (index: number) => MessagesReply, request: TurnRequest = REQUEST) {
  const server = await startMessagesServer((_request, index) => script(index));
  const run = startRun(
    {},
    { agents: [{ id: agent("cc"), servers: [stdioServer("books", [serverFile("many-tools-server.mjs")])], maxTools: 10 }] },
  );
  const folder = mkdtempSync(join(tmpdir(), "massgen-claude-search-"));
  const backend = await openClaudeCode({ baseUrl: server.url, folder });
  onTestFinished(async () => {
    await backend.close();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const never = new AbortController().signal;
  const ports: TurnPorts = {
    tools: run.broker.forAgent(agent("cc")),
    decide: async (_step, calls) => accept(calls),
    admit: async () => null,
    news: never,
    abort: never,
  };
  await run.settled("cc");
  const parts: TurnPart[] = [];
  for await (const part of backend.runTurn(request, ports)) parts.push(part);
  const tools = server.requests.map(({ tools: declared = [] }) => declared.map(({ name }) => name));
  return { last: parts.at(-1), tools, run, requests: server.requests };
}

test.skipIf(!hasClaudeCode)(
  "a found tool is declared in the very next request, and nothing that was declared changes (REQ-MCP-40)",
  { timeout: 120_000 },
  async () => {
    const { last, tools, run } = await play((index) => STEPS[index] ?? { text: "?" });
    expect(last).toMatchObject({ outcome: "decided" });
    expect(tools).toHaveLength(3);
    expect(tools[0]?.filter((name) => name.startsWith("mcp__books__"))).toEqual([]);
    expect(tools[0]).toContain("mcp__tools__search_tools");
    expect(tools[1]).toEqual(expect.arrayContaining([...(tools[0] ?? []), "mcp__books__remove_payment"]));
    expect(tools[1]?.filter((name) => name.startsWith("mcp__books__"))).toHaveLength(2);
    expect(run.of("tool-result").map(({ isError, content }) => [isError, content[0]])).toMatchObject([
      [false, { type: "text" }],
      [false, { type: "text", text: 'remove_payment {"id":"9"}' }],
    ]);
  },
);

test.skipIf(!hasClaudeCode)("a turn that can only vote refuses every other tool (REQ-MCP-42)", { timeout: 120_000 }, async () => {
  const vote: MessagesReply = { toolCalls: [{ name: "mcp__massgen__vote", input: { agent_id: "agent2", reason: "Right." } }] };
  const { last, requests, run } = await play(
    (index) => (index === 0 ? { toolCalls: [{ name: "mcp__tools__search_tools", input: { query: "payment" } }] } : vote),
    { ...REQUEST, kind: "evaluation", useTools: false },
  );
  expect(last).toMatchObject({ outcome: "decided" });
  expect(run.of("tool-call")).toEqual([]);
  expect(JSON.stringify(requests[1]?.messages)).toContain("Only the vote is left");
});

// The real Claude Code binary against a scripted provider on loopback: decisions, our tools, refusals, failures, interruption, and its end.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { agentId, callId, turnId, voteTool, type Json } from "../../core/index.ts";
import { NO_TOOLS, type AgentTools, type ToolCallRequest } from "../../mcp/contract.ts";
import { startMessagesServer, type MessagesReply, type MessagesRequest, type MessagesServer } from "../../testing/messages-server.ts";
import { scriptedTools } from "../../testing/turn-driver.ts";
import type { Backend, DecisionCall, DecisionReply, TurnPart, TurnPorts } from "../contract.ts";
import { accept, claudeCodeBinary, hasClaudeCode, openClaudeCode, turnRequest } from "./claude-code.test-support.ts";

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** `again` opens the backend anew as a later process would: same folders, same configuration. */
type Setup = { backend: Backend; server: MessagesServer; again: () => Promise<Backend> };
const folders: string[] = [];

async function setUp(
  script: (request: MessagesRequest, index: number) => MessagesReply,
  options: Record<string, Json> = {},
): Promise<Setup> {
  const server = await startMessagesServer(script);
  const folder = mkdtempSync(join(tmpdir(), "massgen-claude-code-"));
  folders.push(folder);
  cleanups.push(
    () => rmSync(folder, { recursive: true, force: true }),
    () => server.close(),
  );
  const again = async (): Promise<Backend> => {
    const backend = await openClaudeCode({ baseUrl: server.url, folder }, options);
    cleanups.push(() => backend.close());
    return backend;
  };
  return { backend: await again(), server, again };
}

type Judged = {
  readonly ports: TurnPorts;
  readonly decisions: (readonly DecisionCall[])[];
  readonly news: AbortController;
  readonly abort: AbortController;
};

function judging(reply: (calls: readonly DecisionCall[]) => DecisionReply, tools: AgentTools = NO_TOOLS): Judged {
  const decisions: (readonly DecisionCall[])[] = [];
  const news = new AbortController();
  const abort = new AbortController();
  const decide = async (_step: number, calls: readonly DecisionCall[]): Promise<DecisionReply> => {
    decisions.push(calls);
    return reply(calls);
  };
  return { decisions, news, abort, ports: { tools, decide, admit: async () => null, news: news.signal, abort: abort.signal } };
}

const refuse = (calls: readonly DecisionCall[]): DecisionReply => ({
  over: false,
  accepted: false,
  nudge: "Call new_answer.",
  results: calls.map(({ call }) => ({ call, isError: true, text: "Refused: no." })),
});

async function collect(parts: AsyncIterable<TurnPart>, seen: (part: TurnPart) => void = () => undefined): Promise<TurnPart[]> {
  const all: TurnPart[] = [];
  for await (const part of parts) {
    all.push(part);
    seen(part);
  }
  return all;
}
const last = (parts: readonly TurnPart[]): TurnPart | undefined => parts.at(-1);
const answerCall = (content: string): MessagesReply => ({ toolCalls: [{ name: "mcp__massgen__new_answer", input: { content } }] });

/** Kills every Claude Code this process has started, as a crash would. */
function killClaudeCode(): void {
  const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" }).split("\n");
  const pids = children.filter((line) => line.includes(claudeCodeBinary)).map((line) => Number(line.trim().split(" ")[0]));
  expect(pids).toHaveLength(1);
  for (const pid of pids) process.kill(pid, "SIGKILL");
}

describe.skipIf(!hasClaudeCode)("the claude_code backend (REQ-BACKEND-60)", { timeout: 120_000 }, () => {
  test("an accepted answer ends the turn without a further request", async () => {
    const { backend, server } = await setUp(() => ({ ...answerCall("12"), thinking: "seven and five" }));
    const { ports, decisions } = judging(accept);
    const parts = await collect(backend.runTurn(turnRequest(), ports));
    expect(last(parts)).toMatchObject({ type: "turn-finished", outcome: "decided" });
    expect(decisions).toEqual([
      [expect.objectContaining({ name: "new_answer", input: { content: "12" }, call: callId(turnId(agentId("cc"), 1), 1, 1) })],
    ]);
    expect(server.requests).toHaveLength(1);
    expect(parts.find((part) => part.type === "model-step")).toMatchObject({
      finish: "tool-calls",
      usage: { inputTokens: 100, outputTokens: 20 },
    });
    expect(parts.some((part) => part.type === "reasoning-delta")).toBe(true);
  });

  test("a refused decision is explained to the model, and prose instead of a decision is nudged", async () => {
    const { backend, server } = await setUp(
      (_request, index) => [answerCall("first"), { text: "I think it is 12." }, answerCall("12")][index] ?? { text: "?" },
    );
    let asked = 0;
    const { ports, decisions } = judging((calls) => ((asked += 1) < 3 ? refuse(calls) : accept(calls)));
    expect(last(await collect(backend.runTurn(turnRequest(), ports)))).toMatchObject({ outcome: "decided" });
    expect(decisions.map((calls) => calls.length)).toEqual([1, 0, 1]);
    expect(JSON.stringify(server.requests[1]?.messages)).toContain("Refused: no.");
    expect(JSON.stringify(server.requests[2]?.messages)).toContain("Call new_answer.");
  });

  test("two decisions in one message are judged together", async () => {
    const { backend } = await setUp((_request, index) =>
      index === 0
        ? {
            toolCalls: [
              { name: "mcp__massgen__vote", input: { agent_id: "agent1", reason: "r" } },
              { name: "mcp__massgen__new_answer", input: { content: "x" } },
            ],
          }
        : answerCall("12"),
    );
    const { ports, decisions } = judging((calls) => (calls.length > 1 ? refuse(calls) : accept(calls)));
    expect(last(await collect(backend.runTurn(turnRequest(), ports)))).toMatchObject({ outcome: "decided" });
    expect(decisions.map((calls) => calls.map((call) => call.name))).toEqual([["vote", "new_answer"], ["new_answer"]]);
  });

  test("MCP tools of our broker are called under their exposed names with their results handed back", async () => {
    const called: ToolCallRequest[] = [];
    const tools: AgentTools = {
      ...NO_TOOLS,
      list: () => [
        {
          name: "mcp__weather__forecast",
          server: "weather",
          tool: "forecast",
          description: "Forecast",
          inputSchema: { properties: { city: { type: "string" } }, required: ["city"] },
          effect: "read-only",
          readOnly: true,
          idempotent: true,
        },
      ],
      call: async (call) => {
        called.push(call);
        return { ok: true, content: [{ type: "text", text: "SUNNY-41" }] };
      },
    };
    const { backend, server } = await setUp((_request, index) =>
      index === 0 ? { toolCalls: [{ name: "mcp__weather__forecast", input: { city: "Oslo" } }] } : answerCall("sunny"),
    );
    const { ports } = judging(accept, tools);
    expect(last(await collect(backend.runTurn(turnRequest(), ports)))).toMatchObject({ outcome: "decided" });
    expect(called).toMatchObject([{ name: "mcp__weather__forecast", input: { city: "Oslo" }, step: 1 }]);
    expect(server.requests[0]?.tools?.map((tool) => tool.name).toSorted()).toEqual([
      "mcp__massgen__new_answer",
      "mcp__massgen__vote",
      "mcp__weather__forecast",
    ]);
    expect(JSON.stringify(server.requests[1]?.messages)).toContain("SUNNY-41");
  });

  test("a continuing conversation uses one process and sends only what is new; presenting uses no tools", async () => {
    const { backend, server } = await setUp((_request, index) => (index === 0 ? answerCall("12") : { text: "It is 12." }));
    const { ports } = judging(accept);
    await collect(backend.runTurn(turnRequest(), ports));
    const presenting = turnRequest({
      kind: "presentation",
      turn: turnId(agentId("cc"), 2),
      useTools: false,
      freshFrom: 1,
      messages: [...turnRequest().messages, { role: "user", text: "Present it." }],
    });
    const parts = await collect(backend.runTurn(presenting, ports));
    expect(last(parts)).toMatchObject({ outcome: "finished", text: "It is 12.", finish: "stop" });
    expect(JSON.stringify(server.requests[1]?.messages)).toContain("What is 7 + 5?");
    expect(server.requests).toHaveLength(2);
  });

  test("an overloaded provider is a failure of the turn, shown as such", async () => {
    const { backend } = await setUp(() => ({ error: { status: 529, type: "overloaded_error", message: "Overloaded" } }));
    const parts = await collect(backend.runTurn(turnRequest(), judging(accept).ports));
    expect(last(parts)).toMatchObject({ outcome: "failed", failure: { category: "overloaded" } });
  });

  test("a wrong key is an authentication failure", async () => {
    const { backend } = await setUp(() => ({ error: { status: 401, type: "authentication_error", message: "invalid x-api-key" } }));
    expect(last(await collect(backend.runTurn(turnRequest(), judging(accept).ports)))).toMatchObject({
      outcome: "failed",
      failure: { category: "authentication" },
    });
  });

  test("news drops a step that has only text, and the session goes on with the next turn", async () => {
    const never = new Promise<void>(() => undefined);
    const { backend, server } = await setUp((_request, index) =>
      index === 0 ? { text: "a long answer in two pieces", hold: never } : answerCall("12"),
    );
    const { ports, news } = judging(accept);
    const parts = await collect(backend.runTurn(turnRequest(), ports), (part) => part.type === "text-delta" && news.abort());
    expect(last(parts)).toMatchObject({ outcome: "interrupted" });
    expect(parts.find((part) => part.type === "model-step")).toMatchObject({ finish: "interrupted" });
    const again = turnRequest({
      turn: turnId(agentId("cc"), 2),
      messages: [...turnRequest().messages, { role: "user", text: "NEWS" }],
      freshFrom: 1,
    });
    expect(last(await collect(backend.runTurn(again, judging(accept).ports)))).toMatchObject({ outcome: "decided" });
    expect(JSON.stringify(server.requests.at(-1)?.messages)).toContain("NEWS");
    expect(server.aborted()).toBe(1);
  });

  test("a vote for a label that was shown ends the turn", async () => {
    const { backend, server } = await setUp(() => ({
      toolCalls: [{ name: "mcp__massgen__vote", input: { agent_id: "agent2", reason: "It is right." } }],
    }));
    const { ports, decisions } = judging(accept);
    expect(last(await collect(backend.runTurn(turnRequest({ kind: "evaluation" }), ports)))).toMatchObject({ outcome: "decided" });
    expect(decisions).toEqual([[expect.objectContaining({ name: "vote", input: { agent_id: "agent2", reason: "It is right." } })]]);
    expect(server.requests).toHaveLength(1);
  });

  test("the decisions are declared as for every other backend", async () => {
    const { backend, server } = await setUp(() => answerCall("12"));
    await collect(backend.runTurn(turnRequest(), judging(accept).ports));
    const declared = server.requests[0]?.tools?.find(({ name }) => name === "mcp__massgen__vote");
    const expected = voteTool(turnRequest().allLabels);
    expect(declared?.description).toContain(expected.description);
    expect(declared?.input_schema).toMatchObject(expected.inputSchema);
  });

  test("a native tool that is refused is told to the model and does nothing", async () => {
    const { backend, server } = await setUp(
      (_request, index) =>
        index === 0 ? { toolCalls: [{ name: "Bash", input: { command: "touch made.txt", description: "d" } }] } : answerCall("12"),
      { allowed_tools: ["Bash(ls*)"] },
    );
    const parts = await collect(backend.runTurn(turnRequest(), judging(accept).ports));
    expect(last(parts)).toMatchObject({ outcome: "decided" });
    expect(parts.find((part) => part.type === "own-tool-result")).toMatchObject({ name: "Bash", isError: true });
    expect(JSON.stringify(server.requests[1]?.messages)).toContain('"is_error":true');
    expect(existsSync(join(folders.at(-1) ?? "", "work/made.txt"))).toBe(false);
  });

  test("a reply that ends in another way has the outcome it has on every wire, and what came is kept (REQ-BACKEND-35)", async () => {
    const ending = async (stop: string, text: string, times = 1) => {
      const { backend, server } = await setUp((_request, index) => (index < times ? { text, stop } : answerCall("12")));
      const decided = judging((calls) => (calls.length === 0 ? refuse(calls) : accept(calls)));
      const parts = await collect(backend.runTurn(turnRequest(), decided.ports));
      const [first] = parts.flatMap((part) => (part.type === "model-step" ? [part] : []));
      const warned = parts.flatMap((part) => (part.type === "warning" ? [part.message] : []));
      return { end: last(parts), requests: server.requests.length, first, warned };
    };
    // After a refusal Claude Code asks again by itself.
    const once = await ending("refusal", "I cannot.");
    expect(once).toMatchObject({ end: { outcome: "decided" }, requests: 2, first: { finish: "refusal", usage: { inputTokens: 100 } } });
    const always = await ending("refusal", "I cannot.", 9);
    expect(always.end).toMatchObject({ outcome: "failed", text: "I cannot.", failure: { category: "refused" } });
    expect(always.requests).toBe(2);
    const cut = await ending("max_tokens", "Half an");
    expect(cut).toMatchObject({ end: { outcome: "decided" }, requests: 2, first: { finish: "length", parts: [{ text: "Half an" }] } });
    expect(cut.warned).toEqual([expect.stringContaining("was cut")]);
    const empty = await ending("something_new", "");
    expect(empty).toMatchObject({ end: { outcome: "decided" }, requests: 2, first: { finish: "other", parts: [] } });
    expect(empty.warned).toEqual([expect.stringContaining("without content")]);
  });

  test("tool rounds are capped and the cap is stated; the decision is still possible (REQ-BACKEND-14)", async () => {
    const limits = { modelCallTimeoutMs: 60_000, toolRounds: 2, toolGraceMs: 1_000 };
    const again: MessagesReply = { toolCalls: [{ name: "mcp__a__b", input: {} }] };
    const playing = async (script: (index: number) => MessagesReply) => {
      const tools = scriptedTools({ mcp__a__b: { server: "a", run: () => "again" } });
      const { backend, server } = await setUp((_request, index) => script(index));
      const parts = await collect(backend.runTurn(turnRequest({ limits }), judging(accept, tools).ports));
      return { parts, server, calls: tools.calls.length, warnings: parts.flatMap((part) => (part.type === "warning" ? [part.code] : [])) };
    };
    const good = await playing((index) => (index < 2 ? again : answerCall("12")));
    expect(last(good.parts)).toMatchObject({ outcome: "decided" });
    expect([good.calls, good.warnings, good.server.requests.length]).toEqual([2, ["E_TOOL_ROUNDS"], 3]);
    const bad = await playing(() => again);
    expect(last(bad.parts)).toMatchObject({ outcome: "failed", failure: { code: "E_TOOL_ROUNDS" } });
    expect([bad.calls, bad.warnings, bad.server.requests.length]).toEqual([2, ["E_TOOL_ROUNDS"], 3]);
  });

  test("a command that is forbidden where nothing is said is refused, and one that is not runs (REQ-BACKEND-64)", async () => {
    const run = (command: string): MessagesReply => ({ toolCalls: [{ name: "Bash", input: { command, description: "d" } }] });
    const { backend } = await setUp(
      (_request, index) => [run("touch kept.txt"), run("rm kept.txt"), answerCall("12")][index] ?? answerCall("12"),
      { allowed_tools: ["Bash"] },
    );
    const parts = await collect(backend.runTurn(turnRequest(), judging(accept).ports));
    expect(parts.flatMap((part) => (part.type === "own-tool-result" ? [part.isError] : []))).toEqual([false, true]);
    expect(existsSync(join(folders.at(-1) ?? "", "work/kept.txt"))).toBe(true);
  });

  test("a later process goes on in the session the recorded steps name", async () => {
    const { backend, server, again } = await setUp((_request, index) => (index === 0 ? { text: "I think it is 12." } : answerCall("12")));
    const chat = turnRequest({ kind: "chat", workflow: [] });
    const parts = await collect(backend.runTurn(chat, judging(accept).ports));
    const step = parts.find((part) => part.type === "model-step");
    await backend.close();
    const later = turnRequest({
      turn: turnId(agentId("cc"), 2),
      freshFrom: 2,
      messages: [...chat.messages, { role: "assistant", parts: step?.parts ?? [] }, { role: "user", text: "Decide now." }],
    });
    const second = await again();
    expect(last(await collect(second.runTurn(later, judging(accept).ports)))).toMatchObject({ outcome: "decided" });
    const sent = JSON.stringify(server.requests[1]?.messages);
    for (const said of ["What is 7 + 5?", "I think it is 12.", "Decide now."]) expect(sent).toContain(said);
    expect(server.requests).toHaveLength(2);
  });

  test("a process that was killed between two turns is replaced, and the conversation goes on", async () => {
    const { backend, server } = await setUp((_request, index) => (index === 0 ? { text: "I think it is 12." } : answerCall("12")));
    const chat = turnRequest({ kind: "chat", workflow: [] });
    const first = await collect(backend.runTurn(chat, judging(accept).ports));
    const messages = [
      ...chat.messages,
      { role: "assistant" as const, parts: first.find((part) => part.type === "model-step")?.parts ?? [] },
      { role: "user" as const, text: "Decide now." },
    ];
    killClaudeCode();
    const lost = turnRequest({ turn: turnId(agentId("cc"), 2), freshFrom: 2, messages });
    expect(last(await collect(backend.runTurn(lost, judging(accept).ports)))).toMatchObject({ outcome: "failed" });
    const next = turnRequest({ turn: turnId(agentId("cc"), 3), freshFrom: 2, messages });
    expect(last(await collect(backend.runTurn(next, judging(accept).ports)))).toMatchObject({ outcome: "decided" });
    const sent = JSON.stringify(server.requests.at(-1)?.messages);
    for (const said of ["What is 7 + 5?", "I think it is 12.", "Decide now."]) expect(sent).toContain(said);
  });

  test("a native tool that is not allowed does not exist for the model", async () => {
    const { backend, server } = await setUp(() => answerCall("12"), { allowed_tools: ["Read"] });
    await collect(backend.runTurn(turnRequest(), judging(accept).ports));
    expect(server.requests[0]?.tools?.map((tool) => tool.name)).toContain("Read");
    expect(server.requests[0]?.tools?.map((tool) => tool.name)).not.toContain("Bash");
  });
});

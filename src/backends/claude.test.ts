// Claude over shapes of the Messages API: signatures, caching, server tools, and what becomes of odd replies.
import { describe, expect, test } from "vitest";
import {
  anthropicCheck,
  anthropicError,
  anthropicMidstreamError,
  anthropicReply,
  driveTurn,
  impatientIo,
  replayServer,
  scriptedTools,
  testBackend,
  type AnthropicBlock,
  type DrivenTurn,
  type ReplayEntry,
  type TestBackendOptions,
  type TurnDrive,
} from "../testing/index.ts";

type Case = { readonly script: readonly ReplayEntry[]; readonly config?: Partial<TestBackendOptions>; readonly drive?: TurnDrive };
type Played = DrivenTurn & { readonly bodies: readonly Record<string, unknown>[] };

async function play({ script, config, drive }: Case): Promise<Played> {
  await using server = await replayServer(
    script.map((entry) => ({ pieces: [11, 257, 3], assert: () => {}, ...entry })),
    { check: anthropicCheck() },
  );
  const backend = await testBackend({ type: "claude", model: "claude-sonnet-4-5", baseUrl: server.url, ...config }, impatientIo());
  const turn = await driveTurn(backend, drive);
  server.verify();
  return { ...turn, bodies: server.requests.map((request) => request.body ?? {}) };
}

const answer = (content: string): AnthropicBlock => ({ type: "tool_use", id: `toolu_${content}`, name: "new_answer", input: { content } });
const done: ReplayEntry = anthropicReply([answer("x")]);

describe("Claude", () => {
  test("REQ-BACKEND-17 thinking goes back with its signature, results come first, roles alternate", async () => {
    const tools = scriptedTools({ mcp__a__b: { run: (input) => `got ${JSON.stringify(input)}` } });
    const { bodies, steps, last } = await play({
      config: { options: { thinking: { type: "enabled", budget_tokens: 2000 } } },
      script: [
        anthropicReply(
          [
            { type: "thinking", thinking: "I need the tool twice.", signature: "sig-abc" },
            { type: "redacted_thinking", data: "secret-bytes" },
            { type: "text", text: "Let me look." },
            { type: "tool_use", id: "toolu_1", name: "mcp__a__b", input: { n: 1 } },
            { type: "tool_use", id: "toolu_2", name: "mcp__a__b", input: { n: 2 } },
          ],
          { usage: { input: 50, output: 40, cacheRead: 100, cacheWrite: 7 } },
        ),
        done,
      ],
      drive: { tools },
    });
    expect(bodies[0]).toMatchObject({ thinking: { type: "enabled", budget_tokens: 2000 } });
    expect(steps[0]?.usage).toEqual({ inputTokens: 157, cachedTokens: 100, outputTokens: 40, reasoningTokens: null });
    expect(steps[0]?.costUsd).toBeGreaterThan(0);
    const [, assistant, user] = (bodies[1]?.["messages"] ?? []) as { content: object[] }[];
    expect(assistant?.content).toMatchObject([
      { type: "thinking", thinking: "I need the tool twice.", signature: "sig-abc" },
      { type: "redacted_thinking", data: "secret-bytes" },
      { type: "text", text: "Let me look." },
      { type: "tool_use", id: "toolu_1" },
      { type: "tool_use", id: "toolu_2" },
    ]);
    expect(user?.content).toMatchObject([
      { type: "tool_result", tool_use_id: "toolu_1", content: 'got {"n":1}' },
      { type: "tool_result", tool_use_id: "toolu_2" },
    ]);
    expect(last.outcome).toBe("decided");
  });

  test("what was written to the provider's cache and read from it is paid for at its own price", async () => {
    const usage = { input: 200, output: 10, cacheRead: 1000, cacheWrite: 800 };
    const answer = anthropicReply([{ type: "tool_use", id: "t1", name: "new_answer", input: { content: "x" } }], { usage });
    const { steps } = await play({
      script: [{ ...answer, body: String(answer.body).replaceAll("claude-under-test", "claude-sonnet-4-5") }],
    });
    expect(steps[0]?.usage).toMatchObject({ inputTokens: 2000, cachedTokens: 1000, outputTokens: 10 });
    // 3 $ per million of plain input, 3.75 written, 0.30 read, 15 of output.
    expect(steps[0]?.costUsd).toBeCloseTo(0.0006 + 0.003 + 0.0003 + 0.00015, 8);
  });

  test.each([
    ["claude-sonnet-4-5", { type: "disabled" }, { thinking: { type: "disabled" } }],
    ["claude-sonnet-4-5", { budget_tokens: 0 }, { thinking: { type: "disabled" } }],
    ["claude-sonnet-4-5", { budget_tokens: 1500 }, { thinking: { type: "enabled", budget_tokens: 1500 } }],
    ["claude-sonnet-4-5", { level: "low" }, { thinking: { type: "enabled" } }],
    ["claude-opus-4-7", { level: "low" }, { thinking: { type: "adaptive" }, output_config: { effort: "low" } }],
    ["claude-opus-4-7", { type: "adaptive", include_thoughts: false }, { thinking: { type: "adaptive", display: "omitted" } }],
  ])("%s with the thinking %j asks for %j", async (model, thinking, expected) => {
    const { bodies } = await play({ script: [done], config: { model, options: { thinking } } });
    expect(bodies[0]).toMatchObject(expected);
  });

  test("without a word on thinking none is asked for", async () => {
    expect((await play({ script: [done] })).bodies[0]).not.toHaveProperty("thinking");
  });

  test("REQ-BACKEND-18 the prefix that never changes and the newest message are marked for the cache", async () => {
    const { bodies } = await play({ script: [done] });
    expect(bodies[0]?.["system"]).toEqual([{ type: "text", text: "You answer questions.", cache_control: { type: "ephemeral" } }]);
    expect(bodies[0]?.["messages"]).toMatchObject([{ role: "user", content: [{ type: "text", cache_control: { type: "ephemeral" } }] }]);
  });

  test("REQ-BACKEND-18 the results of a step are the newest message then, and what stands before them is as it was", async () => {
    const tools = scriptedTools({ mcp__a__b: { run: () => "r" } });
    const calls = anthropicReply([{ type: "tool_use", id: "toolu_1", name: "mcp__a__b", input: {} }]);
    const { bodies } = await play({ script: [calls, done], drive: { tools } });
    type Marked = { readonly role: string; readonly content: readonly { readonly type: string; readonly cache_control?: object }[] };
    const [first, second] = bodies.map((body) => body["messages"] as Marked[]);
    expect(bodies[1]?.["system"]).toEqual(bodies[0]?.["system"]);
    expect(bodies[1]?.["tools"]).toEqual(bodies[0]?.["tools"]);
    const marks = (messages: readonly Marked[] | undefined) =>
      messages?.map(({ content }) => content.some((block) => block.cache_control !== undefined));
    expect([marks(first), marks(second)]).toEqual([[true], [false, false, true]]);
    expect(second?.[2]?.content).toMatchObject([{ type: "tool_result", cache_control: { type: "ephemeral" } }]);
  });

  test("search and code execution stand beside functions, their results are kept and sent back", async () => {
    const { bodies, steps } = await play({
      config: { options: { enable_web_search: true, enable_code_execution: true } },
      script: [
        anthropicReply(
          [
            { type: "server_tool_use", id: "srv_1", name: "web_search", input: { query: "q" } },
            {
              type: "web_search_tool_result",
              tool_use_id: "srv_1",
              content: [{ type: "web_search_result", url: "https://example.org", title: "E", encrypted_content: "enc", page_age: null }],
            },
            { type: "text", text: "Found." },
          ],
          { stop: "pause_turn" },
        ),
        done,
      ],
    });
    const tools = bodies[0]?.["tools"] as { name: string; type?: string }[];
    expect(tools.map((tool) => tool.type ?? tool.name)).toEqual(["new_answer", "web_search_20250305", "code_execution_20250825"]);
    expect(steps[0]?.parts.map((part) => part.type)).toEqual(["tool-call", "provider-tool-result", "source", "text"]);
    expect(JSON.stringify(bodies[1]?.["messages"])).toContain('"encrypted_content":"enc"');
  }, 10_000);

  test("a search that failed goes back as an error", async () => {
    const failed = {
      type: "web_search_tool_result",
      tool_use_id: "srv_1",
      content: { type: "web_search_tool_result_error", error_code: "max_uses_exceeded" },
    } as const;
    const { bodies, last } = await play({
      config: { options: { enable_web_search: true } },
      script: [
        anthropicReply([
          { type: "server_tool_use", id: "srv_1", name: "web_search", input: { query: "q" } },
          failed,
          { type: "text", text: "No luck." },
        ]),
        done,
      ],
    });
    expect(JSON.stringify(bodies[1]?.["messages"])).toContain('"error_code":"max_uses_exceeded"');
    expect(JSON.stringify(bodies[1])).not.toContain("isError");
    expect(last.outcome).toBe("decided");
  });

  test("a presentation keeps its tools declared, because the conversation holds calls, and lets none be called", async () => {
    const call = { type: "tool-call", call: "alice/1/1.1" as never, providerCall: "toolu_9", name: "mcp__a__b", input: {} } as const;
    const result = {
      call: call.call,
      providerCall: "toolu_9",
      name: "mcp__a__b",
      isError: false,
      content: [{ type: "text", text: "r" }],
    } as const;
    const messages = [
      { role: "user", text: "q" },
      { role: "assistant", parts: [call] },
      { role: "tool", results: [result] },
      { role: "user", text: "Present." },
    ] as const;
    const tools = scriptedTools({ mcp__a__b: { run: () => "" } });
    const { bodies, last } = await play({
      script: [anthropicReply([{ type: "text", text: "The result." }])],
      drive: { tools, request: { kind: "presentation", workflow: [], useTools: false, messages } },
    });
    expect(bodies[0]).toMatchObject({ tools: [{ name: "mcp__a__b" }], tool_choice: { type: "none" } });
    expect(last).toMatchObject({ outcome: "finished", text: "The result." });
  });

  test("a presentation after nothing but decisions still declares what the conversation called", async () => {
    const call = {
      type: "tool-call",
      call: "alice/1/1.1" as never,
      providerCall: "toolu_9",
      name: "new_answer",
      input: { content: "c" },
    } as const;
    const result = {
      call: call.call,
      providerCall: "toolu_9",
      name: "new_answer",
      isError: false,
      content: [{ type: "text", text: "Recorded." }],
    } as const;
    const messages = [
      { role: "user", text: "q" },
      { role: "assistant", parts: [call] },
      { role: "tool", results: [result] },
      { role: "user", text: "Present." },
    ] as const;
    const { bodies } = await play({
      script: [anthropicReply([{ type: "text", text: "The result." }])],
      drive: { request: { kind: "presentation", workflow: [], useTools: false, messages } },
    });
    expect(bodies[0]).toMatchObject({ tools: [{ name: "new_answer", input_schema: { type: "object" } }], tool_choice: { type: "none" } });
  });

  test("roots that the API refuses are declared as plain objects", async () => {
    const tools = scriptedTools({
      mcp__a__b: {
        run: () => "",
        inputSchema: {
          oneOf: [
            { type: "object", properties: { a: { type: "string" } } },
            { type: "object", properties: { b: { type: "string" } } },
          ],
        },
      },
    });
    await play({ script: [done], drive: { tools } });
  });

  test.each([
    ["a refusal", anthropicReply([{ type: "text", text: "I cannot" }], { stop: "refusal" }), "refused"],
    ["a wrong key", anthropicError(401, "authentication_error", "invalid x-api-key"), "authentication"],
    [
      "an empty account",
      anthropicError(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."),
      "quota",
    ],
    ["an unknown model", anthropicError(404, "not_found_error", "model: claude-x"), "configuration"],
    ["a request that is too large", anthropicError(413, "request_too_large", "Request exceeds the maximum size"), "bad-request"],
  ])("%s ends the turn", async (_name, reply, category) => {
    const { last, retries } = await play({ script: [reply] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category } });
  });

  test.each([
    ["529 before the stream", anthropicError(529, "overloaded_error", "Overloaded"), []],
    ["an overload in the middle of the stream", anthropicMidstreamError("Half"), [{ type: "text", text: "Half" }]],
  ])("%s is tried again", async (_name, reply, parts) => {
    const { steps, retries, last } = await play({ script: [reply, { ...done, repeats: true }] });
    expect(retries).toMatchObject([{ failure: { category: "overloaded" } }]);
    expect(steps.filter((step) => step.finish === "error").flatMap((step) => step.parts)).toEqual(parts);
    expect(last.outcome).toBe("decided");
  });

  test("an answer cut in the middle of its arguments is malformed, not lost", async () => {
    const cut = anthropicReply([{ type: "text", text: "Here it is" }], { stop: "max_tokens" });
    const body = String(cut.body).replace(
      "event: message_delta",
      'event: content_block_start\ndata: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_c","name":"new_answer","input":{}}}\n\nevent: content_block_delta\ndata: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"content\\": \\"half"}}\n\nevent: content_block_stop\ndata: {"type":"content_block_stop","index":1}\n\nevent: message_delta',
    );
    const { decisions, steps, last } = await play({ script: [{ body }, done] });
    expect(decisions[0]).toMatchObject({ name: "new_answer", malformed: '{"content": "half' });
    expect(steps[0]?.finish).toBe("length");
    expect(last.outcome).toBe("decided");
  });
});

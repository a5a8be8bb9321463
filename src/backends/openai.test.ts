// OpenAI over shapes of the Responses API, and the backends that share its words: Grok and Azure.
import { describe, expect, test } from "vitest";
import {
  chatServer,
  driveTurn,
  impatientIo,
  replayServer,
  responsesCheck,
  responsesFailure,
  responsesReply,
  scriptedTools,
  testBackend,
  type DrivenTurn,
  type ReplayEntry,
  type TestBackendOptions,
  type TurnDrive,
} from "../testing/index.ts";
import { splitEffort } from "./openai.ts";

type Case = { readonly script: readonly ReplayEntry[]; readonly config?: Partial<TestBackendOptions>; readonly drive?: TurnDrive };
type Played = DrivenTurn & { readonly bodies: readonly Record<string, unknown>[]; readonly paths: readonly string[] };

async function play({ script, config, drive }: Case): Promise<Played> {
  await using server = await replayServer(
    script.map((entry) => ({ pieces: [17, 401, 5], assert: () => {}, ...entry })),
    { check: responsesCheck() },
  );
  const backend = await testBackend({ type: "openai", model: "gpt-5-mini", baseUrl: server.url, ...config }, impatientIo());
  const turn = await driveTurn(backend, drive);
  server.verify();
  return { ...turn, bodies: server.requests.map((request) => request.body ?? {}), paths: server.requests.map((request) => request.path) };
}

const done: ReplayEntry = responsesReply([{ type: "function_call", call_id: "call_x", name: "new_answer", arguments: { content: "x" } }]);

describe("OpenAI Responses", () => {
  test("REQ-BACKEND-19 encrypted reasoning is asked for and goes back in front of its calls; nothing is stored", async () => {
    const tools = scriptedTools({ mcp__a__b: { run: () => "fine" } });
    const { bodies, steps, last } = await play({
      script: [
        responsesReply(
          [
            { type: "reasoning", summary: "Use the tool.", encrypted: "enc-1" },
            { type: "function_call", call_id: "c1", name: "mcp__a__b", arguments: { n: 1 } },
            { type: "function_call", call_id: "c2", name: "mcp__a__b", arguments: { n: 2 } },
          ],
          { usage: { input: 70, output: 30, cached: 64, reasoning: 16 } },
        ),
        done,
      ],
      drive: { tools },
    });
    expect(bodies[0]).toMatchObject({
      store: false,
      include: ["reasoning.encrypted_content"],
      tools: [
        { type: "function", strict: false },
        { type: "function", strict: false },
      ],
    });
    expect(steps[0]).toMatchObject({
      usage: { inputTokens: 70, cachedTokens: 64, outputTokens: 30, reasoningTokens: 16 },
      model: "gpt-under-test",
    });
    const items = bodies[1]?.["input"] as { type?: string; encrypted_content?: string; output?: string }[];
    expect(items.slice(2).map((item) => item.type)).toEqual([
      "reasoning",
      "function_call",
      "function_call",
      "function_call_output",
      "function_call_output",
    ]);
    expect(items[2]?.encrypted_content).toBe("enc-1");
    expect(last.outcome).toBe("decided");
  });

  test("REQ-BACKEND-20 reasoning, verbosity and the ending of a name reach the request; temperature of a reasoning model does not", async () => {
    const options = {
      reasoning: { effort: "high", summary: "auto" },
      text: { verbosity: "low" },
      max_tokens: 99,
      temperature: 0.5,
      parallel_tool_calls: false,
    };
    const { bodies } = await play({ script: [done], config: { options } });
    expect(bodies[0]).toMatchObject({
      reasoning: { effort: "high", summary: "auto" },
      text: { verbosity: "low" },
      max_output_tokens: 99,
      parallel_tool_calls: false,
    });
    expect(bodies[0]).not.toHaveProperty("temperature");
    const silent = await play({ script: [done], config: { options: { reasoning: { effort: "high", summary: "none" } } } });
    expect(silent.bodies[0]?.["reasoning"]).toEqual({ effort: "high" });
    const named = await play({ script: [done], config: { model: "o4-mini-low" } });
    expect(named.bodies[0]).toMatchObject({ model: "o4-mini", reasoning: { effort: "low" } });
    const plain = await play({ script: [done], config: { model: "gpt-4o", options: { temperature: 0.5 } } });
    expect(plain.bodies[0]).toMatchObject({ model: "gpt-4o", temperature: 0.5 });
    expect(splitEffort("gpt-5-mini-high")).toEqual({ id: "gpt-5-mini-high", effort: undefined });
  });

  test("search and the code interpreter stand beside functions", async () => {
    const { bodies, steps } = await play({
      script: [
        responsesReply([
          { type: "web_search_call", query: "q" },
          { type: "message", text: "Found." },
          { type: "function_call", call_id: "call_x", name: "new_answer", arguments: { content: "x" } },
        ]),
      ],
      config: { options: { enable_web_search: true, enable_code_interpreter: true } },
    });
    expect(((bodies[0]?.["tools"] ?? []) as { type: string }[]).map((tool) => tool.type)).toEqual([
      "function",
      "web_search",
      "code_interpreter",
    ]);
    expect(steps[0]?.parts.map((part) => part.type)).toEqual(["tool-call", "provider-tool-result", "text", "tool-call"]);
  });

  test.each([
    ["an account without quota, inside the stream", responsesFailure("insufficient_quota", "You exceeded your current quota"), "quota", 0],
    ["a server error inside the stream", responsesFailure("server_error", "The server had an error"), "overloaded", 1],
  ])("%s", async (...[, reply, category, tries]) => {
    const script = tries === 0 ? [reply] : [reply, { ...done, repeats: true as const }];
    const { last, retries } = await play({ script });
    expect(retries).toHaveLength(tries);
    if (tries === 0) expect(last).toMatchObject({ outcome: "failed", failure: { category } });
    else expect(retries).toMatchObject([{ failure: { category } }]);
  });

  test("an incomplete reply is cut by its limit or stopped by a filter", async () => {
    const chat: TurnDrive = { request: { kind: "chat", workflow: [] } };
    const cut = await play({
      script: [responsesReply([{ type: "message", text: "half" }], { incomplete: "max_output_tokens" })],
      drive: chat,
    });
    expect(cut.last).toMatchObject({ outcome: "finished", text: "half", finish: "length" });
    const filtered = await play({
      script: [responsesReply([{ type: "message", text: "half" }], { incomplete: "content_filter" })],
      drive: chat,
    });
    expect(filtered.last).toMatchObject({ outcome: "failed", text: "half", failure: { category: "refused" } });
  });

  test("a refusal fails the turn and its words stay on record", async () => {
    const { last, steps } = await play({ script: [responsesReply([{ type: "refusal", text: "I cannot help with that." }])] });
    expect(steps[0]).toMatchObject({
      finish: expect.stringMatching(/refusal|content-filter/),
      parts: [{ type: "text", text: "I cannot help with that." }],
    });
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "refused" } });
  });
});

describe("Grok", () => {
  test("live search is a server tool beside functions", async () => {
    const { bodies } = await play({
      script: [done],
      config: { type: "grok", model: "grok-4.5", options: { enable_web_search: true, reasoning: { effort: "low" } } },
    });
    expect(((bodies[0]?.["tools"] ?? []) as { type: string }[]).map((tool) => tool.type)).toEqual(["function", "web_search", "x_search"]);
    expect(bodies[0]).toMatchObject({ reasoning: { effort: "low" }, store: false });
  });

  test.each([
    ["none", "none"],
    ["minimal", "low"],
    ["xhigh", "xhigh"],
    ["max", "high"],
  ])("the effort %s is asked for as %s", async (effort, sent) => {
    const { bodies, last } = await play({
      script: [done],
      config: { type: "grok", model: "grok-4.5", options: { reasoning: { effort } } },
    });
    expect(bodies[0]).toMatchObject({ reasoning: { effort: sent } });
    expect(last.outcome).toBe("decided");
  });

  test("search_parameters of extra_body go over chat completions, and not together with enable_web_search", async () => {
    await using server = await chatServer(() => ({ toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] }));
    const config = { type: "grok", model: "grok-3-mini", baseUrl: server.baseUrl, extraBody: { search_parameters: { mode: "on" } } };
    expect((await driveTurn(await testBackend(config))).last.outcome).toBe("decided");
    expect(server.requests[0]?.body).toMatchObject({ search_parameters: { mode: "on" } });
    await expect(testBackend({ ...config, options: { enable_web_search: true } })).rejects.toThrow("exclude each other");
  });
});

describe("Azure OpenAI", () => {
  test("REQ-BACKEND-21 asks a deployment under the endpoint and version of the file, with native tools", async () => {
    const seen: string[] = [];
    await using server = await chatServer(() => ({ toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] }));
    const io = impatientIo([], { AZURE_OPENAI_API_VERSION: "2025-01-01-preview" });
    const watching = { ...io, fetch: ((target, init) => (seen.push(String(target)), io.fetch(target, init))) as typeof io.fetch };
    const backend = await testBackend(
      { type: "azure_openai", model: "my-gpt", options: { azure_endpoint: server.url, max_tokens: 7 } },
      watching,
    );
    expect((await driveTurn(backend)).last.outcome).toBe("decided");
    expect(seen).toEqual([`${server.url}/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01-preview`]);
    const named = { azure_endpoint: `${server.url}/openai`, api_version: "2024-10-21" };
    await driveTurn(await testBackend({ type: "azure_openai", model: "my-gpt", options: named }, watching));
    await driveTurn(await testBackend({ type: "azure_openai", model: "my-gpt", baseUrl: `${server.url}/openai/v1` }, watching));
    expect(seen.slice(1)).toEqual([
      `${server.url}/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21`,
      expect.stringContaining(`${server.url}/openai/v1/chat/completions`),
    ]);
    expect(server.requests[0]?.headers["api-key"]).toBe("test-key-123456");
    expect(server.requests[0]?.body).toMatchObject({ max_completion_tokens: 7, stream: true });
  });

  test("says what is missing", async () => {
    await expect(testBackend({ type: "azure_openai", model: null })).rejects.toThrow("deployment");
    await expect(testBackend({ type: "azure_openai", model: "d" })).rejects.toThrow("needs an address");
  });
});

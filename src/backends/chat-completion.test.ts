// Chat completions over a scripted server: options, presets, errors, tools, and what becomes of odd replies.
import { describe, expect, test } from "vitest";
import {
  chatServer,
  driveTurn,
  impatientIo,
  scriptedTools,
  testBackend,
  type ChatReply,
  type ChatRequest,
  type DrivenTurn,
  type TestBackendOptions,
  type TurnDrive,
} from "../testing/index.ts";

type Case = { readonly replies: readonly ChatReply[]; readonly config?: Partial<TestBackendOptions>; readonly drive?: TurnDrive };
type Played = DrivenTurn & { readonly requests: readonly ChatRequest[] };

async function play({ replies, config, drive }: Case): Promise<Played> {
  await using server = await chatServer(
    ({ number }) => replies[number - 1] ?? { error: { status: 400, body: { error: { message: "too many requests for this test" } } } },
  );
  const backend = await testBackend({ type: "chatcompletion", model: "m", baseUrl: server.baseUrl, ...config }, impatientIo());
  const turn = await driveTurn(backend, drive);
  expect(server.requests).toHaveLength(replies.length);
  return { ...turn, requests: server.requests };
}

const answer: ChatReply = { toolCalls: [{ name: "new_answer", arguments: { content: "12" } }] };
const chat: TurnDrive = { request: { kind: "chat", workflow: [] } };

describe("chat completions", () => {
  test("reasoning, text and the decision arrive, with usage", async () => {
    const { parts, steps, requests } = await play({
      replies: [{ ...answer, reasoning: "adding", text: "so", usage: { input: 40, output: 9, cached: 32, reasoning: 4 } }],
    });
    expect(parts.map((part) => part.type)).toEqual([
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-end",
      "model-step",
      "turn-finished",
    ]);
    expect(steps[0]).toMatchObject({
      usage: { inputTokens: 40, cachedTokens: 32, outputTokens: 9, reasoningTokens: 4 },
      costUsd: null,
      model: "m",
    });
    expect(requests[0]?.headers["authorization"]).toBe("Bearer test-key-123456");
  });

  test("REQ-BACKEND-13 options and extra_body reach the body in the spelling of the configuration", async () => {
    const { requests } = await play({
      replies: [answer],
      config: {
        options: { temperature: 0, top_p: 0.5, max_tokens: 9, top_k: 3, min_p: 0.1, reasoning_effort: "low", stop: "END", rpm: 1000 },
        extraBody: { chat_template_kwargs: { enable_thinking: false } },
      },
    });
    expect(requests[0]?.body).toMatchObject({
      temperature: 0,
      top_p: 0.5,
      max_tokens: 9,
      top_k: 3,
      min_p: 0.1,
      reasoning_effort: "low",
      stop: ["END"],
      chat_template_kwargs: { enable_thinking: false },
      messages: [
        { role: "system", content: "You answer questions." },
        { role: "user", content: "What is 7 + 5?" },
      ],
    });
    expect(requests[0]?.body).not.toHaveProperty("rpm");
  });

  test("arguments that are no JSON are told to the judge and to the tool, and go back as an object", async () => {
    const tools = scriptedTools({
      mcp__a__b: {
        run: (input) => ({ ok: false, code: "invalid-input", message: `no object: ${JSON.stringify(input)}`, retryable: true }),
      },
    });
    const { decisions, requests, last } = await play({
      replies: [
        { toolCalls: [{ name: "mcp__a__b", arguments: "{broken" }] },
        { toolCalls: [{ name: "new_answer", arguments: '{"content": "cut of' }], finish: "length" },
        answer,
      ],
      drive: { tools },
    });
    expect(decisions[0]).toMatchObject({ name: "new_answer", malformed: '{"content": "cut of' });
    expect(JSON.stringify(requests[1]?.messages)).toContain("no object");
    expect(JSON.stringify(requests[2]?.messages)).toContain('{\\"malformed_arguments\\":\\"{\\\\\\"content');
    expect(last.outcome).toBe("decided");
  });

  test("a tool nobody knows is refused as a result, a re-spelled one is found", async () => {
    const tools = scriptedTools({ "mcp__a__read-file": { run: () => "contents" } });
    const { requests, last } = await play({
      replies: [
        {
          toolCalls: [
            { name: "nonsense", arguments: {} },
            { name: "mcp__a__read_file", arguments: {} },
          ],
        },
        answer,
      ],
      drive: { tools },
    });
    const results = requests[1]?.messages.filter((message) => message.role === "tool").map((message) => message.content);
    expect(results).toEqual(["There is no tool named nonsense.", "contents"]);
    expect(last.outcome).toBe("decided");
  });

  test("REQ-BACKEND-14 tool rounds are capped and the cap is stated; the decision is still possible", async () => {
    const tools = scriptedTools({ mcp__a__b: { run: () => "again" } });
    const call: ChatReply = { toolCalls: [{ name: "mcp__a__b", arguments: {} }] };
    const limits = { modelCallTimeoutMs: 20_000, toolRounds: 2, toolGraceMs: 0 };
    const good = await play({ replies: [call, call, answer], drive: { tools, request: { limits } } });
    expect(good.requests.map((request) => request.tools)).toEqual([
      ["new_answer", "mcp__a__b"],
      ["new_answer", "mcp__a__b"],
      ["new_answer"],
    ]);
    expect(good.warnings).toMatchObject([{ code: "E_TOOL_ROUNDS" }]);
    expect(good.last.outcome).toBe("decided");
    const bad = await play({ replies: [call, call, call], drive: { tools, request: { limits } } });
    expect(bad.last).toMatchObject({ outcome: "failed", failure: { code: "E_TOOL_ROUNDS" } });
    expect(tools.calls).toHaveLength(4);
  });

  test("a presentation declares no tools, and one handed in as an answer is taken", async () => {
    const request = { kind: "presentation", workflow: [], useTools: false } as const;
    const tools = scriptedTools({ mcp__a__b: { run: () => "never" } });
    const { requests, last } = await play({ replies: [answer], drive: { request, tools } });
    expect(requests[0]?.tools).toEqual([]);
    expect(last).toMatchObject({ outcome: "finished", text: "12" });
    const calling = await play({
      replies: [{ toolCalls: [{ name: "mcp__a__b", arguments: {} }] }, { text: "Twelve." }],
      drive: { request, tools },
    });
    expect(calling.last).toMatchObject({ outcome: "finished", text: "Twelve.", finish: "stop" });
    expect(tools.calls).toEqual([]);
  });

  test("an empty chat reply is asked for once more", async () => {
    const { last } = await play({ replies: [{ text: "" }, { text: "Twelve." }], drive: chat });
    expect(last).toMatchObject({ outcome: "finished", text: "Twelve." });
    const { last: still } = await play({ replies: [{ text: "" }, { text: "" }], drive: chat });
    expect(still).toMatchObject({ outcome: "finished", text: "" });
  });

  test("a budget that is used up ends the turn before the request", async () => {
    const failure = { category: "budget", code: "E_BUDGET", message: "no money left" } as const;
    const { last } = await play({ replies: [], drive: { admit: () => Promise.resolve(failure) } });
    expect(last).toEqual({ type: "turn-finished", outcome: "failed", failure });
  });

  test("a reply without an end in time is given up, tried once more, then failed as a time-out", async () => {
    const io = impatientIo();
    let expire = (): void => {};
    const after = (_ms: number, action: () => void) => ((expire = action), { cancel: () => {} });
    const hold = (): Promise<void> => new Promise(() => {});
    await using server = await chatServer(() => ({ text: "so far", hold }));
    const backend = await testBackend(
      { type: "chatcompletion", model: "m", baseUrl: server.baseUrl },
      { ...io, clock: { ...io.clock, after } },
    );
    const { last, steps } = await driveTurn(backend, { onPart: (part) => (part.type === "text-delta" ? expire() : undefined) });
    expect(server.requests).toHaveLength(2);
    expect(steps.map((step) => step.parts)).toEqual([[{ type: "text", text: "so far" }], [{ type: "text", text: "so far" }]]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "timeout", code: "E_PROVIDER_TIMEOUT" } });
  });

  test.each([
    [
      "an account without money",
      429,
      { error: { message: "You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota" } },
      "quota",
    ],
    ["a wrong key", 401, { error: { message: "Incorrect API key provided: test-key-123456", code: "invalid_api_key" } }, "authentication"],
    ["an unknown model", 404, { error: { message: "The model `m` does not exist", code: "model_not_found" } }, "configuration"],
    ["a proxy's page", 403, "<html>forbidden</html>", "authentication"],
  ])("%s ends the turn without another try, and no key in the message", async (...[, status, body, category]) => {
    const { last, retries } = await play({ replies: [{ error: { status, body } }] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category } });
    expect(last.failure?.message).not.toContain("test-key-123456");
  });

  test("REQ-BACKEND-15 a key goes to no other host: a redirect is refused and named", async () => {
    const { last } = await play({
      replies: [{ error: { status: 307, body: "", headers: { location: "http://127.0.0.1:1/v1/chat/completions" } } }],
    });
    expect(last).toMatchObject({
      outcome: "failed",
      failure: { category: "configuration", message: expect.stringContaining("redirects to http://127.0.0.1:1") },
    });
  });

  test("REQ-BACKEND-36 a web page in the place of a reply is called one, and not asked for again", async () => {
    const headers = { "content-type": "text/html; charset=utf-8" };
    const { last, retries } = await play({ replies: [{ error: { status: 200, body: "\n<!doctype html><title>Hi</title>", headers } }] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({
      outcome: "failed",
      failure: {
        category: "configuration",
        message: expect.stringContaining("a web page came"),
        next: expect.stringContaining("`base_url`"),
      },
    });
  });

  test("Retry-After is honoured", async () => {
    const { retries } = await play({
      replies: [{ error: { status: 429, body: { error: { message: "slow down" } }, headers: { "retry-after": "7" } } }, answer],
    });
    expect(retries).toMatchObject([{ delayMs: 7000, failure: { category: "rate-limit" } }]);
  });

  test("images of a result are replaced by a note, because only text goes back", async () => {
    const image = { type: "image", mediaType: "image/png", base64: "AAAA" } as const;
    const tools = scriptedTools({ mcp__a__shot: { run: () => ({ ok: true, content: [{ type: "text", text: "the page" }, image] }) } });
    const { requests } = await play({ replies: [{ toolCalls: [{ name: "mcp__a__shot", arguments: {} }] }, answer], drive: { tools } });
    expect(requests[1]?.messages.at(-1)?.content).toBe("the page\n[an image (image/png) that cannot be shown to this model]");
  });
});

describe("servers that are still connecting", () => {
  test("REQ-BACKEND-16 the model may wait for them, and their tools join at the next step", async () => {
    const late = scriptedTools({ mcp__slow__look: { run: () => "seen" } });
    let connected = false;
    const tools = {
      ...late,
      list: () => (connected ? late.list() : []),
      pending: () => (connected ? [] : ["slow"]),
      missing: () => (connected ? ['The server "bad" does not work now.'] : []),
      settled: (ms: number) => ((connected = ms > 1000), Promise.resolve()),
    };
    const { requests, steps, last } = await play({
      replies: [
        { toolCalls: [{ name: "wait_for_tools", arguments: {} }] },
        { toolCalls: [{ name: "mcp__slow__look", arguments: {} }] },
        answer,
      ],
      drive: { tools, request: { limits: { modelCallTimeoutMs: 20_000, toolRounds: 25, toolGraceMs: 5 } } },
    });
    expect(requests.map((request) => request.tools)).toEqual([
      ["new_answer", "wait_for_tools"],
      ["new_answer", "mcp__slow__look"],
      ["new_answer", "mcp__slow__look"],
    ]);
    const said = 'Now there are also: mcp__slow__look. The server "bad" does not work now.';
    expect(steps[0]?.parts).toMatchObject([
      { type: "tool-call", providerExecuted: true },
      { type: "provider-tool-result", output: said },
    ]);
    expect(requests[1]?.messages.at(-1)).toMatchObject({ role: "tool", content: said });
    expect(last.outcome).toBe("decided");
  });
});

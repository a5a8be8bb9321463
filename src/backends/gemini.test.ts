// Gemini over recorded shapes of its wire: every class of reply has an outcome, and what we send back is what the API demands.
import { describe, expect, test } from "vitest";
import {
  driveTurn, geminiBlockedPrompt, geminiCall, geminiCheck, geminiDayQuota, geminiError, geminiMidstreamError, geminiRateLimit, geminiReply, geminiText, impatientIo, replayServer,
  scriptedTools, testBackend, type DrivenTurn, type ReplayEntry, type TestBackendOptions, type TurnDrive,
} from "../testing/index.ts";

type Case = { readonly script: readonly ReplayEntry[]; readonly config?: Partial<TestBackendOptions>; readonly drive?: TurnDrive; readonly waits?: number[]; readonly pieces?: readonly number[] };
type Played = DrivenTurn & { readonly bodies: readonly Record<string, never>[] };

async function play({ script, config, drive, waits }: Case): Promise<Played> {
  await using server = await replayServer(script.map((entry) => ({ pieces: [7, 331, 13], assert: () => {}, ...entry })), { check: geminiCheck() });
  const backend = await testBackend({ type: "gemini", model: "gemini-3-flash-preview", baseUrl: server.url, ...config }, impatientIo(waits));
  const turn = await driveTurn(backend, drive);
  server.verify();
  return { ...turn, bodies: server.requests.map((request) => request.body as Record<string, never>) };
}

function declarationsOf(body: Record<string, unknown> | undefined): readonly { readonly name: string }[] {
  const tools = (body?.["tools"] ?? []) as readonly { readonly functionDeclarations?: readonly { readonly name: string }[] }[];
  return tools.flatMap((tool) => tool.functionDeclarations ?? []);
}

const answer = (content: string): ReplayEntry => geminiCall("new_answer", { content }, "sig-answer");

describe("Gemini: ordinary replies", () => {
  test("REQ-BACKEND-1 thoughts and text are streamed, a decision ends the turn, usage and cost are known", async () => {
    const { parts, steps, last } = await play({
      script: [geminiReply(
        { parts: [{ text: "Let me add.", thought: true }] },
        { parts: [{ text: "It is " }] },
        { parts: [{ text: "12." }] },
        { parts: [{ functionCall: { name: "new_answer", args: { content: "12" } }, thoughtSignature: "sig-1" }], finish: "STOP", usage: { prompt: 100, output: 20, thoughts: 30, cached: 40 } },
      )],
      config: { model: "gemini-2.5-flash" },
    });
    expect(parts.map((part) => part.type)).toEqual([
      "reasoning-start", "reasoning-delta", "reasoning-end", "text-start", "text-delta", "text-delta", "text-end", "model-step", "turn-finished",
    ]);
    expect(steps[0]?.parts).toEqual([
      { type: "reasoning", text: "Let me add." },
      { type: "text", text: "It is 12." },
      { type: "tool-call", call: "alice/1/1.1", providerCall: expect.any(String), name: "new_answer", input: { content: "12" }, metadata: { google: { thoughtSignature: "sig-1" } } },
    ]);
    expect(steps[0]).toMatchObject({ finish: "tool-calls", usage: { inputTokens: 100, cachedTokens: 40, outputTokens: 50, reasoningTokens: 30 } });
    expect(steps[0]?.costUsd).toBeGreaterThan(0);
    expect(last).toEqual({ type: "turn-finished", outcome: "decided" });
  });

  test("REQ-BACKEND-2 two parallel calls run at the same time, both results go back under their ids, the signature at its part", async () => {
    let running = 0;
    let most = 0;
    const run = async (input: unknown): Promise<string> => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return JSON.stringify(input);
    };
    const tools = scriptedTools({ mcp__time__now: { run, inputSchema: { type: "object", properties: { zone: { type: "string" } } } } });
    const { bodies, last } = await play({
      script: [
        geminiReply(
          { parts: [{ functionCall: { name: "mcp__time__now", args: { zone: "UTC" }, id: "fc-1" }, thoughtSignature: "sig-first" }] },
          { parts: [{ functionCall: { name: "mcp__time__now", args: { zone: "CET" }, id: "fc-2" } }], finish: "STOP" },
        ),
        answer("done"),
      ],
      drive: { tools },
    });
    expect(most).toBe(2);
    expect(tools.calls.map((call) => call.input)).toEqual([{ zone: "UTC" }, { zone: "CET" }]);
    expect(last.outcome).toBe("decided");
    const [, model, results] = bodies[1]?.["contents"] ?? [];
    expect(model).toEqual({ role: "model", parts: [
      { functionCall: { id: "fc-1", name: "mcp__time__now", args: { zone: "UTC" } }, thoughtSignature: "sig-first" },
      { functionCall: { id: "fc-2", name: "mcp__time__now", args: { zone: "CET" } } },
    ] });
    expect(results).toEqual({ role: "user", parts: [
      { functionResponse: { id: "fc-1", name: "mcp__time__now", response: { name: "mcp__time__now", content: '{"zone":"UTC"}' } } },
      { functionResponse: { id: "fc-2", name: "mcp__time__now", response: { name: "mcp__time__now", content: '{"zone":"CET"}' } } },
    ] });
  });

  test("REQ-BACKEND-3 other calls of the step run before its decision counts, and a message after results keeps the roles alternating", async () => {
    const order: string[] = [];
    const tools = scriptedTools({ mcp__a__b: { run: () => (order.push("tool"), "fine") } });
    const { bodies } = await play({
      script: [
        geminiReply({ parts: [{ functionCall: { name: "mcp__a__b", args: {} }, thoughtSignature: "s" }, { functionCall: { name: "new_answer", args: { content: "x" } } }], finish: "STOP" }),
        answer("y"),
      ],
      drive: {
        tools,
        decide: (step, calls) => {
          order.push("decide");
          const over = step === 2;
          return Promise.resolve({ over, accepted: over, results: calls.map(({ call }) => ({ call, isError: !over, text: "no" })), nudge: over ? null : "News for you." });
        },
      },
    });
    expect(order).toEqual(["tool", "decide", "decide"]);
    expect(JSON.stringify(bodies[1]?.["contents"])).toContain("no\\n\\nNews for you.");
  });

  test("the OpenAPI form has its own field and leaves it out for tools without arguments", async () => {
    const tools = scriptedTools({ mcp__a__none: { run: () => "" }, mcp__a__one: { run: () => "", inputSchema: { type: "object", properties: { n: { type: "integer" } } } } });
    const { bodies } = await play({ script: [answer("x")], config: { geminiSchema: "openapi" }, drive: { tools } });
    expect(declarationsOf(bodies[0]).map((one) => Object.keys(one))).toEqual([["name", "description", "parameters"], ["name", "description"], ["name", "description", "parameters"]]);
  });

  test("sampling, thinking, safety and extra_body reach the request", async () => {
    const { bodies } = await play({
      script: [answer("x")],
      config: {
        options: { temperature: 0.3, top_p: 0.9, max_tokens: 50, top_k: 7, thinking: { budget: 64 }, safety_settings: { HARM_CATEGORY_HARASSMENT: "BLOCK_NONE" } },
        extraBody: { generationConfig: { candidateCount: 1 } },
      },
    });
    expect(bodies[0]).toMatchObject({
      generationConfig: { temperature: 0.3, topP: 0.9, maxOutputTokens: 50, topK: 7, candidateCount: 1, thinkingConfig: { thinkingBudget: 64, includeThoughts: true } },
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      systemInstruction: { parts: [{ text: "You answer questions." }] },
    });
  });
});

describe("Gemini: built-in search and code execution", () => {
  test("REQ-BACKEND-4 on 2.x a search is a nested request with only the built-in; search, MCP and decision work in one turn", async () => {
    const grounding = { webSearchQueries: ["q"], groundingChunks: [{ web: { uri: "https://example.org/a", title: "A" } }] };
    const tools = scriptedTools({ mcp__a__b: { run: () => "fine" } });
    const { bodies, steps, last } = await play({
      config: { model: "gemini-2.5-flash", options: { enable_web_search: true, enable_code_execution: true } },
      script: [
        geminiReply({ parts: [{ functionCall: { name: "web_search", args: { query: "who won" } }, thoughtSignature: "s1" }, { functionCall: { name: "mcp__a__b", args: {} } }], finish: "STOP" }),
        geminiReply({ parts: [{ text: "Team A won." }], finish: "STOP", grounding, usage: { prompt: 5, output: 6 } }),
        answer("Team A"),
      ],
      drive: { tools },
    });
    expect(declarationsOf(bodies[0]).map((one) => one.name)).toEqual(["new_answer", "web_search", "run_python", "mcp__a__b"]);
    expect(bodies[1]?.["tools"]).toEqual([{ googleSearch: {} }]);
    expect(steps[0]?.parts.map((part) => part.type)).toEqual(["tool-call", "tool-call", "provider-tool-result", "source"]);
    expect(steps[0]?.usage).toMatchObject({ inputTokens: 17, outputTokens: 13 });
    expect(JSON.stringify(bodies[2]?.["contents"])).toContain("Team A won.\\n\\nSources:\\n- A: https://example.org/a");
    expect(last.outcome).toBe("decided");
  });

  test("on 3.x built-ins and functions stand in one request", async () => {
    const { bodies } = await play({ script: [answer("x")], config: { options: { enable_web_search: true, enable_code_execution: true } } });
    expect(bodies[0]?.["tools"]).toMatchObject([{ googleSearch: {} }, { codeExecution: {} }, { functionDeclarations: [{ name: "new_answer" }] }]);
  });
});

describe("Gemini: replies that end in another way", () => {
  test("an empty reply and one cut by the token limit are told to the model, with a warning for people", async () => {
    const { decisions, last, warnings, bodies } = await play({
      script: [geminiReply({ finish: "MAX_TOKENS", usage: { prompt: 9, thoughts: 50 } }), geminiText("half an ans", "MAX_TOKENS"), geminiReply({ parts: [], finish: "STOP" })],
    });
    expect(decisions).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { code: "E_TURN_ATTEMPTS" } });
    expect(warnings.map((warning) => warning.message)).toEqual([expect.stringContaining("before it said anything"), expect.stringContaining("was cut")]);
    expect(JSON.stringify(bodies[2])).toContain("half an ans");
  });

  test("a cut reply is a result with its reason where nothing is decided", async () => {
    const { last } = await play({ script: [geminiText("half", "MAX_TOKENS")], drive: { request: { kind: "chat", workflow: [] } } });
    expect(last).toEqual({ type: "turn-finished", outcome: "finished", text: "half", finish: "length" });
  });

  test.each([
    ["SAFETY without content", geminiReply({ finish: "SAFETY" }), "content-filter"],
    ["a blocked prompt", geminiBlockedPrompt(), "content-filter"],
    ["a reason this program has never heard of, from the armour", geminiReply({ finish: "MODEL_ARMOR", finishMessage: "blocked" }), "content-filter"],
    ["RECITATION after some text", geminiText("As the poem says", "RECITATION"), "content-filter"],
  ])("%s fails the turn as refused and keeps what came", async (_name, reply, finish) => {
    const { last, steps } = await play({ script: [reply] });
    expect(steps.map((step) => step.finish)).toEqual([finish]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "refused", code: "E_PROVIDER_REPLY" } });
  });

  test("an unknown reason with content is an ordinary end", async () => {
    const { last, steps } = await play({ script: [geminiText("Twelve.", "SOMETHING_NEW")], drive: { request: { kind: "chat", workflow: [] } } });
    expect(steps[0]?.finish).toBe("other");
    expect(last).toMatchObject({ outcome: "finished", text: "Twelve." });
  });

  test("REQ-BACKEND-5 a malformed function call gets exactly one corrective attempt", async () => {
    const malformed = geminiReply({ finish: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed function call: print(" });
    const once = await play({ script: [malformed, answer("x")] });
    expect(once.last.outcome).toBe("decided");
    const twice = await play({ script: [malformed, malformed] });
    expect(twice.last).toMatchObject({ outcome: "failed", failure: { category: "protocol" } });
    const chat = await play({ script: [malformed, { ...geminiText("fine"), repeats: true }], drive: { request: { kind: "chat", workflow: [] } } });
    expect(chat.last).toMatchObject({ outcome: "finished", text: "fine" });
  });

  test("a stream without an end is asked for once more, and what came stays on record", async () => {
    const open = geminiReply({ parts: [{ text: "Once upon" }] });
    const { steps, retries, last } = await play({ script: [open, { ...answer("x"), repeats: true }] });
    expect(steps.map(({ step, finish }) => [step, finish])).toEqual([[1, "error"], [2, "tool-calls"]]);
    expect(retries).toMatchObject([{ attempt: 1, failure: { category: "protocol" } }]);
    expect(last.outcome).toBe("decided");
    const twice = await play({ script: [open, { ...open, repeats: true }] });
    expect(twice.last).toMatchObject({ outcome: "failed", text: "Once upon", failure: { category: "protocol", code: "E_PROVIDER_REPLY" } });
  });
});

describe("Gemini: errors", () => {
  test("REQ-BACKEND-6 an overloaded provider is tried four times in all, with growing waits that people can see", async () => {
    const waits: number[] = [];
    const busy = { ...geminiError(503, "UNAVAILABLE", "The model is overloaded."), times: 4, repeats: true } as const;
    const { retries, last } = await play({ script: [busy], waits });
    expect(waits).toEqual([500, 1000, 2000]);
    expect(retries.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([[1, 500], [2, 1000], [3, 2000]]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "overloaded", code: "E_PROVIDER_OVERLOADED" } });
  });

  test("an overload in the middle of a stream is tried again; the partial text stays on record", async () => {
    const { steps, last } = await play({ script: [geminiMidstreamError("Half a"), { ...answer("x"), repeats: true }] });
    expect(steps[0]).toMatchObject({ finish: "error", parts: [{ type: "text", text: "Half a" }] });
    expect(last.outcome).toBe("decided");
  });

  test("REQ-BACKEND-7 a rate limit is waited for as long as the provider asks, a longer wait than a minute is not made", async () => {
    const waits: number[] = [];
    const ok = await play({ script: [geminiRateLimit("34.4s"), { ...answer("x"), repeats: true }], waits });
    expect(ok.last.outcome).toBe("decided");
    expect(waits).toEqual([34_400]);
    const long = await play({ script: [geminiRateLimit("90s")] });
    expect(long.last).toMatchObject({ outcome: "failed", failure: { category: "rate-limit" } });
  });

  test("REQ-BACKEND-8 the quota of a day is not tried again", async () => {
    const { last, retries } = await play({ script: [geminiDayQuota()] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "quota", code: "E_PROVIDER_QUOTA" } });
  });

  test.each([
    ["a wrong key", geminiError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."), "authentication", /GOOGLE_API_KEY or GEMINI_API_KEY/],
    ["a missing right", geminiError(403, "PERMISSION_DENIED", "The caller does not have permission"), "authentication", /./],
    ["an unknown model", geminiError(404, "NOT_FOUND", "models/gemini-9 is not found"), "configuration", /./],
    ["a bad request", geminiError(400, "INVALID_ARGUMENT", "temperature must be in [0, 2]"), "bad-request", /provider's message/],
  ] as const)("%s ends the turn at once with the provider's words", async (...[, reply, category, next]) => {
    const { last, retries } = await play({ script: [reply] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category, message: expect.stringContaining("HTTP 4"), next: expect.stringMatching(next) } });
  });

  test("REQ-BACKEND-9 a refused schema names the server's tool", async () => {
    const tools = scriptedTools({ mcp__files__read: { server: "files", run: () => "" } });
    const { last } = await play({
      script: [geminiError(400, "INVALID_ARGUMENT", "* GenerateContentRequest.tools[0].function_declarations[1].parameters: unknown field")], drive: { tools },
    });
    expect(last.failure?.message).toContain('the tool "read" of the MCP server "files"');
  });

  test("a connection that is refused or cut is a network failure, tried again", async () => {
    const { last, retries } = await play({ script: [{ ...geminiText("never complete"), abortAt: 20 }, { ...answer("x"), repeats: true }] });
    expect(retries).toMatchObject([{ failure: { category: "network" } }]);
    expect(last.outcome).toBe("decided");
    const backend = await testBackend({ type: "gemini", baseUrl: "http://127.0.0.1:9" });
    expect((await driveTurn(backend)).last).toMatchObject({ outcome: "failed", failure: { category: "network", code: "E_PROVIDER_NETWORK" } });
  });
});

// Gemini over shapes of its wire: what is streamed and recorded, and that what we send back is what the API demands.
import { describe, expect, test } from "vitest";
import { geminiReply, scriptedTools } from "../testing/index.ts";
import { answer, declarationsOf, play } from "./gemini.test-support.ts";

describe("Gemini: ordinary replies", () => {
  test("REQ-BACKEND-1 thoughts and text are streamed, a decision ends the turn, usage and cost are known", async () => {
    const { parts, steps, last } = await play({
      script: [
        geminiReply(
          { parts: [{ text: "Let me add.", thought: true }] },
          { parts: [{ text: "It is " }] },
          { parts: [{ text: "12." }] },
          {
            parts: [{ functionCall: { name: "new_answer", args: { content: "12" } }, thoughtSignature: "sig-1" }],
            finish: "STOP",
            usage: { prompt: 100, output: 20, thoughts: 30, cached: 40 },
          },
        ),
      ],
      config: { model: "gemini-2.5-flash" },
    });
    // Pieces that arrive together may be handed on as one.
    expect(parts.map((part) => part.type).filter((type, at, all) => type !== all[at - 1])).toEqual([
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-end",
      "model-step",
      "turn-finished",
    ]);
    expect(steps[0]?.parts).toEqual([
      { type: "reasoning", text: "Let me add." },
      { type: "text", text: "It is 12." },
      {
        type: "tool-call",
        call: "alice/1/1.1",
        providerCall: expect.any(String),
        name: "new_answer",
        input: { content: "12" },
        metadata: { google: { thoughtSignature: "sig-1" } },
      },
    ]);
    expect(steps[0]).toMatchObject({
      finish: "tool-calls",
      usage: { inputTokens: 100, cachedTokens: 40, outputTokens: 50, reasoningTokens: 30 },
    });
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
    expect(model).toEqual({
      role: "model",
      parts: [
        { functionCall: { id: "fc-1", name: "mcp__time__now", args: { zone: "UTC" } }, thoughtSignature: "sig-first" },
        { functionCall: { id: "fc-2", name: "mcp__time__now", args: { zone: "CET" } } },
      ],
    });
    expect(results).toEqual({
      role: "user",
      parts: [
        { functionResponse: { id: "fc-1", name: "mcp__time__now", response: { name: "mcp__time__now", content: '{"zone":"UTC"}' } } },
        { functionResponse: { id: "fc-2", name: "mcp__time__now", response: { name: "mcp__time__now", content: '{"zone":"CET"}' } } },
      ],
    });
  });

  test("REQ-BACKEND-3 other calls of the step run before its decision counts, and a message after results keeps the roles alternating", async () => {
    const order: string[] = [];
    const tools = scriptedTools({ mcp__a__b: { run: () => (order.push("tool"), "fine") } });
    const { bodies } = await play({
      script: [
        geminiReply({
          parts: [
            { functionCall: { name: "mcp__a__b", args: {} }, thoughtSignature: "s" },
            { functionCall: { name: "new_answer", args: { content: "x" } } },
          ],
          finish: "STOP",
        }),
        answer("y"),
      ],
      drive: {
        tools,
        decide: (step, calls) => {
          order.push("decide");
          const over = step === 2;
          return Promise.resolve({
            over,
            accepted: over,
            results: calls.map(({ call }) => ({ call, isError: !over, text: "no" })),
            nudge: over ? null : "News for you.",
          });
        },
      },
    });
    expect(order).toEqual(["tool", "decide", "decide"]);
    expect(JSON.stringify(bodies[1]?.["contents"])).toContain("no\\n\\nNews for you.");
  });

  test("the OpenAPI form has its own field and leaves it out for tools without arguments", async () => {
    const tools = scriptedTools({
      mcp__a__none: { run: () => "" },
      mcp__a__one: { run: () => "", inputSchema: { type: "object", properties: { n: { type: "integer" } } } },
    });
    const { bodies } = await play({ script: [answer("x")], config: { geminiSchema: "openapi" }, drive: { tools } });
    expect(declarationsOf(bodies[0]).map((one) => Object.keys(one))).toEqual([
      ["name", "description", "parameters"],
      ["name", "description"],
      ["name", "description", "parameters"],
    ]);
  });

  test("sampling, thinking, safety and extra_body reach the request", async () => {
    const { bodies } = await play({
      script: [answer("x")],
      config: {
        options: {
          temperature: 0.3,
          top_p: 0.9,
          max_tokens: 50,
          top_k: 7,
          thinking: { budget_tokens: 64 },
          safety_settings: { HARM_CATEGORY_HARASSMENT: "BLOCK_NONE" },
        },
        extraBody: { generationConfig: { candidateCount: 1 } },
      },
    });
    expect(bodies[0]).toMatchObject({
      generationConfig: {
        temperature: 0.3,
        topP: 0.9,
        maxOutputTokens: 50,
        topK: 7,
        candidateCount: 1,
        thinkingConfig: { thinkingBudget: 64, includeThoughts: true },
      },
      safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
      systemInstruction: { parts: [{ text: "You answer questions." }] },
    });
  });
});

describe("Gemini: thinking", () => {
  test.each([
    ["gemini-2.5-flash", { type: "disabled" }, { thinkingBudget: 0 }],
    ["gemini-3-flash-preview", { type: "disabled" }, { thinkingLevel: "minimal", includeThoughts: false }],
    ["gemini-3-flash-preview", { level: "low" }, { thinkingLevel: "low", includeThoughts: true }],
    ["gemini-2.5-flash", { include_thoughts: false }, { includeThoughts: false }],
    ["gemini-2.5-flash", undefined, { includeThoughts: true }],
    ["gemini-2.0-flash", undefined, undefined],
  ])("%s with %j asks for %j", async (model, thinking, expected) => {
    const { bodies } = await play({ script: [answer("x")], config: { model, options: thinking === undefined ? {} : { thinking } } });
    expect((bodies[0]?.["generationConfig"] as { thinkingConfig?: object } | undefined)?.thinkingConfig).toEqual(expected);
  });
});

describe("Gemini: built-in search and code execution", () => {
  test("REQ-BACKEND-4 on 2.x a search is a nested request with only the built-in; search, MCP and decision work in one turn", async () => {
    const grounding = { webSearchQueries: ["q"], groundingChunks: [{ web: { uri: "https://example.org/a", title: "A" } }] };
    const tools = scriptedTools({ mcp__a__b: { run: () => "fine" } });
    const { bodies, steps, last } = await play({
      config: { model: "gemini-2.5-flash", options: { enable_web_search: true, enable_code_execution: true } },
      script: [
        geminiReply({
          parts: [
            { functionCall: { name: "web_search", args: { query: "who won" } }, thoughtSignature: "s1" },
            { functionCall: { name: "mcp__a__b", args: {} } },
          ],
          finish: "STOP",
        }),
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
    expect(bodies[0]?.["tools"]).toMatchObject([
      { googleSearch: {} },
      { codeExecution: {} },
      { functionDeclarations: [{ name: "new_answer" }] },
    ]);
  });
});

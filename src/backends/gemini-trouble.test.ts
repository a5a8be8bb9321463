// Gemini in trouble: every way a reply can end, and every class of error, has an outcome.
import { describe, expect, test } from "vitest";
import {
  driveTurn,
  geminiBlockedPrompt,
  geminiDayQuota,
  geminiError,
  geminiMidstreamError,
  geminiRateLimit,
  geminiReply,
  geminiText,
  scriptedTools,
  testBackend,
} from "../testing/index.ts";
import { answer, play } from "./gemini.test-support.ts";

describe("Gemini: replies that end in another way", () => {
  test("an empty reply and one cut by the token limit are told to the model, with a warning for people", async () => {
    const { decisions, last, warnings, bodies } = await play({
      script: [
        geminiReply({ finish: "MAX_TOKENS", usage: { prompt: 9, thoughts: 50 } }),
        geminiText("half an ans", "MAX_TOKENS"),
        geminiReply({ parts: [], finish: "STOP" }),
      ],
    });
    expect(decisions).toEqual([]);
    expect(last).toMatchObject({ outcome: "failed", failure: { code: "E_TURN_ATTEMPTS" } });
    expect(warnings.map((warning) => warning.message)).toEqual([
      expect.stringContaining("before it said anything"),
      expect.stringContaining("was cut"),
    ]);
    expect(JSON.stringify(bodies[2])).toContain("half an ans");
  });

  test("a cut reply is a result with its reason where nothing is decided", async () => {
    const { last } = await play({ script: [geminiText("half", "MAX_TOKENS")], drive: { request: { kind: "chat", workflow: [] } } });
    expect(last).toEqual({ type: "turn-finished", outcome: "finished", text: "half", finish: "length" });
  });

  test.each([
    ["SAFETY without content", geminiReply({ finish: "SAFETY" }), "content-filter"],
    ["a blocked prompt", geminiBlockedPrompt(), "content-filter"],
    [
      "a reason this program has never heard of, from the armour",
      geminiReply({ finish: "MODEL_ARMOR", finishMessage: "blocked" }),
      "content-filter",
    ],
    ["RECITATION after some text", geminiText("As the poem says", "RECITATION"), "content-filter"],
  ])("%s fails the turn as refused and keeps what came", async (_name, reply, finish) => {
    const { last, steps } = await play({ script: [reply] });
    expect(steps.map((step) => step.finish)).toEqual([finish]);
    expect(last).toMatchObject({ outcome: "failed", failure: { category: "refused", code: "E_PROVIDER_REPLY" } });
  });

  test("an unknown reason with content is an ordinary end", async () => {
    const { last, steps } = await play({
      script: [geminiText("Twelve.", "SOMETHING_NEW")],
      drive: { request: { kind: "chat", workflow: [] } },
    });
    expect(steps[0]?.finish).toBe("other");
    expect(last).toMatchObject({ outcome: "finished", text: "Twelve." });
  });

  test("REQ-BACKEND-5 a malformed function call gets exactly one corrective attempt", async () => {
    const malformed = geminiReply({ finish: "MALFORMED_FUNCTION_CALL", finishMessage: "Malformed function call: print(" });
    const once = await play({ script: [malformed, answer("x")] });
    expect(once.last.outcome).toBe("decided");
    const twice = await play({ script: [malformed, malformed] });
    expect(twice.last).toMatchObject({ outcome: "failed", failure: { category: "protocol" } });
    const chat = await play({
      script: [malformed, { ...geminiText("fine"), repeats: true }],
      drive: { request: { kind: "chat", workflow: [] } },
    });
    expect(chat.last).toMatchObject({ outcome: "finished", text: "fine" });
  });

  test("a stream without an end is asked for again, twice at most, and what came stays on record", async () => {
    const open = geminiReply({ parts: [{ text: "Once upon" }] });
    const { steps, retries, last } = await play({ script: [open, { ...answer("x"), repeats: true }] });
    expect(steps.map(({ step, finish }) => [step, finish])).toEqual([
      [1, "error"],
      [2, "tool-calls"],
    ]);
    expect(retries).toMatchObject([{ attempt: 1, failure: { category: "protocol" } }]);
    expect(last.outcome).toBe("decided");
    const never = await play({ script: [{ ...open, times: 3, repeats: true }] });
    expect(never.steps).toHaveLength(3);
    expect(never.last).toMatchObject({ outcome: "failed", text: "Once upon", failure: { category: "protocol", code: "E_PROVIDER_REPLY" } });
  });
});

describe("Gemini: errors", () => {
  test("REQ-BACKEND-6 an overloaded provider is tried four times in all, with growing waits that people can see", async () => {
    const waits: number[] = [];
    const busy = { ...geminiError(503, "UNAVAILABLE", "The model is overloaded."), times: 4, repeats: true } as const;
    const { retries, last } = await play({ script: [busy], waits });
    expect(waits).toEqual([500, 1000, 2000]);
    expect(retries.map(({ attempt, delayMs }) => [attempt, delayMs])).toEqual([
      [1, 500],
      [2, 1000],
      [3, 2000],
    ]);
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
    [
      "a wrong key",
      geminiError(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
      "authentication",
      /GOOGLE_API_KEY or GEMINI_API_KEY/,
    ],
    ["a missing right", geminiError(403, "PERMISSION_DENIED", "The caller does not have permission"), "authentication", /./],
    ["an unknown model", geminiError(404, "NOT_FOUND", "models/gemini-9 is not found"), "configuration", /./],
    ["a bad request", geminiError(400, "INVALID_ARGUMENT", "temperature must be in [0, 2]"), "bad-request", /provider's message/],
  ] as const)("%s ends the turn at once with the provider's words", async (...[, reply, category, next]) => {
    const { last, retries } = await play({ script: [reply] });
    expect(retries).toEqual([]);
    expect(last).toMatchObject({
      outcome: "failed",
      failure: { category, message: expect.stringContaining("HTTP 4"), next: expect.stringMatching(next) },
    });
  });

  test("REQ-BACKEND-9 a refused schema names the server's tool", async () => {
    const tools = scriptedTools({ mcp__files__read: { server: "files", run: () => "" } });
    const { last } = await play({
      script: [
        geminiError(400, "INVALID_ARGUMENT", "* GenerateContentRequest.tools[0].function_declarations[1].parameters: unknown field"),
      ],
      drive: { tools },
    });
    expect(last.failure?.message).toContain('the tool "read" of the MCP server "files"');
  });

  test("a connection that is refused or cut is a network failure, tried again", async () => {
    const { last, retries } = await play({
      script: [
        { ...geminiText("never complete"), abortAt: 20 },
        { ...answer("x"), repeats: true },
      ],
    });
    expect(retries).toMatchObject([{ failure: { category: "network" } }]);
    expect(last.outcome).toBe("decided");
    const backend = await testBackend({ type: "gemini", baseUrl: "http://127.0.0.1:9" });
    expect((await driveTurn(backend)).last).toMatchObject({
      outcome: "failed",
      failure: { category: "network", code: "E_PROVIDER_NETWORK" },
    });
  });
});

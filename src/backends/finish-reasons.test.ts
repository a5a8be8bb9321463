// Every way a provider can end a reply, on every wire: what becomes of the turn, and that nothing that came is lost.
import { describe, expect, test } from "vitest";
import {
  anthropicReply,
  chatServer,
  driveTurn,
  geminiBlockedPrompt,
  geminiCall,
  geminiReply,
  geminiText,
  impatientIo,
  replayServer,
  responsesReply,
  testBackend,
  type ChatReply,
  type DrivenTurn,
  type ReplayReply,
} from "../testing/index.ts";

/**
 * `told`: the turn goes on with a word to the model; `warned`: the same, and people learn why; `again`: the request is made once more, and that is
 * an event; `refused`: the turn fails as refused; `corrected`: one more attempt is asked for, without a retry.
 */
type Outcome = "told" | "warned" | "again" | "refused" | "corrected";
type Ended = { readonly turn: DrivenTurn; readonly requests: number };

function outcomeOf({ turn, requests }: Ended): Outcome {
  if (turn.last.failure?.category === "refused" && requests === 1 && turn.retries.length === 0) return "refused";
  if (turn.last.outcome !== "decided" || requests !== 2) throw new Error(`${JSON.stringify(turn.last)} after ${requests} requests`);
  if (turn.retries.length > 0) return "again";
  if (turn.steps[0]?.finish === "malformed-call") return "corrected";
  if (turn.warnings.length > 0) return "warned";
  return "told";
}

async function replayed(type: string, first: ReplayReply, answer: ReplayReply): Promise<Ended> {
  await using server = await replayServer(
    [first, { ...answer, times: 3, repeats: true as const }].map((entry) => ({ ...entry, assert: () => {} })),
  );
  const model = { gemini: "gemini-2.5-flash", claude: "claude-sonnet-4-5", openai: "gpt-5-mini", grok: "grok-4" }[type] ?? "m";
  const turn = await driveTurn(await testBackend({ type, model, baseUrl: server.url }, impatientIo()));
  return { turn, requests: server.requests.length };
}

async function chatted(type: string, first: ChatReply): Promise<Ended> {
  await using server = await chatServer(({ number }) =>
    number === 1 ? first : { toolCalls: [{ name: "new_answer", arguments: { content: "x" } }] },
  );
  const options = type === "azure_openai" ? { azure_endpoint: server.url } : {};
  const backend = await testBackend({ type, model: "m", baseUrl: server.baseUrl, options }, impatientIo());
  return { turn: await driveTurn(backend), requests: server.requests.length };
}

const kept = ({ turn }: Ended): string =>
  turn.steps
    .flatMap(({ parts }) => parts)
    .map((part) => (part.type === "text" ? part.text : ""))
    .join("");

/** Text that came before the end is on record, whatever the end was. */
function check(ended: Ended, outcome: Outcome, came: string): void {
  expect(outcomeOf(ended)).toBe(outcome);
  expect(kept(ended)).toContain(came);
  // Every request is a step with what it cost.
  expect(ended.turn.steps).toHaveLength(ended.requests);
  for (const { usage } of ended.turn.steps) expect(usage.inputTokens).not.toBeNull();
}

describe("Gemini (REQ-BACKEND-35)", () => {
  const answer = geminiCall("new_answer", { content: "x" }, "s");
  const blocked = ["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "MODEL_ARMOR", "IMAGE_SAFETY"] as const;
  const usage = { prompt: 9, output: 3 };

  test.each([
    ["STOP", "told"],
    ["MAX_TOKENS", "warned"],
    ["OTHER", "told"],
    ["TOO_MANY_TOOL_CALLS", "told"],
    ["MISSING_THOUGHT_SIGNATURE", "told"],
    ["SOMETHING_NEW", "told"],
    ...blocked.map((reason) => [reason, "refused"] as const),
  ] as const)("%s after some text: %s", async (reason, outcome) => {
    check(await replayed("gemini", geminiText("Some text.", reason), answer), outcome, "Some text.");
  });

  test.each([
    ["STOP", "told"],
    ["MAX_TOKENS", "warned"],
    ["OTHER", "warned"],
    ["SOMETHING_NEW", "warned"],
    ["MALFORMED_FUNCTION_CALL", "corrected"],
    ["UNEXPECTED_TOOL_CALL", "corrected"],
    ["MALFORMED_RESPONSE", "corrected"],
    ...blocked.map((reason) => [reason, "refused"] as const),
  ] as const)("%s without anything: %s", async (reason, outcome) => {
    check(await replayed("gemini", geminiReply({ finish: reason, usage }), answer), outcome, "");
  });

  test("a blocked prompt: refused", async () => {
    expect(outcomeOf(await replayed("gemini", geminiBlockedPrompt(), answer))).toBe("refused");
  });
});

describe("Claude (REQ-BACKEND-35)", () => {
  const answer = anthropicReply([{ type: "tool_use", id: "t1", name: "new_answer", input: { content: "x" } }]);

  test.each([
    ["end_turn", "told"],
    ["stop_sequence", "told"],
    ["max_tokens", "warned"],
    ["model_context_window_exceeded", "warned"],
    ["refusal", "refused"],
    ["pause_turn", "told"],
    ["something_new", "told"],
  ] as const)("%s after some text: %s", async (stop, outcome) => {
    check(await replayed("claude", anthropicReply([{ type: "text", text: "Some text." }], { stop }), answer), outcome, "Some text.");
  });

  test("a context that is used up is not called a limit of the reply", async () => {
    const reply = anthropicReply([{ type: "text", text: "Some text." }], { stop: "model_context_window_exceeded" });
    const { turn } = await replayed("claude", reply, answer);
    expect(turn.warnings).toMatchObject([
      { message: expect.stringContaining("too long for the model"), next: expect.stringContaining("longer context") },
    ]);
  });
});

describe.each(["openai", "grok"])("%s (REQ-BACKEND-35)", (type) => {
  const answer = responsesReply([{ type: "function_call", call_id: "c1", name: "new_answer", arguments: { content: "x" } }]);
  const message = [{ type: "message", text: "Some text." }] as const;
  const failedBody = String(responsesReply(message).body).replaceAll(/response\.completed|"completed","output":\[\],"usage"/g, (found) =>
    found.startsWith("response") ? "response.failed" : '"failed","error":null,"output":[],"usage"',
  );

  test.each([
    ["completed", responsesReply(message), "told"],
    ["incomplete: max_output_tokens", responsesReply(message, { incomplete: "max_output_tokens" }), "warned"],
    ["incomplete: content_filter", responsesReply(message, { incomplete: "content_filter" }), "refused"],
    ["incomplete: something_new", responsesReply(message, { incomplete: "something_new" }), "told"],
    ["failed, without a word why", { body: failedBody }, "again"],
  ] as const)("%s after some text: %s", async (...[, reply, outcome]) => {
    check(await replayed(type, reply, answer), outcome, "Some text.");
  });
});

describe.each(["chatcompletion", "zai", "mistral", "deepseek", "openrouter", "azure_openai"])("%s (REQ-BACKEND-35)", (type) => {
  test.each([
    ["stop", "told"],
    ["length", "warned"],
    ["model_length", "warned"],
    ["content_filter", "refused"],
    ["sensitive", "refused"],
    ["insufficient_system_resource", "again"],
    ["network_error", "again"],
    ["error", "again"],
    ["something_new", "told"],
  ] as const)("%s after some text: %s", async (finish, outcome) => {
    check(await chatted(type, { text: "Some text.", finish }), outcome, "Some text.");
  });

  test("a reply that was given up before it said anything is on record with what it cost", async () => {
    check(await chatted(type, { finish: "error" }), "again", "");
  });

  test.each(["stop", "length", "function_call", "error", "something_new"])("a whole decision counts, also with %s", async (finish) => {
    const { turn, requests } = await chatted(type, { toolCalls: [{ name: "new_answer", arguments: { content: "kept" } }], finish });
    expect([turn.last.outcome, requests, turn.decisions[0]?.input]).toEqual(["decided", 1, { content: "kept" }]);
  });
});

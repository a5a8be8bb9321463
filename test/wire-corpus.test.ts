// Every recorded reply of the corpus through our backends: what comes out is what the corpus says, and the conversation goes on by the provider's rules.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  anthropicCheck,
  anthropicReply,
  chatCheck,
  driveTurn,
  geminiCall,
  geminiCheck,
  impatientIo,
  replayBody,
  replayServer,
  responsesCheck,
  responsesReply,
  scriptedTools,
  testBackend,
  type DrivenTurn,
  type RecordedWire,
  type ReplayReply,
  type WireCheck,
} from "../src/testing/index.ts";

const ROOT = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "..", "..", "shared", "data"), "wire");
const present = existsSync(join(ROOT, "index.tsv"));
if (!present) console.log(`no corpus of recorded replies at ${ROOT}: its tests are skipped`);

const table = (name: string): string[][] =>
  present
    ? readFileSync(join(ROOT, name), "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split("\t"))
    : [];

/** The types that go with a wire; a decision in its words ends every conversation. */
const WIRES: Readonly<
  Record<RecordedWire, { readonly type: string; readonly model: string; readonly check: () => WireCheck; readonly decision: ReplayReply }>
> = {
  gemini: {
    type: "gemini",
    model: "gemini-3-flash-preview",
    check: geminiCheck,
    decision: geminiCall("new_answer", { content: "x" }, "s"),
  },
  anthropic: {
    type: "claude",
    model: "claude-sonnet-4-5",
    check: anthropicCheck,
    decision: anthropicReply([{ type: "tool_use", id: "t", name: "new_answer", input: { content: "x" } }]),
  },
  "openai-responses": {
    type: "openai",
    model: "gpt-5-mini",
    check: responsesCheck,
    decision: responsesReply([{ type: "function_call", call_id: "c", name: "new_answer", arguments: { content: "x" } }]),
  },
  chat: {
    type: "chatcompletion",
    model: "m",
    check: chatCheck,
    decision: {
      body: `data: ${JSON.stringify({ id: "1", choices: [{ delta: { tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "new_answer", arguments: '{"content":"x"}' } }] }, finish_reason: "tool_calls" }] })}\n\ndata: [DONE]\n\n`,
    },
  },
};

/** Where we judge otherwise than the oracle, which is another client's reading; and what each error means to us. */
const JUDGED: Readonly<
  Record<string, { readonly finish?: string; readonly category?: string; readonly parts?: string; readonly usage?: string }>
> = {
  // The armour blocked the reply: that is a filter, whatever the SDK's table knows.
  "gemini/p-response-blocked-model-armor.json": { finish: "content-filter", category: "refused" },
  "gemini/p-safety.json": { category: "refused" },
  "gemini/p-prompt-blocked-no-candidates.json": { category: "refused" },
  "anthropic/v-refusal-json.json": { finish: "refusal", category: "refused" },
  // No reply at all in it.
  "gemini/p-count-tokens.json": { finish: "", category: "protocol", usage: "" },
  // The arrays are streams without SSE framing; the oracle's client could not read them, framed they are ordinary.
  "gemini/s-tools-gemini3-sig-1.json": { finish: "tool-calls", parts: "tool-call*1", category: "", usage: "60/48" },
  "gemini/s-tools-gemini3-sig-2.json": { finish: "stop", parts: "text*1", category: "", usage: "121/9" },
  "gemini/s-tools-1.json": { finish: "tool-calls", parts: "reasoning*1 tool-call*1", category: "", usage: "32/54" },
  "gemini/s-tools-2.json": { finish: "tool-calls", parts: "tool-call*1", category: "", usage: "105/13" },
  "gemini/s-tools-3.json": { finish: "stop", parts: "text*1", category: "", usage: "137/6" },
  "gemini/x-malformed-function-call-stream.sse": { finish: "malformed-call" },
  "gemini/x-no-finish.sse": { finish: "error", category: "protocol" },
  "gemini/x-midstream-503.sse": { category: "overloaded" },
  "gemini/x-error-503.json": { category: "overloaded" },
  "gemini/v-error-429-retryinfo.json": { category: "rate-limit" },
  "gemini/p-error-404-model.json": { category: "configuration" },
  "anthropic/p-error-404-model.json": { category: "configuration" },
  "anthropic/p-error-400.json": { category: "bad-request" },
  "anthropic/x-midstream-overloaded.sse": { category: "overloaded" },
  "anthropic/x-error-529.json": { category: "overloaded" },
  "anthropic/x-error-429.json": { category: "rate-limit" },
  "openai-responses/v-error-in-stream.sse": { category: "quota", parts: "" },
  "openai-responses/v-error-json.json": { category: "quota" },
  "openai-responses/p-error-400.json": { category: "bad-request" },
  "openai-responses/p-error-400-history.json": { category: "bad-request" },
  "chat/p-openrouter-429.json": { category: "rate-limit" },
  // The provider could not read the model's call: worth one more attempt, so neither a bad request of ours nor a plain repetition.
  "chat/p-groq-tool-use-failed-stream.sse": { category: "protocol" },
  "chat/p-groq-tool-use-failed-400.json": { category: "protocol" },
};

type Row = {
  readonly file: string;
  readonly wire: RecordedWire;
  readonly status: number;
  readonly finish: string;
  readonly category: string;
  readonly parts: ReadonlyMap<string, number>;
  readonly usage: string;
};

function countsOf(text: string): Map<string, number> {
  const pairs = text
    .split(" ")
    .filter((word) => word.includes("*"))
    .map((word) => word.split("*") as [string, string]);
  const kind = (name: string): string => name.replace("-delta", "").replace("tool-error", "tool-result");
  return new Map(pairs.filter(([name]) => name !== "error").map(([name, count]) => [kind(name), Number(count)]));
}

const oracle = new Map(table("oracle-ai-sdk.tsv").map((columns) => [columns[0] ?? "", columns]));

const ROWS: readonly Row[] = table("index.tsv").map(([file = "", provider = "", status = "200"]) => {
  const [, parts = "", finish = "", usage = ""] = oracle.get(file) ?? [];
  const judged = JUDGED[file] ?? {};
  return {
    file,
    status: Number(status),
    wire: file.includes("openai-compat") ? "chat" : (provider as RecordedWire),
    category: judged.category ?? "",
    finish: judged.finish ?? finish.split("/")[0] ?? "",
    parts: countsOf(judged.parts ?? parts),
    usage: judged.usage ?? (usage.includes("undefined") ? "null/null" : usage),
  };
});

/** The step that holds the recorded reply: none where the request failed before anything came. */
function recordedStep({ steps, retries }: DrivenTurn): DrivenTurn["steps"][number] | undefined {
  const [first] = steps;
  return retries.length > 0 && first?.finish !== "error" ? undefined : first;
}

function seenIn(turn: DrivenTurn): ReadonlyMap<string, number> {
  const names: Readonly<Record<string, string>> = { "provider-tool-result": "tool-result" };
  const counts = new Map<string, number>();
  for (const { type } of recordedStep(turn)?.parts ?? []) counts.set(names[type] ?? type, (counts.get(names[type] ?? type) ?? 0) + 1);
  return counts;
}

async function replay({ file, wire, status }: Row): Promise<DrivenTurn> {
  const { type, model, check, decision } = WIRES[wire];
  const text = readFileSync(join(ROOT, file), "utf8");
  const body = status === 200 && file.endsWith(".json") ? replayBody(wire, text) : text;
  const final = JUDGED[file]?.category;
  const ends = final !== undefined && ["refused", "configuration", "bad-request", "quota"].includes(final);
  const script = [
    { status, body, pieces: [1, 997, 31, 7, 401], assert: () => {} },
    ...(ends ? [] : [{ ...decision, assert: () => {}, repeats: true as const }]),
  ];
  await using server = await replayServer(script, { check: check() });
  const tools = {
    ...scriptedTools({}),
    call: () => Promise.resolve({ ok: true as const, content: [{ type: "text" as const, text: "fine" }] }),
  };
  const turn = await driveTurn(await testBackend({ type, model, baseUrl: server.url }, impatientIo()), { tools });
  server.verify();
  expect(turn.last.outcome).toBe(ends ? "failed" : "decided");
  return turn;
}

describe.skipIf(!present)("REQ-BACKEND-26 the corpus of recorded replies", () => {
  test("is as large as it was", () => expect(ROWS.length).toBeGreaterThanOrEqual(89));

  test.each(ROWS)("$file", async (row) => {
    const turn = await replay(row);
    const seen = seenIn(turn);
    for (const kind of ["tool-call", "tool-result", "source"])
      expect([kind, seen.get(kind) ?? 0]).toEqual([kind, row.parts.get(kind) ?? 0]);
    // Deltas become one part, so only their presence can be compared; items of reasoning without text are ours to keep.
    expect(seen.has("text")).toBe(row.parts.has("text"));
    if (row.parts.has("reasoning")) expect(seen.has("reasoning")).toBe(true);
    const failure = turn.retries[0]?.failure ?? turn.last.failure;
    expect(failure?.category ?? "").toBe(row.category);
    const first = recordedStep(turn);
    if (row.finish !== "" && row.status === 200) expect(first?.finish).toBe(row.finish);
    if (first !== undefined && row.usage !== "") expect(`${first.usage.inputTokens}/${first.usage.outputTokens}`).toBe(row.usage);
  });
});

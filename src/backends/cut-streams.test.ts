// Replies that are cut at every byte (in the short suite a quiet end only at some), by a broken connection or by a quiet end: no turn hangs, none decides on half a reply, and requests are as many as the table of retries says.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  anthropicReply,
  driveTurn,
  geminiReply,
  impatientIo,
  loopbackServer,
  responsesReply,
  scriptedTools,
  testBackend,
  type DrivenTurn,
  type LoopbackServer,
} from "../testing/index.ts";
import { drawn } from "../testing/effort.test-support.ts";
import type { ToolCallRequest, ToolOutcome } from "../mcp/contract.ts";
import type { Backend } from "./contract.ts";

type Cut = "connection" | "end";
/** What a reply that never becomes whole costs, by how it is cut. */
const REQUESTS: Readonly<Record<Cut, { readonly category: string; readonly requests: number }>> = {
  connection: { category: "network", requests: 4 },
  end: { category: "protocol", requests: 3 },
};

const chatChunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const chatCall = (id: object, text: string): object => ({ tool_calls: [{ index: 0, ...id, function: { arguments: text } }] });

const INPUT = { content: "Zwölf, sagt man." };
const [first, second] = [JSON.stringify(INPUT).slice(0, 12), JSON.stringify(INPUT).slice(12)];

/** Reasoning or text, then a decision, in the words of each wire. */
const WIRES = {
  gemini: {
    model: "gemini-3-flash-preview",
    body: geminiReply(
      { parts: [{ text: "Sieben und fünf …", thought: true }] },
      { parts: [{ functionCall: { name: "new_answer", args: INPUT }, thoughtSignature: "c2ln" }], finish: "STOP" },
    ).body,
  },
  claude: {
    model: "claude-sonnet-4-5",
    body: anthropicReply([
      { type: "thinking", thinking: "Sieben und fünf …", signature: "c2ln" },
      { type: "tool_use", id: "toolu_1", name: "new_answer", input: INPUT },
    ]).body,
  },
  openai: {
    model: "gpt-5-mini",
    body: responsesReply([
      { type: "message", text: "Sieben und fünf …" },
      { type: "function_call", call_id: "call_1", name: "new_answer", arguments: INPUT },
    ]).body,
  },
  chatcompletion: {
    model: "m",
    body: [
      chatChunk({ role: "assistant", content: "Sieben und fünf …" }),
      chatChunk({ tool_calls: [{ index: 0, id: "call_1", type: "function", function: { name: "new_answer", arguments: first } }] }),
      chatChunk(chatCall({}, second)),
      chatChunk({}, "tool_calls"),
      "data: [DONE]\n\n",
    ].join(""),
  },
} as const;
type Wire = keyof typeof WIRES;

/** Where not every byte is cut at, the first one. */
const SEED = Number(process.env["MASSGEN_SEED"] ?? Date.now() % 1_000);

type Provider = LoopbackServer & { requests: number; at: number; cut: Cut; times: number; bytes: Buffer };

/** Cuts the first `times` replies after `at` bytes. With `before`, that is the reply until something new is said to it, and then `body`. */
async function provider(body: string | Uint8Array, before: Uint8Array | null = null): Promise<Provider> {
  const state = { requests: 0, at: 0, cut: "end" as Cut, times: 1, bytes: Buffer.from(body) };
  let opening = "";
  const server = await loopbackServer(({ response, body: asked }) => {
    state.requests += 1;
    if (state.requests === 1) opening = asked;
    if (before !== null) state.bytes = Buffer.from(asked === opening ? before : body);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    if (state.requests > state.times) return void response.end(state.bytes);
    const part = state.bytes.subarray(0, state.at);
    if (state.cut === "end") return void response.end(part);
    response.write(part.length === 0 ? "" : part, () => response.destroy());
  });
  return Object.assign(state, server);
}

type Played = { readonly turn: DrivenTurn; readonly requests: number };

async function play(
  backend: Backend,
  served: Provider,
  { called = new Map(), ...plan }: Pick<Provider, "at" | "cut" | "times"> & { readonly called?: Map<string, number> },
): Promise<Played> {
  Object.assign(served, plan, { requests: 0 });
  const call = async ({ name, input }: ToolCallRequest): Promise<ToolOutcome> => {
    const key = `${name} ${JSON.stringify(input)}`;
    called.set(key, (called.get(key) ?? 0) + 1);
    return { ok: true, content: [{ type: "text", text: "fine" }] };
  };
  const turn = await driveTurn(backend, { tools: { ...scriptedTools({}), call } });
  return { turn, requests: served.requests };
}

const open = (wire: Wire, served: Provider): Promise<Backend> =>
  testBackend({ type: wire, model: WIRES[wire].model, baseUrl: `${served.url}/${wire === "gemini" ? "v1beta" : "v1"}` }, impatientIo());

const cases = (Object.keys(WIRES) as Wire[]).flatMap((wire) => (["connection", "end"] as const).map((cut) => [wire, cut] as const));

describe("a reply that is cut (REQ-BACKEND-33)", { timeout: 600_000 }, () => {
  test.each(cases)(
    "%s, by its %s, wherever it is cut: asked for once more and decided, or whole and decided at once",
    async (wire, cut) => {
      await using served = await provider(WIRES[wire].body);
      const backend = await open(wire, served);
      const stride = cut === "connection" ? drawn({ short: 31, usual: 1 }) : drawn({ short: 31, usual: 5, long: 1 });
      let whole = served.bytes.length + 1;
      for (let at = SEED % stride; at <= served.bytes.length; at += stride) {
        const { turn, requests } = await play(backend, served, { at, cut, times: 1 });
        expect({ at, last: turn.last.outcome }).toEqual({ at, last: "decided" });
        expect({ at, decisions: turn.decisions.map(({ input }) => input) }).toEqual({ at, decisions: [INPUT] });
        if (requests === 1) whole = Math.min(whole, at);
        else expect({ at, category: turn.retries[0]?.failure.category }).toEqual({ at, category: REQUESTS[cut].category });
        expect({ at, requests }).toEqual({ at, requests: at < whole ? 2 : 1 });
      }
      // Never before the arguments of the decision are there.
      expect(whole).toBeGreaterThan(served.bytes.lastIndexOf("sagt man."));
    },
  );

  test.each(cases)("%s, by its %s, again and again: as many requests as the table says, what came is on record", async (wire, cut) => {
    await using served = await provider(WIRES[wire].body);
    const until = served.bytes.lastIndexOf("sagt man.");
    for (let at = 0; at < until; at += drawn({ short: 241, usual: 61 })) {
      const backend = await open(wire, served);
      const { turn, requests } = await play(backend, served, { at, cut, times: 9 });
      const { category, requests: expected } = REQUESTS[cut];
      expect({ at, requests, category: turn.last.failure?.category }).toEqual({ at, requests: expected, category });
      const words = served.bytes.subarray(0, at).toString("utf8").includes("fünf …");
      const kept = turn.steps.filter(({ parts }) => JSON.stringify(parts).includes("fünf …")).length;
      if (words && at > served.bytes.indexOf("\n", served.bytes.indexOf("fünf"))) expect({ at, kept }).toEqual({ at, kept: expected });
      await backend.close();
    }
  });
});

const RECORDED: Readonly<Record<Wire, string>> = {
  gemini: "gemini/p-tool-call-sig-gemini3-stream.sse",
  claude: "anthropic/s-thinking-tool-use-stream.sse",
  openai: "openai-responses/p-function-call-stream.sse",
  chatcompletion: "chat/p-openai-parallel-tool-calls-stream.sse",
};
const CORPUS = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "../../../shared/data"), "wire");
const present = existsSync(join(CORPUS, "index.tsv"));
if (!present) console.log(`no corpus of recorded replies at ${CORPUS}: cutting them is skipped`);

describe.skipIf(!present)("a recorded reply that is cut (REQ-BACKEND-33)", { timeout: 3_600_000 }, () => {
  test.each(Object.entries(RECORDED) as [Wire, string][])("%s: its tools run once, whatever byte it is cut at", async (wire, file) => {
    const recorded = readFileSync(join(CORPUS, file));
    await using served = await provider(WIRES[wire].body, recorded);
    const backend = await open(wire, served);
    const stride = drawn({ short: 307, usual: 29, long: 1 });
    let whole = recorded.length + 1;
    for (let at = SEED % stride; at <= recorded.length; at += stride) {
      const called = new Map<string, number>();
      const { turn, requests } = await play(backend, served, { at, cut: "connection", times: 1, called });
      expect({ at, last: turn.last.outcome }).toEqual({ at, last: "decided" });
      if (requests === 2) whole = Math.min(whole, at);
      expect({ at, requests }).toEqual({ at, requests: at < whole ? 3 : 2 });
      expect({ at, calls: [...called.values()].every((times) => times === 1), some: called.size > 0 }).toEqual({
        at,
        calls: true,
        some: true,
      });
    }
  });
});

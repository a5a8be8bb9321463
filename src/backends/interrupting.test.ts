// What news and an abort do to a turn, on real sockets: a step is dropped or let finish by what it has begun.
import { describe, expect, test } from "vitest";
import {
  driveTurn,
  geminiCheck,
  geminiReply,
  impatientIo,
  NEW_ANSWER_TOOL,
  replayServer,
  scriptedTools,
  testBackend,
  VOTE_TOOL,
  type DrivenTurn,
  type GeminiChunk,
  type ReplayEntry,
  type ReplayRequest,
  type TurnDrive,
} from "../testing/index.ts";
import type { TurnPart } from "./contract.ts";

type Wanted = "dropped" | "let finish";
type Held = {
  readonly news: AbortController;
  readonly abort: AbortController;
  readonly acted: PromiseWithResolvers<void>;
  held: Promise<void>;
  gone: boolean;
};

const newHeld = (): Held => ({
  news: new AbortController(),
  abort: new AbortController(),
  acted: Promise.withResolvers(),
  held: Promise.resolve(),
  gone: false,
});
const everGone = (request: ReplayRequest): Promise<void> =>
  new Promise((resolve) => request.gone.addEventListener("abort", () => resolve()));

/** The first chunk is sent; the rest follows after the client acted, or never where the client must go away. */
function heldReply(chunks: readonly GeminiChunk[], held: Held, wanted: Wanted): ReplayEntry {
  const reply = geminiReply(...chunks);
  const first = String(reply.body).indexOf("\r\n\r\n") + 4;
  return {
    ...reply,
    pieces: [first, 100_000],
    assert: () => {},
    hold: (request) => {
      const gone = everGone(request);
      held.held = (wanted === "dropped" ? gone : held.acted.promise).then(() => void (held.gone = request.gone.aborted));
      return held.held;
    },
  };
}

const both = { kind: "evaluation", workflow: [NEW_ANSWER_TOOL, VOTE_TOOL] } as const;
type Plan = TurnDrive & { readonly act?: (held: Held) => void };

/** `act` (news, unless the plan says otherwise) happens when the first delta has come out: all that stands before it in its chunk has been taken in. */
async function play(script: (held: Held) => readonly ReplayEntry[], plan: Plan = {}): Promise<DrivenTurn & { readonly held: Held }> {
  const held = newHeld();
  const act = plan.act ?? (({ news }: Held) => news.abort());
  await using server = await replayServer(script(held), { check: geminiCheck() });
  const backend = await testBackend({ type: "gemini", model: "gemini-3-flash-preview", baseUrl: server.url }, impatientIo());
  const onPart = (part: TurnPart): void => {
    if (part.type !== "text-delta" && part.type !== "reasoning-delta") return;
    act(held);
    held.acted.resolve();
  };
  const turn = await driveTurn(backend, {
    ...plan,
    request: { ...both, ...plan.request },
    news: held.news.signal,
    abort: held.abort.signal,
    onPart,
  });
  await held.held;
  server.verify();
  return { ...turn, held };
}

const text = { text: "I think" };
const vote = { functionCall: { name: "vote", args: { agent_id: "agent1", reason: "good" } } };
const callOf = (name: string, args: object) => ({ functionCall: { name, args }, thoughtSignature: "s" });
const END: GeminiChunk = { parts: [], finish: "STOP" };

describe("news", () => {
  test.each([
    ["reasoning", { parts: [{ text: "Hm, let me see", thought: true }] }],
    ["text", { parts: [text] }],
    ["a vote", { parts: [vote, text] }],
  ])("REQ-BACKEND-10 a step that has begun only %s is dropped at once and its connection ended", async (_name, chunk) => {
    const { steps, last, held, decisions } = await play((held) => [heldReply([chunk, END], held, "dropped")]);
    expect(held.gone).toBe(true);
    expect(steps).toMatchObject([{ finish: "interrupted", savedTokens: expect.any(Number) }]);
    expect(steps[0]?.savedTokens).toBeGreaterThan(300);
    expect(decisions).toEqual([]);
    expect(last).toEqual({ type: "turn-finished", outcome: "interrupted" });
  });

  test("REQ-BACKEND-11 a step that has begun a tool call is let finish, the tool runs, then the turn ends as interrupted", async () => {
    const tools = scriptedTools({ mcp__a__b: { run: () => "fine" } });
    const { steps, last, held } = await play((held) => [heldReply([{ parts: [callOf("mcp__a__b", {}), text] }, END], held, "let finish")], {
      tools,
    });
    expect(held.gone).toBe(false);
    expect(steps).toMatchObject([{ finish: "tool-calls" }]);
    expect(tools.calls).toHaveLength(1);
    expect(last.outcome).toBe("interrupted");
  });

  test("a step that has begun a new answer is let finish, and the answer counts", async () => {
    const { last, decisions } = await play((held) => [
      heldReply([{ parts: [callOf("new_answer", { content: "12" }), text] }, END], held, "let finish"),
    ]);
    expect(decisions).toMatchObject([{ name: "new_answer", input: { content: "12" } }]);
    expect(last.outcome).toBe("decided");
  });

  test("a first step that must be let finish is", async () => {
    const script = (held: Held) => [heldReply([{ parts: [text] }, { parts: [vote], finish: "STOP" }], held, "let finish")];
    const { last, held } = await play(script, { request: { letFinish: true } });
    expect(held.gone).toBe(false);
    expect(last.outcome).toBe("decided");
  });

  test("news before the first request costs no request", async () => {
    const { last, steps } = await play((held) => {
      held.news.abort();
      return [];
    });
    expect(steps).toEqual([]);
    expect(last.outcome).toBe("interrupted");
  });

  test("news while a retry is waited for ends the turn", async () => {
    const { last } = await play((held) => [{ status: 503, body: "{}", assert: () => held.news.abort() }]);
    expect(last.outcome).toBe("interrupted");
  });
});

describe("abort", () => {
  test("REQ-BACKEND-12 ends a step whatever it has begun, and its connection", async () => {
    const script = (held: Held) => [heldReply([{ parts: [callOf("new_answer", { content: "12" }), text] }, END], held, "dropped")];
    const { steps, last, held } = await play(script, { act: ({ abort }) => abort.abort() });
    expect(held.gone).toBe(true);
    expect(steps).toMatchObject([{ finish: "interrupted" }]);
    expect(last).toEqual({ type: "turn-finished", outcome: "interrupted" });
  });

  test("reaches tools that are running", async () => {
    const abort = new AbortController();
    const tools = scriptedTools({
      mcp__a__b: {
        run: async (_input, { signal }) => {
          abort.abort();
          return { ok: false, code: "cancelled", message: signal.aborted ? "cancelled" : "not told", retryable: false };
        },
      },
    });
    await using server = await replayServer([{ ...geminiReply({ parts: [callOf("mcp__a__b", {})], finish: "STOP" }), assert: () => {} }]);
    const backend = await testBackend({ type: "gemini", baseUrl: server.url });
    const { last } = await driveTurn(backend, { tools, abort: abort.signal });
    expect(last.outcome).toBe("interrupted");
  });

  test("a turn that nobody reads any further lets go of its connection", async () => {
    const gone = Promise.withResolvers<void>();
    const hold = (request: ReplayRequest): Promise<void> => everGone(request).then(() => gone.resolve());
    await using server = await replayServer([{ ...geminiReply({ parts: [text] }), assert: () => {}, hold }]);
    const backend = await testBackend({ type: "gemini", baseUrl: server.url });
    const stop = new Error("enough");
    await expect(driveTurn(backend, { onPart: () => Promise.reject(stop) })).rejects.toBe(stop);
    await gone.promise;
  });
});

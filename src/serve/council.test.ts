// One call of `ask_council` with a session that follows a script: signs of life, limits, mistakes, and what is closed at the end.
import { describe, expect, test } from "vitest";
import { MassgenError, UsageError } from "../errors/index.ts";
import type { ServedCall } from "../mcp/index.ts";
import type { RunResult } from "../runtime/result.ts";
import type { OpenedSession } from "../session/index.ts";
import { fakeClock } from "../testing/index.ts";
import { openCouncil, type CouncilOptions, type SessionWish } from "./council.ts";

const RESULT = {
  type: "run-result",
  answer: "Yes.",
  source: "presentation",
  winner: null,
  cause: "single",
  degraded: [],
  votes: [],
  answers: [],
  agents: [],
  usage: { inputTokens: 1, cachedTokens: null, outputTokens: 2, reasoningTokens: null },
  cost: 0.5,
  exitCode: 0,
  runId: "r",
  runPath: null,
} as unknown as RunResult;

function scene(more: Partial<CouncilOptions> = {}) {
  const clock = fakeClock();
  const wishes: SessionWish[] = [];
  const progress: string[] = [];
  const done = Promise.withResolvers<RunResult>();
  const seen = { closed: 0, cancelled: 0 };
  const session: OpenedSession = {
    ask: () => ({
      result: done.promise,
      steering: {
        cancel: () => (seen.cancelled++, done.resolve(RESULT)),
        answerNow() {},
        pause() {},
        resume() {},
        permission() {},
        form() {},
      },
    }),
    resume: () => {
      throw new Error("not used");
    },
    banner: async () => [],
    close: async () => void seen.closed++,
  };
  const council = openCouncil({
    offer: { teams: [], sizes: true },
    purse: { places: 1, perQuestionUsd: 2, totalUsd: 2 },
    limits: { maxTokens: 1_000 },
    timeoutMs: 60_000,
    clock,
    note: () => undefined,
    open: async (wish) => (wishes.push(wish), session),
    ...more,
  });
  const stop = new AbortController();
  const client = { name: "", canAsk: false, progress: (line: string) => void progress.push(line), log: () => undefined };
  const ask = (input: object) =>
    council.ask({ id: 1, tool: "ask_council", input, meta: {}, signal: stop.signal, client } as unknown as ServedCall);
  return { ask, clock, wishes, progress, done, seen, stop };
}

describe("a call of ask_council", () => {
  test("a client hears a sign of life every quarter of a minute, and none after the answer (REQ-SERVE-2)", async () => {
    const { ask, clock, progress, done, seen } = scene();
    const asked = ask({ question: "?" });
    await Promise.resolve();
    await clock.advance(46_000);
    expect(progress).toEqual(["Still working, for 15 s", "Still working, for 30 s", "Still working, for 45 s"]);
    done.resolve(RESULT);
    expect(await asked).toMatchObject({
      isError: false,
      content: [{ text: "Yes." }, {}],
      structuredContent: { cost_usd: 0.5, partial: false },
    });
    await clock.advance(60_000);
    expect([progress.length, seen.closed]).toEqual([3, 1]);
  });

  test("limits and time are the smaller of the client's and the server's (REQ-SERVE-6)", async () => {
    const { ask, wishes, done } = scene();
    done.resolve(RESULT);
    await ask({ question: "?", max_tokens: 5_000, max_model_calls: 7, timeout_seconds: 900, agents: 4 });
    await ask({ question: "?", max_tokens: 50, max_cost_usd: 0.25, timeout_seconds: 5 });
    expect(wishes.map(({ budget, timeoutMs, agents }) => ({ budget, timeoutMs, agents }))).toEqual([
      { budget: { maxTokens: 1_000, maxModelCalls: 7, maxCostUsd: 2 }, timeoutMs: 60_000, agents: 4 },
      { budget: { maxTokens: 50, maxCostUsd: 0.25 }, timeoutMs: 5_000, agents: null },
    ]);
  });

  test("a team that cannot work is told to the client, costs nothing and keeps no place (REQ-SERVE-6)", async () => {
    let broken = true;
    const { ask, done, wishes } = scene({
      open: async () => {
        if (broken) throw new UsageError("E_USAGE", "There is no key.", { next: "Set one." });
        throw new Error("a bug");
      },
    });
    done.resolve(RESULT);
    expect(await ask({ question: "?" })).toEqual({ isError: true, content: [{ type: "text", text: "There is no key.\nSet one." }] });
    broken = false;
    await expect(ask({ question: "?" })).rejects.toThrow("a bug");
    expect(wishes).toEqual([]);
  });

  test("what a run that failed has spent is not known, so its whole allowance counts (REQ-SERVE-6)", async () => {
    const { ask, done } = scene();
    done.reject(new MassgenError("E_RUN_LOG", "The log cannot be written"));
    expect(await ask({ question: "?" })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("log") as unknown }] });
    expect(await ask({ question: "?" })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("money") as unknown }] });
  });

  test("a call that was cancelled while its team was made is cancelled as soon as there is a run (REQ-SERVE-3)", async () => {
    const { ask, stop, seen } = scene();
    stop.abort("cancelled");
    await ask({ question: "?" });
    expect(seen).toEqual({ closed: 1, cancelled: 1 });
  });
});

// What an answer beside a turn costs, and that it never costs the turn.
import { expect, test } from "vitest";
import { turnId } from "../core/index.ts";
import { fakeClock, scriptedBackend, type Script } from "../testing/index.ts";
import type { RunContext } from "./context.ts";
import { Job } from "./job.ts";
import { id, RUN } from "./run.test-support.ts";
import { samplerFor } from "./sampling.ts";

const A = id("a");
const QUESTION = { system: null, messages: [{ role: "user", text: "Sum it up." }], maxTokens: 50 } as const;

async function sampled(script: Script) {
  const clock = fakeClock();
  const backend = { ...scriptedBackend(script, { clock }), answersBeside: true as const };
  const run = { run: RUN, spec: () => ({ backend }), admit: async () => null, limit: () => 1_000 } as unknown as RunContext;
  const { sample } = samplerFor(run, new Job({ kind: "turn", agent: A, turn: turnId(A, 1), shown: [], clock }));
  return clock.run(sample?.(QUESTION, new AbortController().signal) ?? Promise.reject(new Error("no sampler")));
}

test("a request that was made again is counted, and so is what both came to", async () => {
  const usage = { inputTokens: 7, outputTokens: 3 };
  const answer = await sampled(({ before }) => (before === 0 ? { retryAfterMs: 500 } : { text: "In short.", usage, costUsd: 0.5 }));
  expect(answer).toMatchObject({ text: "In short.", spent: { requests: 2, usage, costUsd: 0.5 } });
});

test("a backend that throws has not answered: the server is told so, and the call goes on", async () => {
  expect(await sampled(() => ({ throws: "kaboom" }))).toMatchObject({ refused: expect.stringContaining("kaboom"), spent: { requests: 1 } });
});

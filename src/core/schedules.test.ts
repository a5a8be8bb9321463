// Random schedules: agents that answer, vote, fail, are interrupted, time out and are taken up again. Every run ends, always as the
// oracle says, also when it is taken up from any prefix of its log. What must have happened often enough is counted.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compareWithOracle } from "./compare.test-support.ts";
import { choicesFrom, resume, simulate, type Simulation } from "./simulator.test-support.ts";
import { canGoOn, DEFAULT_SETTINGS, evolve, initialState, type Entry } from "./index.ts";

const isLong = process.env["MASSGEN_LONG"] !== undefined;
const RUNS = Number(process.env["MASSGEN_RUNS"] ?? (isLong ? 10_000 : 1_000));
const LEAST = RUNS >= 10_000 ? 100 : RUNS >= 1_000 ? 1 : 0;
const SEED = Number(process.env["MASSGEN_SEED"] ?? Date.now() % 1_000_000_007);
const COUNTED = ["voided votes", "late answers", "aborts", "ties", "outs", "abstentions", "equal answers", "resumes"];

const settings = fc.record({
  seed: fc.nat(),
  firstAnswers: fc.constantFrom("together" as const, "together" as const, "as_they_come" as const),
  earlyDecision: fc.boolean(),
  gate: fc.boolean(),
  maxAnswersPerAgent: fc.integer({ min: 1, max: 3 }),
  maxVoteRounds: fc.integer({ min: 1, max: 3 }),
  singleAgent: fc.constantFrom("answer" as const, "chat" as const),
});

const schedule = fc.record({
  agents: fc.integer({ min: 1, max: 8 }),
  settings,
  choices: fc.array(fc.nat(), { size: "max", maxLength: 240 }),
  cut: fc.nat(),
  after: fc.array(fc.nat(), { size: "max", maxLength: 20 }),
});

describe("REQ-COORD-21.5: random schedules", () => {
  test(`REQ-COORD-21.5: every one ends as the oracle says, from any prefix too (seed ${SEED})`, () => {
    const counts = new Map<string, number>();
    fc.assert(
      fc.property(schedule, ({ agents, settings: chosen, choices, cut, after }) => {
        const run = simulate(agents, { ...DEFAULT_SETTINGS, ...chosen }, choicesFrom(choices));
        checkEnd(run, counts);
        const prefix = run.log.slice(0, 1 + (cut % run.log.length));
        compareWithOracle(prefix.reduce(evolve, initialState), prefix);
        const again = resume(prefix, choicesFrom(after));
        checkEnd(again, counts);
        keepsItsWord(prefix, again);
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env["MASSGEN_QUICK"] !== undefined },
    );
    console.log(
      `${RUNS} schedules, seed ${SEED}: ${[...counts]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([what, times]) => `${what} ${times}`)
        .join(", ")}`,
    );
    for (const what of COUNTED) expect(counts.get(what) ?? 0, what).toBeGreaterThanOrEqual(LEAST);
  }, 1_800_000);
});

function checkEnd(run: Simulation, counts: Map<string, number>): void {
  compareWithOracle(run.state, run.log);
  for (const [what, times] of run.counts) counts.set(what, (counts.get(what) ?? 0) + times);
  const ended = run.state;
  // the end is the end: what comes after it is not read
  const later: Entry = {
    v: 1,
    seq: run.log.length + 1,
    at: 0,
    activeMs: 0,
    run: "r" as never,
    type: "deadline-reached",
    deadline: "orchestrator",
  };
  expect(evolve(ended, later)).toBe(ended);
}

/** What was decided or answered before the cut is not lost by taking the run up again. */
function keepsItsWord(prefix: readonly Entry[], { state }: Simulation): void {
  const stopped = prefix.reduce(evolve, initialState);
  const isUndone = stopped.ended !== null && stopped.ended.outcome !== "interrupted" && canGoOn(stopped);
  const before = ((isUndone ? stopped.beforeForced : null) ?? stopped).council;
  for (const id of before.answers.keys()) expect(state.council.answers.has(id)).toBe(true);
  if (before.decision !== null) expect(state.council.decision).toEqual(before.decision);
}

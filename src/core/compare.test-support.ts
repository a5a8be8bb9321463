// Puts what evolve, plan and the selectors say beside what the oracle says.
import { expect } from "vitest";
import { answersOf, candidates, decisionOf, plan, standingVotes, type Entry, type State } from "./index.ts";
import { planIn } from "./oracle-plan.test-support.ts";
import { answersIn, candidatesIn, decisionIn, effective, votesIn } from "./oracle.test-support.ts";

/** Throws where the two readings of the log differ. */
export function compareWithOracle(state: State, log: readonly Entry[]): void {
  const kept = effective(log);
  expect(said(state)).toEqual(oracleSays(kept));
}

function said(state: State) {
  const { turns, intents, presentation, deadlines, end } = plan(state);
  const decision = decisionOf(state);
  return {
    answers: answersOf(state).map(({ id }) => id),
    counted: answersOf(state).filter(({ late }) => !late).length,
    candidates: candidates(state).map(({ label, answers }) => [label, answers.map(({ id }) => id)]),
    votes: standingVotes(state).map((vote) => [vote.voter, vote.for]),
    decision: decision === null ? null : { winner: decision.winner?.id ?? null, cause: decision.cause },
    plan: {
      turns,
      intents,
      presenter: presentation?.agent ?? null,
      deadlines: deadlines.map(({ deadline }) => deadline),
      end: end === null ? null : { ...end, winner: end.winner?.answer ?? null, degraded: end.degraded.length },
    },
  };
}

function oracleSays(log: readonly Entry[]) {
  const decision = decisionIn(log);
  return {
    answers: answersIn(log).map(({ id }) => id),
    counted: answersIn(log).filter(({ at }) => decision === null || at <= decision.at).length,
    candidates: candidatesIn(log).map(({ label, answers }) => [label, answers.map(({ id }) => id)]),
    votes: votesIn(log).map((vote) => [vote.agent, vote.for]),
    decision: decision === null ? null : { winner: decision.winner, cause: decision.cause },
    plan: planIn(log),
  };
}

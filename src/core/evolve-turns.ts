// What the start, the failure and the resume of turns make of an agent (rules 2, 3 and 21).
import type { EventOf, Failure, FailureCategory } from "./events.ts";
import type { Council, Member } from "./state.ts";
import { hasSeenAll, viewOf } from "./evolve-decisions.ts";

/** Nothing but a person can cure these: the agent is out at once. */
const FATAL: readonly FailureCategory[] = ["authentication", "configuration"];
/** These may be over when the run is taken up again: the agent gets one new try. */
const CURABLE: readonly FailureCategory[] = ["authentication", "rate-limit", "quota", "overloaded", "network", "timeout", "budget"];
const FAILURES_TO_BE_OUT = 2;

const NO_DECISION: Failure = { category: "protocol", code: "E_TURN_ATTEMPTS", message: "the turn ended without an answer or a vote" };

export function startTurn(council: Council, member: Member, event: EventOf<"turn-start">): Member {
  const { turn, agent, kind, mayAnswer, mayVote } = event;
  const { shown, seen } = viewOf(council, event.shown);
  const outdated = !hasSeenAll(council, seen);
  const open = { turn, agent, kind, shown, mayAnswer, mayVote, attempts: 0, decided: false, seen, outdated };
  return { ...member, turn: open, turns: member.turns + 1, begun: true, lastShown: shown, lastDecided: false };
}

/** The member after the end of its turn; a turn that is done without a decision counts as failed. */
export function failTurn(member: Member, event: EventOf<"turn-end">, council: Council): Member {
  const { turn } = member;
  const closed = { ...member, turn: null };
  if (turn === null || event.outcome === "interrupted") return closed;
  const failure = event.failure ?? NO_DECISION;
  if (event.outcome === "failed" && FATAL.includes(failure.category)) return { ...closed, out: failure };
  if (turn.decided) return closed;
  if (turn.kind !== "evaluation") return { ...closed, out: failure };
  return abstain({ ...closed, failures: member.failures + 1 }, failure, hasSeenAll(council, turn.seen) ? turn.seen : null);
}

/** True for an agent that is out for a cause that may be over by now. */
export function isCurable({ out }: Member): boolean {
  return out !== null && CURABLE.includes(out.category);
}

/** On resume: an open turn is closed; an agent out for a cause that may be over gets one new try, so its next failure puts it out. */
export function reviveMember(member: Member): Member {
  const closed = member.turn === null ? member : { ...member, turn: null };
  if (!isCurable(closed)) return closed;
  return { ...closed, out: null, abstention: null, failures: FAILURES_TO_BE_OUT - 1 };
}

/** An abstention holds until a new answer comes; null where one that the failed turn had not shown has come already. */
function abstain(member: Member, failure: Failure, abstention: Member["abstention"]): Member {
  return member.failures >= FAILURES_TO_BE_OUT ? { ...member, out: failure } : { ...member, abstention };
}

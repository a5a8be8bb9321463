// Whether the run is decided by what the council holds now, and for whom. Once decided, nothing changes it.
import type { CoordinationSettings } from "./settings.ts";
import type { Cause } from "./events.ts";
import type { Council, Decision, Member } from "./state.ts";
import { countVotes, hasSettled, winningAnswer, type Count } from "./tally.ts";

/** The council with its decision, where one has become due. */
export function conclude(council: Council, settings: CoordinationSettings): Council {
  if (council.decision !== null || council.candidates.length === 0) return council;
  if (council.answerNow) return forceDecision(council, "answer-now");
  const decision = agreement(council, settings) ?? onlyCandidate(council) ?? majority(council, settings);
  return decision === null ? council : { ...council, decision };
}

/** Rule 20: standing votes decide; without any, the first registered agent that has an answer. For a council without a decision. */
export function forceDecision(council: Council, cause: Cause): Council {
  const counts = countVotes(council);
  const [first] = counts;
  if (first === undefined) return { ...council, decision: { winner: null, cause } };
  const winner = first.votes.length > 0 ? winningAnswer(first.candidate) : firstRegistered(council);
  return { ...council, decision: { winner, cause } };
}

/** Agents that are not out. */
export function livingMembers(council: Council): readonly Member[] {
  return council.members.filter((member) => member.out === null);
}

/** True where a living agent's first answer may still come. */
export function canStillAnswer(member: Member): boolean {
  return member.out === null && member.current === null && !hasSettled(member);
}

/** Rule 5: evaluation begins when every living agent has answered, or the deadline has passed; `as_they_come` knows no waiting. */
export function isEvaluationOpen(council: Council, settings: CoordinationSettings): boolean {
  if (settings.firstAnswers === "as_they_come" || council.firstAnswersClosed) return true;
  return council.members.every((member) => member.out !== null || member.current !== null);
}

const GATE_SIZE = 2;

/** True for an agent that waits at the gate: the first two may still agree, and nobody behind them has begun. A gate that was open once stays open. */
export function isHeldBack(member: Member, council: Council, settings: CoordinationSettings): boolean {
  if (!settings.gate || member.ordinal < GATE_SIZE) return false;
  if (council.members.some(({ ordinal, begun }) => ordinal >= GATE_SIZE && begun)) return false;
  if (council.firstAnswersClosed || settings.firstAnswers === "as_they_come") return false;
  const first = council.members.slice(0, GATE_SIZE);
  if (first.some(({ out }) => out !== null)) return false;
  const keys = new Set(first.map(({ current }) => current?.key));
  return keys.size === 1 || keys.has(undefined);
}

function firstRegistered(council: Council): Decision["winner"] {
  return council.members.find(({ current }) => current !== null)?.current ?? null;
}

function agreement(council: Council, settings: CoordinationSettings): Decision | null {
  const living = livingMembers(council).filter((member) => !isHeldBack(member, council, settings));
  const key = living[0]?.current?.key;
  if (living.length < 2 || key === undefined) return null;
  if (!living.every(({ current }) => current !== null && current.version === 1 && current.key === key)) return null;
  const agreed = council.candidates.find((candidate) => candidate.key === key);
  return agreed === undefined ? null : { winner: winningAnswer(agreed), cause: "unanimous" };
}

function onlyCandidate(council: Council): Decision | null {
  const [only] = council.candidates;
  if (only === undefined || council.candidates.length > 1 || council.members.some(canStillAnswer)) return null;
  return { winner: winningAnswer(only), cause: "single" };
}

function majority(council: Council, settings: CoordinationSettings): Decision | null {
  if (!isEvaluationOpen(council, settings)) return null;
  const living = livingMembers(council);
  const voters = settings.firstAnswers === "as_they_come" ? living : living.filter(({ current }) => current !== null);
  if (voters.length === 0 && living.length > 0) return null;
  const outstanding = voters.filter((member) => !hasSettled(member)).length;
  if (outstanding > 0 && !settings.earlyDecision) return null;
  const counts = countVotes(council);
  return outstanding > 0 && !leadIsSafe(counts, outstanding) ? null : byCount(counts);
}

function leadIsSafe([first, second]: readonly Count[], outstanding: number): boolean {
  return first !== undefined && first.votes.length > (second?.votes.length ?? 0) + outstanding;
}

function byCount([first, second]: readonly Count[]): Decision | null {
  if (first === undefined) return null;
  return { winner: winningAnswer(first.candidate), cause: first.votes.length === second?.votes.length ? "tie" : "votes" };
}

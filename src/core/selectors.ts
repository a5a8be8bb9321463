// Questions other folders ask of a state, answered in the words of the log.
import { answerId, turnId, type AgentId, type AnswerId, type Label, type TurnId } from "./ids.ts";
import type { RunAgent } from "./events.ts";
import type { Answer, Candidate, Council, Decision, Member, OpenCall, OpenTurn, Presentation, State, Vote } from "./state.ts";
import { isCurable } from "./evolve-turns.ts";
import { countVotes } from "./tally.ts";

export type AgentState = "answered" | "voted" | "abstained" | "out" | "working";
export type CandidateCount = {
  readonly label: Label;
  readonly answers: readonly AnswerId[];
  readonly votes: number;
  readonly fromOthers: number;
};

/** The agents of the run by order of registration; empty before `run-start`. */
export function agentsOf({ council }: State): readonly RunAgent[] {
  return council.members.map(({ info }) => info);
}

/** Every answer in log order, all versions, late ones included. */
export function answersOf({ council }: State): readonly Answer[] {
  return [...council.answers.values()];
}

/** What can be voted for now, by label. */
export function candidates({ council }: State): readonly Candidate[] {
  return council.candidates;
}

/** Votes that count now, by order of registration of the voters. */
export function standingVotes({ council }: State): readonly Vote[] {
  return council.members.flatMap(({ vote }) => vote ?? []);
}

/** Candidates with their standing votes, the winner first. For nobody's eyes before the decision. */
export function tally({ council }: State): readonly CandidateCount[] {
  return countVotes(council).map(({ candidate, votes, fromOthers }) => ({
    label: candidate.label,
    answers: candidate.answers.map(({ id }) => id),
    votes: votes.length,
    fromOthers,
  }));
}

/** Null until the run is decided; its winner is null where there was nothing to decide on. */
export function decisionOf({ council }: State): Decision | null {
  return council.decision;
}

/** Where the files of the chosen answer are kept, as the log says it; null where there are none. */
export function keptFilesOf({ keptFiles, council }: State): string | null {
  return keptFiles !== null && keptFiles.answer === council.decision?.winner?.id ? keptFiles.path : null;
}

/** The agent's open turn. */
export function currentTurn(state: State, agent: AgentId): OpenTurn | null {
  return memberOf(state, agent)?.turn ?? null;
}

/** The presentation, running (`end` null) or ended. */
export function presentationState({ council }: State): Presentation | null {
  return council.presentation;
}

export function nextTurnId(state: State, agent: AgentId): TurnId {
  return turnId(agent, (memberOf(state, agent)?.turns ?? 0) + 1);
}

export function nextAnswerId(state: State, agent: AgentId): AnswerId {
  return answerId(agent, (memberOf(state, agent)?.answerNumbers ?? 0) + 1);
}

/** Calls of the agent's last finished step that have no result; after a resume read-only ones run again, the others are closed. */
export function openCalls(state: State, agent: AgentId): readonly OpenCall[] {
  const ordinal = state.run?.ordinals.get(agent);
  return ordinal === undefined ? [] : (state.talks[ordinal]?.open ?? []);
}

/** By order of registration. */
export function agentStates({ council }: State): readonly { readonly id: AgentId; readonly label: Label; readonly state: AgentState }[] {
  return council.members.map((member) => ({ id: member.info.id, label: member.info.label, state: stateOf(member, council) }));
}

function stateOf({ out, vote, abstention, current, turn }: Member, { decision }: Council): AgentState {
  if (out !== null) return "out";
  if (vote !== null) return "voted";
  if (abstention !== null) return "abstained";
  return current !== null && (turn === null || decision !== null) ? "answered" : "working";
}

export function memberOf({ run, council }: State, agent: AgentId): Member | null {
  const ordinal = run?.ordinals.get(agent);
  return ordinal === undefined ? null : (council.members[ordinal] ?? null);
}

/** True where a run that has ended goes on when it is taken up again: a person, the time or the budget had ended it, or every agent was out and one may be cured. */
export function canGoOn({ ended, beforeForced, council }: State): boolean {
  if (ended === null || ended.outcome === "interrupted") return true;
  if (ended.outcome === "no-answer" && ended.cause === null) return council.members.some(isCurable);
  return beforeForced !== null && (ended.cause === "timeout" || ended.cause === "budget");
}

// What an answer or a vote makes of the council (rules 6, 7, 10 and 13).
import type { AnswerId } from "./ids.ts";
import type { EventOf } from "./events.ts";
import type { Answer, Council, Intent, Member, Vote } from "./state.ts";
import { groupAnswers } from "./candidates.ts";
import { answerKey } from "./intents.ts";

/** An answer with the calls its author has planned. */
type HandedIn = EventOf<"answer-submitted"> & { readonly intents: readonly Intent[] };

/** A new answer supersedes its author's former one and voids every vote and abstention that did not see it. After the decision it is only kept. */
export function recordAnswer(council: Council, member: Member, event: HandedIn): Council {
  const answer = answerOf(council, member, event);
  const answers = new Map(council.answers).set(answer.id, answer);
  const author = { ...decided(member), versions: answer.version, answerNumbers: member.answerNumbers + 1 };
  if (answer.late) return { ...council, answers, members: council.members.with(member.ordinal, author) };
  const current = [...council.current.filter(({ agent }) => agent !== answer.agent), answer];
  const currentKeys = new Set(current.map(({ key }) => key));
  const members = council.members.with(member.ordinal, { ...author, current: answer }).map((each) => voidUnseen(each, answer, currentKeys));
  const voided = council.members.some(({ vote }, ordinal) => vote !== null && members[ordinal]?.vote === null);
  const voidedRounds = council.voidedRounds + (voided ? 1 : 0);
  const currentIds = current.map(({ id }) => id);
  return { ...council, answers, current, currentIds, currentKeys, candidates: groupAnswers(current), members, voidedRounds };
}

/** A vote that has not seen a current answer, or is for an answer that is no longer current, is void on arrival. */
export function recordVote(council: Council, member: Member, event: EventOf<"vote-submitted">): Council {
  const target = council.answers.get(event.for);
  const voter = decided(member);
  if (target === undefined || council.decision !== null) return { ...council, members: council.members.with(member.ordinal, voter) };
  const { shown, seen } = viewOf(council, event.shown);
  const vote: Vote = { voter: event.agent, for: event.for, reason: event.reason, shown, key: target.key, seen };
  const changed = { ...voter, vote: voteStands(council, target, seen) ? vote : null, hasVoted: true };
  return { ...council, members: council.members.with(member.ordinal, changed) };
}

/** True where a vote for this answer, given by someone who has seen these answers, counts. */
export function voteStands(council: Council, target: Answer, seen: ReadonlySet<string>): boolean {
  return hasSeenAll(council, seen) && council.currentKeys.has(target.key);
}

export function hasSeenAll({ current, currentKeys }: Council, seen: ReadonlySet<string>): boolean {
  return seen === currentKeys || current.every(({ key }) => seen.has(key));
}

/** What was shown and its keys; names of no answer are passed over. Who was shown everything shares the council's own lists. */
export function viewOf(
  council: Council,
  shown: readonly AnswerId[],
): { readonly shown: readonly AnswerId[]; readonly seen: ReadonlySet<string> } {
  const { currentIds, currentKeys, answers } = council;
  if (shown.length === currentIds.length && shown.every((id, index) => id === currentIds[index]))
    return { shown: currentIds, seen: currentKeys };
  return { shown, seen: new Set(shown.flatMap((id) => answers.get(id)?.key ?? [])) };
}

function answerOf(council: Council, member: Member, event: HandedIn): Answer {
  return {
    id: event.answer,
    agent: event.agent,
    ordinal: member.ordinal,
    label: member.info.label,
    version: member.versions + 1,
    content: event.content,
    intents: event.intents.map(({ call }) => call),
    key: answerKey(event.content, event.intents),
    late: council.decision !== null,
  };
}

function decided(member: Member): Member {
  return {
    ...member,
    turn: member.turn === null ? null : { ...member.turn, decided: true },
    lastDecided: true,
    abstention: null,
    failures: 0,
  };
}

function voidUnseen(member: Member, { key }: Answer, current: ReadonlySet<string>): Member {
  const vote = member.vote !== null && member.vote.seen.has(key) && current.has(member.vote.key) ? member.vote : null;
  const abstention = member.abstention?.has(key) ? member.abstention : null;
  const turn = member.turn === null || member.turn.seen.has(key) ? member.turn : { ...member.turn, outdated: true };
  return vote === member.vote && abstention === member.abstention && turn === member.turn ? member : { ...member, vote, abstention, turn };
}

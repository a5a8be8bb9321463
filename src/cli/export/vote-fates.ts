// Which of the votes that were cast count, and why the others do not.
import { decisionOf, evolve, initialState, type AnswerId, type Entry, type EventOf } from "../../core/index.ts";
import type { StoredRun } from "../stored-runs.ts";

export type CastVote = {
  readonly vote: EventOf<"vote-submitted">;
  /** Null where the vote counts. */
  readonly whyNot: string | null;
};

/** Every vote of the run in the order it was cast. */
export function castVotes({ result, entries }: Pick<StoredRun, "result" | "entries">): readonly CastVote[] {
  const counts = new Set(result.votes.map(({ voter, for: answer }) => `${voter}\n${answer}`));
  const answers = entries.flatMap((entry) => (entry.type === "answer-submitted" && !entry.late ? [entry] : []));
  const cast = votesInTime(entries);
  return cast.map(({ vote, inTime }, at) => {
    const isLast = !cast.slice(at + 1).some((later) => later.inTime && later.vote.agent === vote.agent);
    if (!inTime) return { vote, whyNot: "it came after the decision" };
    if (isLast && counts.has(`${vote.agent}\n${vote.for}`)) return { vote, whyNot: null };
    const unseen = firstUnseen(answers, vote.shown);
    return { vote, whyNot: unseen === null ? "it did not stand" : `it had not seen ${unseen}` };
  });
}

function votesInTime(entries: readonly Entry[]) {
  const cast: { readonly vote: EventOf<"vote-submitted">; readonly inTime: boolean }[] = [];
  let state = initialState;
  for (const entry of entries) {
    if (entry.type === "vote-submitted") cast.push({ vote: entry, inTime: decisionOf(state) === null });
    state = evolve(state, entry);
  }
  return cast;
}

/** The first answer that is newer than what its author had in the list. */
function firstUnseen(answers: readonly EventOf<"answer-submitted">[], shown: readonly AnswerId[]): AnswerId | null {
  const newestSeen = new Map(answers.flatMap(({ agent, answer }, at) => (shown.includes(answer) ? [[agent, at] as const] : [])));
  return answers.find(({ agent }, at) => at > (newestSeen.get(agent) ?? -1))?.answer ?? null;
}

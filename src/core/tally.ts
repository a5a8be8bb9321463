// Counts the standing votes and ranks the candidates: most votes, then most votes from others than the authors, then registration.
import type { Answer, Candidate, Council, Member, Vote } from "./state.ts";

export type Count = {
  readonly candidate: Candidate;
  readonly votes: readonly Vote[];
  /** Votes of agents that are not among its authors. */
  readonly fromOthers: number;
};

/** Every candidate with its standing votes, the winner first. */
export function countVotes(council: Council): readonly Count[] {
  const byKey = new Map<string, Vote[]>(council.candidates.map(({ key }) => [key, []]));
  for (const { vote } of council.members) if (vote !== null) byKey.get(vote.key)?.push(vote);
  return council.candidates.map((candidate) => count(candidate, byKey.get(candidate.key) ?? [])).sort(compareCounts);
}

/** The author's answer that stands for a candidate when it wins. */
export function winningAnswer({ answers }: Candidate): Answer {
  const [first] = answers;
  if (first === undefined) throw new Error("A candidate without an answer");
  return first;
}

export function hasSettled(member: Member): boolean {
  return member.vote !== null || member.abstention !== null;
}

function count(candidate: Candidate, votes: readonly Vote[]): Count {
  const authors = new Set(candidate.answers.map(({ agent }) => agent));
  return { candidate, votes, fromOthers: votes.filter(({ voter }) => !authors.has(voter)).length };
}

function compareCounts(a: Count, b: Count): number {
  return (
    b.votes.length - a.votes.length ||
    b.fromOthers - a.fromOthers ||
    winningAnswer(a.candidate).ordinal - winningAnswer(b.candidate).ordinal
  );
}

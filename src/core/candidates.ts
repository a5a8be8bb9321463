// Equal answers form one candidate, shown once under the lowest label of its authors; a vote for any of them counts for all.
import { compareLabels } from "./labels.ts";
import type { AnswerId } from "./ids.ts";
import type { Answer, Candidate, Council } from "./state.ts";

/** Candidates by label; within one, answers by order of registration. */
export function groupAnswers(answers: readonly Answer[]): readonly Candidate[] {
  const groups = new Map<string, Answer[]>();
  for (const answer of answers) {
    const group = groups.get(answer.key);
    if (group === undefined) groups.set(answer.key, [answer]);
    else group.push(answer);
  }
  return [...groups].map(([key, group]) => candidate(key, group)).sort((a, b) => compareLabels(a.label, b.label));
}

function candidate(key: string, group: Answer[]): Candidate {
  const answers = group.sort((a, b) => a.ordinal - b.ordinal);
  const labels = answers.map((answer) => answer.label).sort(compareLabels);
  const [lowest] = labels;
  if (lowest === undefined) throw new Error("A candidate without an answer");
  return { label: lowest, key, answers };
}

/** The candidates among these answers; names of no answer are passed over. */
export function candidatesAmong(council: Council, shown: readonly AnswerId[]): readonly Candidate[] {
  // nearly always everything was shown, and then nothing need be sorted again
  if (shown === council.currentIds) return council.candidates;
  return groupAnswers(shown.flatMap((id) => council.answers.get(id) ?? []));
}

/** Where a candidate starts for a voter: everyone reads them in another order. */
export function rotate<Item>(items: readonly Item[], by: number): readonly Item[] {
  const from = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(from), ...items.slice(0, from)];
}

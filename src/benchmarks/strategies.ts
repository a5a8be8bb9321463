// Four ways to answer one question with the same models: one answer, the best of several, the most frequent of several, a council.
import type { Io } from "../io/index.ts";
import { majority, type Grading } from "./grade.ts";
import { added, NOTHING, spentBy, type Spent } from "./spend.ts";
import { timedRun } from "./timed-run.ts";

export type Team = {
  /** The whole team's configuration. */
  readonly council: Readonly<Record<string, unknown>>;
  /** The same with its first agent alone: what samples are taken from. */
  readonly single: Readonly<Record<string, unknown>>;
};

export type Attempt = { readonly answer: string | null; readonly spent: Spent; readonly wallMs: number };
type Asking = { readonly config: Readonly<Record<string, unknown>>; readonly question: string };

async function ask({ config, question }: Asking, io: Io): Promise<Attempt> {
  const { result, wallMs } = await timedRun({ config, question }, io);
  return { answer: result.answer, spent: spentBy(result), wallMs };
}

export const council = (team: Team, question: string, io: Io): Promise<Attempt> => ask({ config: team.council, question }, io);
export const single = (team: Team, question: string, io: Io): Promise<Attempt> => ask({ config: team.single, question }, io);

type Samples = { readonly answers: readonly string[]; readonly spent: Spent; readonly wallMs: number };

/** One after the other, so that a provider's rate limit is none of the comparison's business. */
async function sample(team: Team, question: { readonly text: string; readonly times: number }, io: Io): Promise<Samples> {
  const answers: string[] = [];
  let spent = NOTHING;
  let wallMs = 0;
  for (let index = 0; index < question.times; index += 1) {
    const attempt = await single(team, question.text, io);
    if (attempt.answer !== null) answers.push(attempt.answer);
    spent = added(spent, attempt.spent);
    wallMs += attempt.wallMs;
  }
  return { answers, spent, wallMs };
}

export type Several = { readonly text: string; readonly times: number; readonly grading: Grading };

/** The most frequent answer of `times` samples of the first agent (self-consistency). */
export async function mostFrequent(team: Team, question: Several, io: Io): Promise<Attempt> {
  const { answers, spent, wallMs } = await sample(team, question, io);
  return { answer: majority(answers, question.grading), spent, wallMs };
}

/** The one of `times` samples that the first agent itself calls the best; the first where its choice cannot be read. */
export async function bestOf(team: Team, question: Several, io: Io): Promise<Attempt> {
  const samples = await sample(team, question, io);
  if (samples.answers.length <= 1) return { answer: samples.answers[0] ?? null, spent: samples.spent, wallMs: samples.wallMs };
  const choice = await ask({ config: team.single, question: judging(question.text, samples.answers) }, io);
  return {
    answer: samples.answers[chosen(choice.answer, samples.answers.length)] ?? null,
    spent: added(samples.spent, choice.spent),
    wallMs: samples.wallMs + choice.wallMs,
  };
}

const judging = (question: string, answers: readonly string[]): string =>
  [
    "Below are a question and several answers to it. Say which answer is the best. Answer with its number alone.",
    `Question:\n${question}`,
    ...answers.map((answer, index) => `Answer ${index + 1}:\n${answer}`),
  ].join("\n\n");

/** The index of the first number that names an answer; 0 where there is none. */
export function chosen(text: string | null, answers: number): number {
  const numbers = (text ?? "").match(/\d+/g)?.map(Number) ?? [];
  return (numbers.find((number) => number >= 1 && number <= answers) ?? 1) - 1;
}

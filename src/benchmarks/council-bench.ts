// `massgen bench council`: does a council pay? The same questions by one model, best-of-N, self-consistency and the council, at equal cost.
import type { Io } from "../io/index.ts";
import type { BenchReport, BenchRow, Column, Figure, Progress } from "./contract.ts";
import { conditionsOf } from "./conditions.ts";
import { samplesForBestOf, samplesForMajority } from "./equal-cost.ts";
import { isRight } from "./grade.ts";
import type { Question } from "./questions.ts";
import { added, NOTHING, tokensOf, type Spent } from "./spend.ts";
import { mean, wilson } from "./statistics.ts";
import { bestOf, council, mostFrequent, single, type Attempt, type Team } from "./strategies.ts";

export type CouncilBenchOptions = { readonly team: Team; readonly questions: readonly Question[]; readonly live: boolean };

const COLUMNS: readonly Column[] = [
  { key: "samples", title: "samples", unit: "" },
  { key: "right", title: "right", unit: "" },
  { key: "graded", title: "of", unit: "" },
  { key: "accuracy", title: "accuracy", unit: "%" },
  { key: "low", title: "95 % from", unit: "%" },
  { key: "high", title: "to", unit: "%" },
  { key: "usd", title: "cost a question", unit: "USD" },
  { key: "tokens", title: "tokens a question", unit: "tokens" },
  { key: "wall", title: "time a question", unit: "ms" },
];

const NOTES = [
  "Best-of-N and self-consistency take as many samples of the first agent as the council's price buys; the price is money where it is known for every run, else tokens.",
  "Samples of best-of-N are fewer because its judge, the first agent, is paid too.",
  "The interval is Wilson's at 95 %: strategies whose intervals overlap are not told apart by so few questions.",
];
const SCRIPTED_NOTE =
  "The models are scripted on this machine: the table shows that the arithmetic and the command work, and says nothing about quality.";

/** Runs the council and the single answer first; what they cost sets the samples of the other two. */
export async function benchCouncil(options: CouncilBenchOptions, io: Io, progress: Progress): Promise<BenchReport> {
  const { team, questions, live } = options;
  const each = async (name: string, way: (question: Question) => Promise<Attempt>): Promise<readonly Attempt[]> => {
    const attempts: Attempt[] = [];
    for (const [index, question] of questions.entries()) {
      progress(`${name}: question ${index + 1} of ${questions.length} …`);
      attempts.push(await way(question));
    }
    return attempts;
  };
  const councils = await each("council", ({ question }) => council(team, question, io));
  const singles = await each("single", ({ question }) => single(team, question, io));
  const prices = pricesOf(councils, singles);
  const [many, best] = [samplesForMajority(prices), samplesForBestOf(prices)];
  const several = ({ question: text, grading }: Question, times: number) => ({ text, times, grading });
  const frequent = await each("self-consistency", (question) => mostFrequent(team, several(question, many), io));
  const bests = await each("best-of-N", (question) => bestOf(team, several(question, best), io));
  const row = (name: string, samples: number, attempts: readonly Attempt[]): BenchRow => ({
    name,
    figures: figuresOf(attempts, questions, samples),
  });
  return {
    type: "bench-report",
    bench: "council",
    title: `One model and a council at equal cost, ${questions.length} ${questions.length === 1 ? "question" : "questions"}`,
    mode: live ? "live" : "scripted",
    notes: live ? NOTES : [SCRIPTED_NOTE, ...NOTES],
    columns: COLUMNS,
    rows: [
      row("single", 1, singles),
      row(`best-of-${best}`, best, bests),
      row(`self-consistency of ${many}`, many, frequent),
      row("council", 1, councils),
    ],
    plots: ["accuracy", "tokens", "wall"],
    conditions: { ...conditionsOf(io), questions: questions.length },
  };
}

/** Mean prices in the one unit that every run has. */
export function pricesOf(
  councils: readonly Attempt[],
  singles: readonly Attempt[],
): { council: number; single: number; singlePrompt: number } {
  const all = [...councils, ...singles];
  const hasPrices = all.every(({ spent: { usd } }) => usd !== null) && all.some(({ spent: { usd } }) => (usd ?? 0) > 0);
  const price = (spent: Spent): number => (hasPrices ? (spent.usd ?? 0) : tokensOf(spent));
  const meanOf = (attempts: readonly Attempt[], value: (spent: Spent) => number): number =>
    mean(attempts.map(({ spent }) => value(spent))) ?? 0;
  const single = meanOf(singles, price);
  const tokens = meanOf(singles, tokensOf);
  // Prices of prompt and answer differ; the share of the prompt is taken from the tokens, which overstates it and so buys no sample too many.
  const share = tokens === 0 ? 0 : meanOf(singles, ({ input }) => input) / tokens;
  return { council: meanOf(councils, price), single, singlePrompt: single * share };
}

function figuresOf(attempts: readonly Attempt[], questions: readonly Question[], samples: number): Readonly<Record<string, Figure>> {
  const graded = questions.flatMap(({ expected, grading }, index) =>
    expected === null ? [] : [{ expected, grading, answer: attempts[index]?.answer ?? null }],
  );
  const right = graded.filter(({ expected, grading, answer }) => answer !== null && isRight(answer, expected, grading)).length;
  const { low, high } = wilson(right, graded.length);
  const total = attempts.reduce((sum, { spent }) => added(sum, spent), NOTHING);
  const share = (value: number): number | null => (graded.length === 0 ? null : value * 100);
  return {
    samples,
    right: graded.length === 0 ? null : right,
    graded: graded.length,
    accuracy: share(right / graded.length),
    low: share(low),
    high: share(high),
    usd: total.usd === null ? null : total.usd / attempts.length,
    tokens: tokensOf(total) / attempts.length,
    wall: mean(attempts.map(({ wallMs }) => wallMs)),
  };
}

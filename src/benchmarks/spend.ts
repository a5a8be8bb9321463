// What runs cost: money where every run has a price, else tokens, so that two strategies are compared in one unit.
import type { RunResult } from "../runtime/index.ts";

export type Spent = { readonly usd: number | null; readonly input: number; readonly output: number };

export const NOTHING: Spent = { usd: 0, input: 0, output: 0 };

export const spentBy = ({ cost, usage }: Pick<RunResult, "cost" | "usage">): Spent => ({
  usd: cost,
  input: usage.inputTokens ?? 0,
  output: usage.outputTokens ?? 0,
});

/** The price of both; unknown where one is. */
export const added = (a: Spent, b: Spent): Spent => ({
  usd: a.usd === null || b.usd === null ? null : a.usd + b.usd,
  input: a.input + b.input,
  output: a.output + b.output,
});

export const tokensOf = ({ input, output }: Spent): number => input + output;

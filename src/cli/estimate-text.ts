// An estimate as people read it: what is assumed, each agent's requests, and the range from answers alone to every round.
import { cost } from "../displays/index.ts";
import { columns } from "./columns.ts";
import type { Estimate, EstimatedCase } from "../session/index.ts";

type Assumed = { readonly answer: number; readonly vote: number; readonly presentation: number };
export type EstimateWords = {
  readonly assumed: Assumed;
  readonly charactersPerToken: number;
  /** `--max-cost` or the configuration's. */ readonly maxCostUsd: number | null;
};

export function estimateLines(estimate: Estimate, { assumed, charactersPerToken, maxCostUsd }: EstimateWords): readonly string[] {
  const { agents, low, usual, high } = estimate;
  const steps = usual.requests.map(({ agent, step, inputTokens, outputTokens, costUsd }) => [
    agent,
    step,
    whole(inputTokens),
    whole(outputTokens),
    cost(costUsd),
  ]);
  const cases = (
    [
      ["answers only", low],
      ["with votes and presentation", usual],
      ["every round the limits allow", high],
    ] as const
  ).map(([name, each]) => [name, String(each.requests.length), whole(each.inputTokens), whole(each.outputTokens), cost(each.costUsd)]);
  return [
    "Estimate of this run; no model was asked.",
    "",
    ...table([
      ["agent", "model", "tools", "tokens of tools"],
      ...agents.map(({ id, backend, model, tools, toolTokens }) => [id, model ?? backend, String(tools), whole(toolTokens)]),
    ]),
    "",
    ...table([["agent", "step", "in", "out", "cost"], ...steps]),
    "",
    ...table([["", "requests", "in", "out", "cost"], ...cases]),
    "",
    `Assumed: a token is ${charactersPerToken} characters; an answer has ${assumed.answer} tokens, a vote ${assumed.vote}, the presentation ${assumed.presentation}.`,
    "Not counted: thinking, built-in tools, rounds of tool calls (each sends its conversation once more), and what a provider's cache saves.",
    ...budgetLine([usual, high], maxCostUsd),
  ];
}

/** Whether the limit of money is enough. */
function budgetLine([usual, high]: readonly [EstimatedCase, EstimatedCase], maxCostUsd: number | null): readonly string[] {
  if (maxCostUsd === null || usual.costUsd === null || high.costUsd === null) return [];
  const limit = `The limit of ${cost(maxCostUsd)}`;
  if (high.costUsd <= maxCostUsd) return [`${limit} is enough for every round.`];
  return [
    usual.costUsd <= maxCostUsd
      ? `${limit} is enough for votes and presentation, not for every round.`
      : `${limit} is not enough for votes and presentation.`,
  ];
}

const whole = (n: number): string => n.toLocaleString("en-US");
const table = (rows: readonly (readonly string[])[]): readonly string[] => columns(rows, { numbersRight: true });

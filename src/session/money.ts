// Limits of money where a price is not known: refused before anything is spent, unless another limit bounds the requests.
import { canBePriced } from "../backends/index.ts";
import type { AgentConfig, MassgenConfig } from "../config/index.ts";
import type { Limits } from "../config/types.ts";
import { UsageError } from "../errors/index.ts";

/** What is said where it is let through. Throws UsageError where a limit of money could not be kept. */
export async function checkMoney({ agents, budget, agentBudgets }: MassgenConfig): Promise<readonly string[]> {
  const limited = agents.filter(({ id }) => (budget.maxCostUsd ?? agentBudgets[id]?.maxCostUsd ?? null) !== null);
  const priced = await Promise.all(limited.map(({ backend }) => canBePriced(backend.type, backend.model)));
  const unpriced = limited.filter((_agent, index) => priced[index] === false);
  const loose = unpriced.filter(({ id }) => !isBounded(budget) && !isBounded(agentBudgets[id]));
  if (loose.length > 0) {
    throw new UsageError("E_USAGE", `The limit of money cannot be kept: no price is known for ${namesOf(loose)}.`, {
      next: "Give a limit of tokens or requests too (--max-tokens, --max-model-calls, or the same under `budget`), or leave the money out.",
    });
  }
  if (unpriced.length === 0) return [];
  return [
    `No price is known for ${namesOf(unpriced)}: it does not count towards the limit of money; the limit of tokens or requests holds.`,
  ];
}

/** Requests come to an end, whatever they cost. */
const isBounded = (limits: Limits | undefined): boolean => limits !== undefined && (limits.maxTokens ?? limits.maxModelCalls) !== null;

const namesOf = (agents: readonly AgentConfig[]): string =>
  agents.map(({ id, backend: { type, model } }) => `${id} (${type}${model === null ? "" : `, ${model}`})`).join(", ");

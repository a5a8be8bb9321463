// Adds up what answers of a model cost that a server asked for during one call.
import { addKnown, addUsage } from "../core/index.ts";
import type { Spent, ToolCallRequest } from "./contract.ts";

/** The request with its `sample` watched, and what was spent so far as a field of the result; no field where nothing was. */
export function countSampling(request: ToolCallRequest): { readonly request: ToolCallRequest; spent(): { readonly sampled?: Spent } } {
  const { sample } = request;
  if (!sample) return { request, spent: () => ({}) };
  let sum: Spent = { requests: 0, usage: null, costUsd: null };
  const watched: ToolCallRequest["sample"] = async (question, signal) => {
    const answer = await sample(question, signal);
    if (answer.spent) sum = add(sum, answer.spent);
    return answer;
  };
  return { request: { ...request, sample: watched }, spent: () => (sum.requests === 0 ? {} : { sampled: sum }) };
}

const add = (a: Spent, b: Spent): Spent => ({
  requests: a.requests + b.requests,
  usage: a.usage && b.usage ? addUsage(a.usage, b.usage) : (a.usage ?? b.usage),
  costUsd: addKnown(a.costUsd, b.costUsd),
});

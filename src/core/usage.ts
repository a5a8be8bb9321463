// Adding up what was used: a number that only one side knows is taken over, and nothing is invented where neither does.
import type { Usage } from "./events.ts";

export const UNKNOWN_USAGE: Usage = { inputTokens: null, cachedTokens: null, outputTokens: null, reasoningTokens: null };

export const addKnown = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : a + b);

export function addUsage(a: Usage, b: Usage): Usage {
  return {
    inputTokens: addKnown(a.inputTokens, b.inputTokens),
    cachedTokens: addKnown(a.cachedTokens, b.cachedTokens),
    outputTokens: addKnown(a.outputTokens, b.outputTokens),
    reasoningTokens: addKnown(a.reasoningTokens, b.reasoningTokens),
  };
}

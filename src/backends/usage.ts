// Token counts as a provider reports them, brought into our four numbers; null means that the provider did not say.
import type { LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Usage } from "../core/index.ts";

export function toUsage(usage: LanguageModelV4Usage): Usage {
  return {
    inputTokens: usage.inputTokens.total ?? null,
    cachedTokens: usage.inputTokens.cacheRead ?? null,
    outputTokens: usage.outputTokens.total ?? null,
    reasoningTokens: usage.outputTokens.reasoning ?? null,
  };
}

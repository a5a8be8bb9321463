// What a model step cost, from a maintained list of prices that is loaded with the first step that may have one.
import type { Usage } from "../core/index.ts";

/** Our backend types under the names the price list uses. A type that is missing has no known prices. */
const PRICE_LIST_NAMES: Readonly<Record<string, string>> = {
  gemini: "google",
  claude: "anthropic",
  openai: "openai",
  azure_openai: "azure",
  grok: "x-ai",
  groq: "groq",
  cerebras: "cerebras",
  together: "together",
  fireworks: "fireworks",
  openrouter: "openrouter",
  deepseek: "deepseek",
  mistral: "mistral",
  moonshot: "moonshotai",
  zai: "zai",
};

export type Pricing = (usage: Usage, model: string) => Promise<number | null>;

/** No price is ever known: local servers, unknown providers. */
export const NO_PRICES: Pricing = () => Promise.resolve(null);

/** US dollars of a step; null where the provider, the model or the token counts are unknown. Cache writes are priced as plain input. */
export function pricingOf(type: string): Pricing {
  const providerId = PRICE_LIST_NAMES[type];
  if (providerId === undefined) return NO_PRICES;
  return async (usage, model) => {
    if (usage.inputTokens === null || usage.outputTokens === null) return null;
    const { calcPrice } = await import("@pydantic/genai-prices");
    const counts = { input_tokens: usage.inputTokens, cache_read_tokens: usage.cachedTokens ?? 0, output_tokens: usage.outputTokens };
    return calcPrice(counts, model, { providerId })?.total_price ?? null;
  };
}

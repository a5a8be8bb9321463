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

/** Tokens of a step. `cacheWrites` are those of the input that the provider was asked to remember, which costs more than plain input. */
export type PaidUsage = Usage & { readonly cacheWrites?: number };
export type Pricing = (usage: PaidUsage, model: string) => Promise<number | null>;

/** No price is ever known. */
export const NO_PRICES: Pricing = () => Promise.resolve(null);

/** US dollars of a step; null where the provider, the model or the token counts are unknown. */
export function pricingOf(type: string): Pricing {
  const providerId = PRICE_LIST_NAMES[type];
  if (providerId === undefined) return NO_PRICES;
  return async (usage, model) => {
    if (usage.inputTokens === null || usage.outputTokens === null) return null;
    const { calcPrice } = await import("@pydantic/genai-prices");
    const counts = {
      input_tokens: usage.inputTokens,
      cache_read_tokens: usage.cachedTokens ?? 0,
      cache_write_tokens: usage.cacheWrites ?? 0,
      output_tokens: usage.outputTokens,
    };
    return calcPrice(counts, model, { providerId })?.total_price ?? null;
  };
}

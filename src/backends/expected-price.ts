// What is known of a price by the type of a backend alone: for estimates, for limits of money that could not be kept, and for models on this machine.
import type { Usage } from "../core/index.ts";
import { isLocalServer } from "./local-server.ts";
import { pricingOf, type Pricing } from "./price.ts";

/** Their replies name the model that is paid for; what the configuration calls it may be anything. */
const NAMED_BY_THE_REPLY: ReadonlySet<string> = new Set(["azure_openai", "claude_code"]);
const SOME: Usage = { inputTokens: 1_000, cachedTokens: null, outputTokens: 1_000, reasoningTokens: null };

/** Models on this machine cost nothing; null where no price is known. */
export function expectedPricing(type: string): Pricing {
  if (type === "local" || isLocalServer(type)) return () => Promise.resolve(0);
  return pricingOf(type === "claude_code" ? "claude" : type);
}

/** False where a limit of money could not be kept, because nobody will ever know what was spent. */
export async function canBePriced(type: string, model: string | null): Promise<boolean> {
  if (NAMED_BY_THE_REPLY.has(type)) return true;
  return (await expectedPricing(type)(SOME, model ?? "")) !== null;
}

// Anthropic Claude over the Messages API: thinking with signatures, search and code execution beside functions, the stable prefix cached.
import type {
  JSONObject,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4ProviderTool,
} from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import type { Json } from "../core/index.ts";
import { declare } from "../mcp/index.ts";
import { isOn, numberOf, recordOf, samplingOf, textOf } from "./backend-options.ts";
import type { BackendParts } from "./backend-parts.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend } from "./language-model.ts";
import { once } from "./once.ts";
import { pricingOf } from "./price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const SEARCH: LanguageModelV4ProviderTool = { type: "provider", id: "anthropic.web_search_20250305", name: "web_search", args: {} };
const CODE: LanguageModelV4ProviderTool = { type: "provider", id: "anthropic.code_execution_20250825", name: "code_execution", args: {} };

type Thinking = { readonly thinking?: JSONObject; readonly reasoning?: NonNullable<LanguageModelV4CallOptions["reasoning"]> };
const OFF = { thinking: { type: "disabled" } } as const;

/** `thinking: {type, budget_tokens, level, include_thoughts}`; without a budget the SDK chooses the form a model takes. */
function thinkingOf(value: Json | undefined): Thinking {
  if (value === undefined) return {};
  const given = recordOf(value);
  const budget = numberOf(given, "budget_tokens");
  if (given["type"] === "disabled" || budget === 0) return OFF;
  if (given["type"] === "adaptive" || budget === -1)
    return { thinking: { type: "adaptive", display: given["include_thoughts"] === false ? "omitted" : "summarized" } };
  if (budget !== undefined) return { thinking: { type: "enabled", budgetTokens: budget } };
  return { reasoning: (textOf(given, "level") ?? "medium") as NonNullable<Thinking["reasoning"]> };
}

function requestOptions(config: BackendConfig): Omit<LanguageModelV4CallOptions, "prompt" | "tools" | "abortSignal"> {
  const { thinking, reasoning } = thinkingOf(config.options["thinking"]);
  // Arguments arrive whole: a call that has begun would otherwise stream JSON that may turn out broken.
  const anthropic: JSONObject = { toolStreaming: false, ...(thinking === undefined ? {} : { thinking }) };
  return { ...samplingOf(config.options), ...(reasoning === undefined ? {} : { reasoning }), providerOptions: { anthropic } };
}

const CACHE = { anthropic: { cacheControl: { type: "ephemeral" } } } as const;

/** Two marks: behind the tools and the system prompt, which never change in a run, and behind the newest message, where the next request goes on. */
function markForCache(prompt: LanguageModelV4Prompt): LanguageModelV4Prompt {
  const last = prompt.length - 1;
  const marked = (message: LanguageModelV4Message, index: number): boolean =>
    message.role === "system" || (index === last && message.role !== "assistant");
  return prompt.map((message, index) =>
    marked(message, index) ? { ...message, providerOptions: { ...message.providerOptions, ...CACHE } } : message,
  );
}

async function openModel(parts: BackendParts, model: string): Promise<LanguageModelV4> {
  const { createAnthropic } = await import("@ai-sdk/anthropic");
  const baseURL = baseUrlOf(parts, "v1");
  return createAnthropic({ baseURL, apiKey: parts.config.apiKey ?? "", fetch: wireFetch(parts, { baseUrl: baseURL }) })(model);
}

export async function claudeBackend(parts: BackendParts): Promise<Backend> {
  const { config, row } = parts;
  const modelId = config.model ?? row.defaultModel ?? "claude-sonnet-4-5";
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl: baseUrlOf(parts, "v1"), modelId }),
    model: once(() => openModel(parts, modelId)),
    declarer: new ToolDeclarer((tool) => declare("anthropic", tool)),
    options: requestOptions(config),
    nativeTools: [
      ...(isOn(config.options, "enable_web_search") ? [SEARCH] : []),
      ...(isOn(config.options, "enable_code_execution") ? [CODE] : []),
    ],
    ownTools: () => [],
    style: { strictRoles: false, joinTexts: false, images: true, reasoning: true },
    keepsTools: true,
    pricing: pricingOf("claude"),
    finishPrompt: markForCache,
  });
}

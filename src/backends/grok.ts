// xAI Grok over its Responses API, where live search is a server tool; with `search_parameters` in extra_body, over chat completions as before.
import type { JSONObject, LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { declare } from "../mcp/index.ts";
import { defined, isOn, recordOf, samplingOf, textOf } from "./backend-options.ts";
import type { BackendParts } from "./backend-parts.ts";
import { baseUrlOf } from "./base-url.ts";
import { chatCompletionBackend } from "./chat-completion.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend } from "./language-model.ts";
import { once } from "./once.ts";
import { pricingOf } from "./price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const LIVE_SEARCH: readonly LanguageModelV4ProviderTool[] = [
  { type: "provider", id: "xai.web_search", name: "web_search", args: {} },
  { type: "provider", id: "xai.x_search", name: "x_search", args: {} },
];

/** The nearest that xAI knows to what other providers call so. */
const EFFORTS: Readonly<Record<string, string>> = { minimal: "low", max: "high" };

function requestOptions({ options }: BackendConfig): Omit<LanguageModelV4CallOptions, "prompt" | "tools" | "abortSignal"> {
  // The Responses API of xAI has no field for these two; the SDK would warn about each request.
  const { stopSequences: _stop, seed: _seed, ...sampling } = samplingOf(options);
  const effort = textOf(recordOf(options["reasoning"]), "effort");
  const xai = defined<JSONObject>({ store: false, reasoningEffort: effort === undefined ? undefined : (EFFORTS[effort] ?? effort) });
  return { ...sampling, providerOptions: { xai } };
}

async function openModel(parts: BackendParts, model: string): Promise<LanguageModelV4> {
  const { createXai } = await import("@ai-sdk/xai");
  const baseURL = baseUrlOf(parts, "v1");
  return createXai({ baseURL, apiKey: parts.config.apiKey ?? "", fetch: wireFetch(parts, { baseUrl: baseURL }) }).responses(model);
}

export async function grokBackend(parts: BackendParts): Promise<Backend> {
  const { config, row } = parts;
  const searches = isOn(config.options, "enable_web_search");
  if (config.extraBody["search_parameters"] !== undefined) {
    if (searches)
      throw new UsageError("E_CONFIG_INVALID", "enable_web_search and extra_body.search_parameters exclude each other", {
        next: "Keep one of the two.",
      });
    return chatCompletionBackend(parts);
  }
  const modelId = config.model ?? row.defaultModel ?? "grok-latest";
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl: baseUrlOf(parts, "v1"), modelId }),
    model: once(() => openModel(parts, modelId)),
    declarer: new ToolDeclarer((tool) => declare("openai", tool)),
    options: requestOptions(config),
    nativeTools: searches ? LIVE_SEARCH : [],
    ownTools: () => [],
    style: { strictRoles: false, joinTexts: false, images: false, reasoning: true },
    keepsTools: false,
    pricing: pricingOf("grok"),
  });
}

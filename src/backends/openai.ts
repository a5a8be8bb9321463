// OpenAI over the Responses API: reasoning carried across steps in encrypted form, nothing stored at the provider, search and code interpreter beside functions.
import type { JSONObject, LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import { declare } from "../mcp/index.ts";
import { defined, isOn, recordOf, samplingOf, textOf } from "./backend-options.ts";
import type { BackendParts } from "./backend-parts.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend } from "./language-model.ts";
import { once } from "./once.ts";
import { pricingOf } from "./price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const SEARCH: LanguageModelV4ProviderTool = { type: "provider", id: "openai.web_search", name: "web_search", args: {} };
const CODE: LanguageModelV4ProviderTool = { type: "provider", id: "openai.code_interpreter", name: "code_interpreter", args: {} };

type NamedModel = { readonly id: string; readonly effort: string | undefined };

/** `o3-mini-high` is `o3-mini` with high effort; other families keep what looks like such an ending. */
export function splitEffort(name: string): NamedModel {
  const match = /^(o\d[a-z0-9-]*?)-(low|medium|high)$/.exec(name);
  return { id: match?.[1] ?? name, effort: match?.[2] };
}

/** Models that reason, as far as a name tells; the SDK knows the others of its list. */
const reasons = (id: string): boolean => /^(o\d|gpt-(?:[5-9]|\d\d)(?!.*chat)|codex)/.test(id);

function requestOptions(
  { options }: BackendConfig,
  { id, effort }: NamedModel,
): Omit<LanguageModelV4CallOptions, "prompt" | "tools" | "abortSignal"> {
  const reasoning = recordOf(options["reasoning"]);
  const wantsReasoning = options["reasoning"] !== undefined || effort !== undefined || reasons(id);
  const openai = defined<JSONObject>({
    store: false,
    forceReasoning: wantsReasoning || undefined,
    reasoningEffort: textOf(reasoning, "effort") ?? effort,
    // Null keeps the SDK from asking for summaries by itself, which unverified organisations are refused.
    reasoningSummary: reasoning["summary"] === "none" ? null : (textOf(reasoning, "summary") ?? null),
    textVerbosity: textOf(recordOf(options["text"]), "verbosity"),
    parallelToolCalls: typeof options["parallel_tool_calls"] === "boolean" ? options["parallel_tool_calls"] : undefined,
    serviceTier: textOf(options, "service_tier"),
    user: textOf(options, "user"),
  });
  return { ...samplingOf(options), providerOptions: { openai } };
}

async function openModel(parts: BackendParts, model: string): Promise<LanguageModelV4> {
  const { createOpenAI } = await import("@ai-sdk/openai");
  const baseURL = baseUrlOf(parts, "v1");
  return createOpenAI({ baseURL, apiKey: parts.config.apiKey ?? "", fetch: wireFetch(parts, { baseUrl: baseURL }) }).responses(model);
}

export async function openaiBackend(parts: BackendParts): Promise<Backend> {
  const { config, row } = parts;
  const named = splitEffort(config.model ?? row.defaultModel ?? "gpt-5-mini");
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl: baseUrlOf(parts, "v1"), modelId: named.id }),
    model: once(() => openModel(parts, named.id)),
    declarer: new ToolDeclarer((tool) => declare("openai", tool)),
    options: requestOptions(config, named),
    nativeTools: [
      ...(isOn(config.options, "enable_web_search") ? [SEARCH] : []),
      ...(isOn(config.options, "enable_code_interpreter") ? [CODE] : []),
    ],
    ownTools: () => [],
    style: { strictRoles: false, joinTexts: false, images: true, reasoning: true },
    keepsTools: false,
    pricing: pricingOf("openai"),
  });
}

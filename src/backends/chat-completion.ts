// Every server that speaks OpenAI's chat completions: the presets differ by their row in the table and by the few habits listed here.
import type { JSONObject, LanguageModelV4 } from "@ai-sdk/provider";
import { presetOfHost, type BackendConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { declare } from "../mcp/index.ts";
import type { BackendParts } from "./backend-parts.ts";
import { samplingOf } from "./backend-options.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend, type LanguageModelSpec } from "./language-model.ts";
import { isLocalServer, probeLocalServer } from "./local-server.ts";
import { once } from "./once.ts";
import { expectedPricing } from "./expected-price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

type Habits = {
  /** Wants its reasoning back in the conversation; others refuse the field. */
  readonly reasoning?: true;
  /** Refuses `stream_options`, and reports usage without being asked. */
  readonly ownUsage?: true;
  /** Newer models refuse `max_tokens`. */
  readonly completionTokens?: true;
};

const HABITS: Readonly<Record<string, Habits>> = {
  deepseek: { reasoning: true },
  moonshot: { reasoning: true },
  zai: { reasoning: true },
  mistral: { ownUsage: true },
  openai: { completionTokens: true },
};

/** Options that have names of their own in the SDK, or that are ours; all others go into the body as they are written. */
const NOT_IN_BODY = new Set([
  "temperature",
  "top_p",
  "max_tokens",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "rpm",
  "tpm",
  "max_tool_rounds",
  "provider",
  "provider_name",
]);

function requestOptions(config: BackendConfig, type: string): LanguageModelSpec["options"] {
  const { topK: _inBody, ...sampling } = samplingOf(config.options);
  const routed = type === "openrouter";
  const body = Object.entries(config.options).filter(([key]) => !NOT_IN_BODY.has(key) || (routed && key === "provider"));
  return { ...sampling, providerOptions: { [type]: Object.fromEntries(body) as JSONObject } };
}

function renameMaxTokens({ max_tokens: limit, ...body }: Record<string, unknown>): Record<string, unknown> {
  return limit === undefined ? body : { ...body, max_completion_tokens: limit };
}

type Opening = { readonly type: string; readonly baseUrl: string };

type Shared = { readonly onRequest: BackendParts["onRequest"]; readonly models: Map<string, Promise<LanguageModelV4>> };

/** Agents that ask the same model in the same way share its object: the SDK builds all its schemas anew for each. */
const shared = new WeakMap<BackendParts["io"], Shared>();

async function openModel(parts: BackendParts, model: string | null, opening: Opening): Promise<LanguageModelV4> {
  const id = isLocalServer(opening.type) || model === null ? await probeLocalServer(parts, opening.baseUrl) : model;
  const { io, onRequest, config } = parts;
  let known = shared.get(io);
  if (known === undefined || known.onRequest !== onRequest) shared.set(io, (known = { onRequest, models: new Map() }));
  const key = JSON.stringify([opening, id, config.apiKey, config.extraBody]);
  const made = known.models.get(key) ?? makeModel(parts, id, opening);
  known.models.set(key, made);
  return made;
}

async function makeModel(parts: BackendParts, id: string, { type, baseUrl }: Opening): Promise<LanguageModelV4> {
  const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
  const habits = HABITS[type] ?? {};
  return createOpenAICompatible({
    name: type,
    baseURL: baseUrl,
    fetch: wireFetch(parts, { baseUrl }),
    includeUsage: habits.ownUsage !== true,
    ...(parts.config.apiKey === null ? {} : { apiKey: parts.config.apiKey }),
    ...(habits.completionTokens === true ? { transformRequestBody: renameMaxTokens } : {}),
  })(id);
}

/** The preset that owns the host of `base_url`, so that `chatcompletion` with a known address behaves as that provider. */
function presetOf(parts: BackendParts): string {
  const { type } = parts.config;
  return type === "chatcompletion" ? (presetOfHost(baseUrlOf(parts, null)) ?? type) : type;
}

export async function chatCompletionBackend(parts: BackendParts): Promise<Backend> {
  const { config, row } = parts;
  const type = presetOf(parts);
  const modelId = config.model ?? row.defaultModel;
  if (modelId === null && !isLocalServer(type))
    throw new UsageError("E_CONFIG_INVALID", `${row.title} needs a model`, { next: "Set model." });
  const baseUrl = baseUrlOf(parts, isLocalServer(type) ? "v1" : null);
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl, modelId: modelId ?? "the first model it serves" }),
    model: once(() => openModel(parts, modelId, { type, baseUrl })),
    declarer: new ToolDeclarer((tool) => declare("openai", tool)),
    options: requestOptions(config, type),
    nativeTools: [],
    ownTools: () => [],
    style: { strictRoles: false, joinTexts: true, images: false, reasoning: HABITS[type]?.reasoning === true },
    keepsTools: false,
    pricing: expectedPricing(type),
  });
}

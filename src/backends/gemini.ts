// Google Gemini over its own API: native function declarations, thought signatures, built-in search and code execution on every generation.
import type { JSONObject, LanguageModelV4, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import { isVertex, rowAtVertex, VERTEX_TOKEN_VARIABLE, vertexPlace, type BackendConfig } from "../config/index.ts";
import type { Json } from "../core/index.ts";
import { UsageError } from "../errors/index.ts";
import { declare } from "../mcp/index.ts";
import type { BackendParts } from "./backend-parts.ts";
import { defined, isOn, numberOf, recordOf, samplingOf, textOf } from "./backend-options.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend, type LanguageModelSpec, type TurnServices } from "./language-model.ts";
import { nestedTool, type NestedAbility } from "./nested-call.ts";
import { once } from "./once.ts";
import { pricingOf } from "./price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const SEARCH: LanguageModelV4ProviderTool = { type: "provider", id: "google.google_search", name: "google_search", args: {} };
const CODE: LanguageModelV4ProviderTool = { type: "provider", id: "google.code_execution", name: "code_execution", args: {} };

const SEARCH_ABILITY: NestedAbility = {
  name: "web_search",
  description: "Searches the web with Google and returns what was found, with its sources. Ask one precise question per call.",
  argument: ["query", "What to find out, as a full question or as key words"],
  system:
    "Search the web for what is asked and report the facts found, with names, numbers and dates. Say so where nothing reliable was found.",
  builtin: SEARCH,
};
const CODE_ABILITY: NestedAbility = {
  name: "run_python",
  description: "Runs Python in a sandbox at Google (no network, no files of this computer) and returns its output.",
  argument: ["task", "The Python code to run, or a precise description of what to compute"],
  system: "Carry the task out by running Python code. Report the output exactly.",
  builtin: CODE,
};

/** From the third generation on, built-in abilities and functions can stand in one request. */
const mixes = (model: string): boolean => /(^|\/)gemini-(?:[3-9]|\d\d)/.test(model);
const thinks = (model: string): boolean => /(^|\/)gemini-(?:2\.5|[3-9]|\d\d)/.test(model) && !/image|tts|live|audio|embedding/.test(model);

type Wanted = { readonly search: boolean; readonly code: boolean };

function nativeTools({ search, code }: Wanted, model: string): LanguageModelV4ProviderTool[] {
  return mixes(model) ? [...(search ? [SEARCH] : []), ...(code ? [CODE] : [])] : [];
}

function abilities({ search, code }: Wanted, model: string): NestedAbility[] {
  return mixes(model) ? [] : [...(search ? [SEARCH_ABILITY] : []), ...(code ? [CODE_ABILITY] : [])];
}

/** `thinking: {type, budget_tokens, level, include_thoughts}`; switched off it is what each generation knows as the least. */
function thinkingConfig(value: Json | undefined, model: string): JSONObject | undefined {
  if (value === undefined && !thinks(model)) return undefined;
  const given = recordOf(value);
  if (given["type"] === "disabled") return mixes(model) ? { thinkingLevel: "minimal", includeThoughts: false } : { thinkingBudget: 0 };
  return defined<JSONObject>({
    thinkingBudget: numberOf(given, "budget_tokens"),
    thinkingLevel: textOf(given, "level"),
    includeThoughts: given["include_thoughts"] !== false,
  });
}

function safetySettings(value: Json | undefined): JSONObject[] | undefined {
  if (Array.isArray(value)) return value as JSONObject[];
  const pairs = Object.entries(recordOf(value));
  return pairs.length === 0 ? undefined : pairs.map(([category, threshold]) => ({ category, threshold: threshold as string }));
}

function requestOptions(config: BackendConfig, model: string): LanguageModelSpec["options"] {
  const google = defined<JSONObject>({
    thinkingConfig: thinkingConfig(config.options["thinking"], model),
    safetySettings: safetySettings(config.options["safety_settings"]),
  });
  return { ...samplingOf(config.options), providerOptions: { google } };
}

/** The SDK always writes the JSON Schema form; the OpenAPI form has a field of its own, left out where a tool takes no arguments. */
function toOpenApiForm(body: Record<string, unknown>): Record<string, unknown> {
  const tools = body["tools"];
  if (!Array.isArray(tools)) return body;
  return {
    ...body,
    tools: tools.map((tool: { functionDeclarations?: { parametersJsonSchema?: { properties?: object } }[] }) =>
      tool.functionDeclarations === undefined ? tool : { ...tool, functionDeclarations: tool.functionDeclarations.map(openApiDeclaration) },
    ),
  };
}

function openApiDeclaration({ parametersJsonSchema, ...rest }: { parametersJsonSchema?: { properties?: object } }): object {
  const empty = Object.keys(parametersJsonSchema?.properties ?? {}).length === 0;
  return empty ? rest : { ...rest, parameters: parametersJsonSchema };
}

type Place = {
  readonly baseUrl: string;
  /** An access token instead of a key. */
  readonly token: string | null;
  readonly vertex: boolean;
};

/** The Gemini API, or Vertex AI where `vertex: true` names a project; there a token works besides a key. */
function placeOf(parts: BackendParts): Place {
  const { options, apiKey } = parts.config;
  if (!isVertex(options)) return { baseUrl: baseUrlOf(parts, "v1beta"), token: null, vertex: false };
  const { project, location } = vertexPlace(options, parts.io.env);
  if (project === null)
    throw new UsageError("E_CONFIG_INVALID", "Vertex AI needs a project", { next: "Set project or GOOGLE_CLOUD_PROJECT to its id." });
  if (location === null)
    throw new UsageError("E_CONFIG_INVALID", "Vertex AI needs the name of a location", { next: "Set location or GOOGLE_CLOUD_LOCATION." });
  const baseUrl = `${baseUrlOf(parts, "v1")}/projects/${project}/locations/${location}/publishers/google`;
  return { baseUrl, token: apiKey === parts.io.env[VERTEX_TOKEN_VARIABLE] ? apiKey : null, vertex: true };
}

async function openModel(parts: BackendParts, model: string, { baseUrl, token, vertex }: Place): Promise<LanguageModelV4> {
  const { createGoogle } = await import("@ai-sdk/google");
  const fetch = wireFetch(parts, {
    baseUrl,
    ...(parts.config.geminiSchema === "openapi" ? { rewrite: toOpenApiForm } : {}),
    ...(token === null ? {} : { headers: { authorization: `Bearer ${token}`, "x-goog-api-key": null } }),
  });
  return createGoogle({ baseURL: baseUrl, apiKey: parts.config.apiKey ?? "", fetch, ...(vertex ? { name: "google.vertex.chat" } : {}) })(
    model,
  );
}

/** Vertex AI has addresses and key variables of its own. */
function atItsPlace(parts: BackendParts): BackendParts {
  const row = rowAtVertex(parts.row, parts.config.options, parts.io.env);
  return { ...parts, row, capabilities: { ...parts.capabilities, title: row.title, keyVariables: row.keyVariables } };
}

export async function geminiBackend(given: BackendParts): Promise<Backend> {
  const parts = atItsPlace(given);
  const { config, row } = parts;
  const modelId = config.model ?? row.defaultModel ?? "gemini-2.5-flash";
  const wanted = { search: isOn(config.options, "enable_web_search"), code: isOn(config.options, "enable_code_execution") };
  const options = requestOptions(config, modelId);
  const place = placeOf(parts);
  const form = config.geminiSchema === "openapi" ? "gemini-openapi" : "gemini-json";
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl: place.baseUrl, modelId }),
    model: once(() => openModel(parts, modelId, place)),
    declarer: new ToolDeclarer((tool) => declare(form, tool)),
    options,
    nativeTools: nativeTools(wanted, modelId),
    ownTools: (model: LanguageModelV4, services: TurnServices) =>
      abilities(wanted, modelId).map((ability) => nestedTool(ability, { model, services, clock: parts.io.clock, options })),
    style: { strictRoles: true, joinTexts: false, images: true, reasoning: true },
    keepsTools: false,
    pricing: pricingOf("gemini"),
  });
}

// Google Gemini over its own API: native function declarations, thought signatures, built-in search and code execution on every generation.
import type { JSONObject, LanguageModelV4, LanguageModelV4ProviderTool } from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import type { Json } from "../core/index.ts";
import { declare } from "../mcp/index.ts";
import type { BackendParts } from "./backend-parts.ts";
import { defined, isOn, numberOf, recordOf, samplingOf, textOf } from "./backend-options.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend, type LanguageModelSpec, type TurnServices } from "./language-model.ts";
import { nestedTool, type NestedAbility } from "./nested-call.ts";
import { pricingOf } from "./price.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const SEARCH: LanguageModelV4ProviderTool = { type: "provider", id: "google.google_search", name: "google_search", args: {} };
const CODE: LanguageModelV4ProviderTool = { type: "provider", id: "google.code_execution", name: "code_execution", args: {} };

const SEARCH_ABILITY: NestedAbility = {
  name: "web_search",
  description: "Searches the web with Google and returns what was found, with its sources. Ask one precise question per call.",
  argument: ["query", "What to find out, as a full question or as key words"],
  system: "Search the web for what is asked and report the facts found, with names, numbers and dates. Say so where nothing reliable was found.",
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

/** `thinking: true | false | <budget in tokens> | <level> | {budget, level, include_thoughts}`. */
function thinkingConfig(value: Json | undefined, model: string): JSONObject | undefined {
  if (value === false) return { thinkingBudget: 0 };
  if (typeof value === "number") return { thinkingBudget: value, includeThoughts: value !== 0 };
  if (typeof value === "string") return { thinkingLevel: value, includeThoughts: true };
  if (value === undefined && !thinks(model)) return undefined;
  const given = recordOf(value);
  return defined<JSONObject>({
    thinkingBudget: numberOf(given, "budget") ?? numberOf(given, "thinking_budget") ?? numberOf(given, "budget_tokens"),
    thinkingLevel: textOf(given, "level") ?? textOf(given, "thinking_level"),
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
  return { ...body, tools: tools.map((tool: { functionDeclarations?: { parametersJsonSchema?: { properties?: object } }[] }) => (tool.functionDeclarations === undefined ? tool : { ...tool, functionDeclarations: tool.functionDeclarations.map(openApiDeclaration) })) };
}

function openApiDeclaration({ parametersJsonSchema, ...rest }: { parametersJsonSchema?: { properties?: object } }): object {
  const empty = Object.keys(parametersJsonSchema?.properties ?? {}).length === 0;
  return empty ? rest : { ...rest, parameters: parametersJsonSchema };
}

async function openModel(parts: BackendParts, model: string): Promise<LanguageModelV4> {
  const { createGoogle } = await import("@ai-sdk/google");
  const baseURL = baseUrlOf(parts, "v1beta");
  const rewrite = parts.config.geminiSchema === "openapi" ? { rewrite: toOpenApiForm } : {};
  const fetch = wireFetch({ io: parts.io, baseUrl: baseURL, extraBody: parts.config.extraBody, ...rewrite });
  return createGoogle({ baseURL, apiKey: parts.config.apiKey ?? "", fetch })(model);
}

export async function geminiBackend(parts: BackendParts): Promise<Backend> {
  const { config, io, row, capabilities } = parts;
  const modelId = config.model ?? row.defaultModel ?? "gemini-2.5-flash";
  const wanted = { search: isOn(config.options, "enable_web_search"), code: isOn(config.options, "enable_code_execution") };
  const options = requestOptions(config, modelId);
  const form = config.geminiSchema === "openapi" ? "gemini-openapi" : "gemini-json";
  let opened: Promise<LanguageModelV4> | null = null;
  return languageModelBackend({
    capabilities, modelId, options, io,
    model: () => (opened ??= openModel(parts, modelId)),
    declarer: new ToolDeclarer((tool) => declare(form, tool)),
    nativeTools: nativeTools(wanted, modelId),
    ownTools: (model: LanguageModelV4, services: TurnServices) => abilities(wanted, modelId).map((ability) => nestedTool(ability, { model, services, clock: io.clock, options })),
    style: { strictRoles: true, joinTexts: false, images: true, reasoning: true },
    keepsTools: false,
    pricing: pricingOf("gemini"),
    apiKey: config.apiKey,
  });
}

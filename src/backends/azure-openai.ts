// Azure OpenAI: chat completions of a deployment, with native tools and streaming.
import type { JSONObject, LanguageModelV4, LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { declare } from "../mcp/index.ts";
import { defined, recordOf, samplingOf, textOf } from "./backend-options.ts";
import type { BackendParts } from "./backend-parts.ts";
import { baseUrlOf } from "./base-url.ts";
import type { Backend } from "./contract.ts";
import { languageModelBackend } from "./language-model.ts";
import { once } from "./once.ts";
import { pricingOf } from "./price.ts";
import { sharedSpec } from "./shared-spec.ts";
import { ToolDeclarer } from "./tool-table.ts";
import { wireFetch } from "./wire-fetch.ts";

const VERSION_VARIABLE = "AZURE_OPENAI_API_VERSION";
const DEFAULT_VERSION = "2024-12-01-preview";

type Place = {
  readonly baseUrl: string;
  /** Absent where the address holds its own version (`…/openai/v1`). */
  readonly apiVersion?: string;
};

/** The endpoint as Azure shows it (`https://NAME.openai.azure.com`), with `/openai`, or the whole `/openai/v1`. */
function placeOf(parts: BackendParts): Place {
  const { config, io } = parts;
  const endpoint = textOf(config.options, "azure_endpoint") ?? config.baseUrl;
  const given = baseUrlOf({ ...parts, config: { ...config, baseUrl: endpoint } }, null);
  if (given.endsWith("/openai/v1")) return { baseUrl: given };
  const baseUrl = given.endsWith("/openai") ? given : `${given}/openai`;
  return { baseUrl, apiVersion: textOf(config.options, "api_version") ?? io.env[VERSION_VARIABLE] ?? DEFAULT_VERSION };
}

function requestOptions({ options }: BackendConfig): Omit<LanguageModelV4CallOptions, "prompt" | "tools" | "abortSignal"> {
  const effort = textOf(recordOf(options["reasoning"]), "effort");
  const { maxOutputTokens, ...sampling } = samplingOf(options);
  const body = defined<JSONObject>({
    reasoningEffort: effort,
    textVerbosity: textOf(recordOf(options["text"]), "verbosity"),
    user: textOf(options, "user"),
    // Reasoning deployments take only the newer name, and the name of a deployment does not say what it is.
    ...(maxOutputTokens === undefined ? {} : { maxCompletionTokens: maxOutputTokens }),
    forceReasoning: effort === undefined ? undefined : true,
  });
  return { ...sampling, providerOptions: { azure: body, openai: body } };
}

async function openModel(parts: BackendParts, model: string, { baseUrl, apiVersion }: Place): Promise<LanguageModelV4> {
  const { createAzure } = await import("@ai-sdk/azure");
  const versioned = apiVersion === undefined ? {} : { apiVersion, useDeploymentBasedUrls: true };
  return createAzure({ baseURL: baseUrl, apiKey: parts.config.apiKey ?? "", fetch: wireFetch(parts, { baseUrl }), ...versioned }).chat(
    model,
  );
}

export async function azureBackend(parts: BackendParts): Promise<Backend> {
  const { config } = parts;
  const modelId = config.model;
  if (modelId === null)
    throw new UsageError("E_CONFIG_INVALID", "Azure OpenAI needs the name of a deployment", {
      next: "Set model to the deployment's name.",
    });
  const place = placeOf(parts);
  return languageModelBackend({
    ...sharedSpec(parts, { baseUrl: place.baseUrl, modelId }),
    model: once(() => openModel(parts, modelId, place)),
    declarer: new ToolDeclarer((tool) => declare("openai", tool)),
    options: requestOptions(config),
    nativeTools: [],
    ownTools: () => [],
    style: { strictRoles: false, joinTexts: true, images: false, reasoning: false },
    keepsTools: false,
    pricing: pricingOf("azure_openai"),
  });
}

// Reads a backend's options: the configuration has checked names, the values are checked here where they are used.
import type { LanguageModelV4CallOptions } from "@ai-sdk/provider";
import type { BackendConfig } from "../config/index.ts";
import { isRecord, type Json } from "../core/index.ts";

type Options = BackendConfig["options"];

export const numberOf = (options: Options, key: string): number | undefined =>
  typeof options[key] === "number" ? options[key] : undefined;
export const textOf = (options: Options, key: string): string | undefined => (typeof options[key] === "string" ? options[key] : undefined);
export const isOn = (options: Options, key: string): boolean => options[key] === true;

export function recordOf(value: Json | undefined): Readonly<Record<string, Json>> {
  return isRecord(value) ? value : {};
}

function textsOf(value: Json | undefined): string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : undefined;
}

/** Undefined values are left out, as `exactOptionalPropertyTypes` and request bodies both want it. */
export function defined<T extends object>(values: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

type Sampling = Pick<
  LanguageModelV4CallOptions,
  "temperature" | "topP" | "topK" | "maxOutputTokens" | "stopSequences" | "seed" | "frequencyPenalty" | "presencePenalty"
>;

/** The settings every provider's SDK has a name of its own for. */
export function samplingOf(options: Options): Partial<Sampling> {
  return defined<Partial<Sampling>>({
    temperature: numberOf(options, "temperature"),
    topP: numberOf(options, "top_p"),
    topK: numberOf(options, "top_k"),
    maxOutputTokens: numberOf(options, "max_tokens"),
    stopSequences: textsOf(options["stop"]),
    seed: numberOf(options, "seed"),
    frequencyPenalty: numberOf(options, "frequency_penalty"),
    presencePenalty: numberOf(options, "presence_penalty"),
  });
}

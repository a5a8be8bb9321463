// How tokens are chosen: the configuration's options over defaults that make a run repeatable.
import type { Json } from "../../core/index.ts";

export type Sampling = {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatPenalty: number;
  readonly seed: number;
  readonly stop: readonly string[];
};

export type LocalOptions = {
  readonly modelPath: string | null;
  readonly contextSize: number | null;
  readonly threads: number | null;
  readonly gpuLayers: number | null;
  readonly maxTokens: number | null;
  /** Null = the program's own choice. */
  readonly temperature: number | null;
  readonly sampling: Sampling;
};

const SEED = 7;

/** Reads the options of a `local` backend; values of other kinds count as absent, the configuration has been checked before. */
export function readOptions(options: Readonly<Record<string, Json>>): LocalOptions {
  const number = (key: string): number | null => (typeof options[key] === "number" ? options[key] : null);
  const path = options["model_path"];
  const temperature = number("temperature");
  return {
    modelPath: typeof path === "string" ? path : null,
    contextSize: number("context_size"),
    threads: number("threads"),
    gpuLayers: number("gpu_layers"),
    maxTokens: number("max_tokens"),
    temperature,
    sampling: {
      temperature: temperature ?? 0,
      topK: number("top_k") ?? 40,
      topP: number("top_p") ?? 0.95,
      minP: number("min_p") ?? 0,
      repeatPenalty: number("repeat_penalty") ?? 1.1,
      seed: number("seed") ?? SEED,
      stop: readStops(options["stop"]),
    },
  };
}

function readStops(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

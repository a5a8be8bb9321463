// Asks a model server on the user's own machine what it serves, so that a server that is not running is one clear sentence. Nothing is installed or started.
import type { BackendParts } from "./backend-parts.ts";
import { failureOf } from "./trouble.ts";
import { FailureError } from "./failure-error.ts";
import { wireFetch } from "./wire-fetch.ts";

const PROBE_TIMEOUT_MS = 5_000;

/** What to do where a server does not answer, or does not have the model. */
const STEPS: Readonly<Record<string, { readonly start: string; readonly load: string }>> = {
  lmstudio: {
    start: "Start LM Studio and its server (`lms server start`), or set base_url.",
    load: "Download the model in LM Studio (`lms get MODEL`).",
  },
  ollama: { start: "Start Ollama (`ollama serve`), or set base_url.", load: "Fetch the model with `ollama pull MODEL`." },
  vllm: { start: "Start the server with `vllm serve MODEL`, or set base_url.", load: "Start vLLM with this model, or name one it serves." },
  sglang: {
    start: "Start the server with `python -m sglang.launch_server --model-path MODEL`, or set base_url.",
    load: "Start SGLang with this model, or name one it serves.",
  },
};

export const isLocalServer = (type: string): boolean => STEPS[type] !== undefined;

type Listing = { readonly data?: readonly { readonly id?: unknown }[] };

function trouble(parts: BackendParts, message: string, next: string): FailureError {
  return new FailureError(failureOf("configuration", `${parts.row.title}: ${message}`, { code: "E_PROVIDER_NETWORK", next }));
}

async function listModels(parts: BackendParts, baseUrl: string): Promise<readonly string[]> {
  const fetch = wireFetch(parts, { baseUrl });
  const headers = parts.config.apiKey === null ? {} : { authorization: `Bearer ${parts.config.apiKey}` };
  const late = new AbortController();
  const timer = parts.io.clock.after(PROBE_TIMEOUT_MS, () => late.abort(new Error(`no answer within ${PROBE_TIMEOUT_MS / 1000} s`)));
  try {
    const response = await fetch(`${baseUrl}/models`, { headers, signal: late.signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { data = [] } = (await response.json()) as Listing;
    return data.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  } finally {
    timer.cancel();
  }
}

/** The exact id, else one that differs only by its tag (`llama3` for `llama3:latest`) or in case. */
function findModel(models: readonly string[], wanted: string): string | undefined {
  const name = wanted.toLowerCase();
  return models.find((id) => id === wanted) ?? models.find((id) => id.toLowerCase() === name || id.toLowerCase() === `${name}:latest`);
}

/** The id of the model to ask for; without a configured one the first that is served. Throws FailureError with what to do. */
export async function probeLocalServer(parts: BackendParts, baseUrl: string): Promise<string> {
  const steps = STEPS[parts.config.type] ?? { start: "Start the server, or set base_url.", load: "Name a model it serves." };
  const models = await listModels(parts, baseUrl).catch((error: unknown) => {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error instanceof Error ? error.message : error);
    throw trouble(parts, `no answer from ${baseUrl}/models (${cause})`, steps.start);
  });
  const [first] = models;
  if (first === undefined)
    throw trouble(parts, `the server at ${baseUrl} has no model`, steps.load.replaceAll("MODEL", parts.config.model ?? "MODEL"));
  const wanted = parts.config.model;
  if (wanted === null) return first;
  const found = findModel(models, wanted);
  if (found === undefined)
    throw trouble(
      parts,
      `the server at ${baseUrl} does not have ${wanted}; it has ${models.slice(0, 10).join(", ")}`,
      steps.load.replaceAll("MODEL", wanted),
    );
  return found;
}

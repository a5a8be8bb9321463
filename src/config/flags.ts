// A team without a file: from the flags of the command line, else from the keys that are found.
import type { Problem } from "../errors/index.ts";
import type { Environment } from "../io/index.ts";
import { BACKEND_TABLE, familyOf, presetOfHost, type BackendRow } from "./backend-table.ts";
import { finish, usageErrorFor } from "./problems.ts";
import { readConfig } from "./read-config.ts";
import { newReading, report, ROOT, shown, type Reading } from "./reading.ts";
import { treeOf } from "./tree.ts";
import type { MassgenConfig } from "./types.ts";

export type Flags = {
  readonly backend: string | null;
  readonly model: string | null;
  readonly systemMessage: string | null;
  readonly baseUrl: string | null;
  /** How many; default 3, with a backend, a model or an address 1. */
  readonly agents: number | null;
  readonly env: Environment;
};

const DEFAULT_TEAM = 3;
/** First in a team of keys; the others follow in the order of the table. */
const PREFERRED = ["gemini", "openai", "claude", "grok"];

/** The team the flags ask for. Throws UsageError with all problems. */
export function configFromFlags(flags: Flags): { readonly config: MassgenConfig; readonly warnings: readonly Problem[] } {
  const reading = newReading(null, { env: flags.env });
  const named = flags.backend !== null || flags.model !== null || flags.baseUrl !== null;
  const count = flags.agents ?? (named ? 1 : DEFAULT_TEAM);
  const backends = named ? [namedBackend(flags, reading)] : backendsWithKeys(flags.env);
  const team = Array.from({ length: count }, (_, index) => backends[index] ?? backends[0] ?? { type: "local" });
  const config = reading.problems.length > 0 ? null : readConfig(treeOf({ agents: withIds(team, flags.systemMessage) }), reading);
  const problems = inFlags(finish(reading, null));
  if (config === null || problems.some((problem) => problem.severity === "error")) throw usageErrorFor(problems);
  return { config, warnings: problems };
}

type Backend = { readonly type?: string; readonly model?: string; readonly base_url?: string };

function namedBackend({ backend, model, baseUrl }: Flags, reading: Reading): Backend {
  const known =
    backend ?? (model === null ? null : familyOf(model)) ?? (baseUrl === null ? null : (presetOfHost(baseUrl) ?? "chatcompletion"));
  if (known === null && model !== null) {
    report(
      reading,
      { place: { ...ROOT, path: "--model" }, mark: null },
      {
        code: "unknown-backend",
        message: `The model "${shown(model)}" belongs to no known family; name its provider with --backend`,
      },
    );
  }
  return {
    // Where the address tells more than the model's name, the reading of the backend decides.
    ...(backend === null && baseUrl !== null ? {} : known === null ? {} : { type: known }),
    ...(model === null ? {} : { model }),
    ...(baseUrl === null ? {} : { base_url: baseUrl }),
  };
}

/** One backend for each provider whose key is set; the embedded model where there is none. */
function backendsWithKeys(env: Environment): readonly Backend[] {
  const usable = (row: BackendRow | undefined): row is BackendRow =>
    row !== undefined && !row.keyOptional && row.defaultModel !== null && row.keyVariables.some((name) => (env[name]?.trim() ?? "") !== "");
  const types = [...new Set([...PREFERRED, ...Object.keys(BACKEND_TABLE)])];
  const found = types.map((type) => BACKEND_TABLE[type]).filter(usable);
  return found.length === 0 ? [{ type: "local" }] : found.map(({ type }) => ({ type }));
}

/** `gemini` where it is the only one, else `gemini-1`, `gemini-2`. Never `agent1`: that is how agents are shown to each other, in another order. */
function withIds(team: readonly Backend[], systemMessage: string | null): readonly unknown[] {
  const nameOf = (backend: Backend): string => backend.type ?? backend.model ?? "chat";
  const counts = new Map<string, number>();
  return team.map((backend) => {
    const name = nameOf(backend);
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    const several = team.filter((other) => nameOf(other) === name).length > 1;
    return { id: several ? `${name}-${number}` : name, backend, ...(systemMessage === null ? {} : { system_message: systemMessage }) };
  });
}

const FLAG_NAMES: Readonly<Record<string, string>> = {
  type: "--backend",
  model: "--model",
  base_url: "--base-url",
  system_message: "--system-message",
};

/** Says flags where a file would have keys, and tells what is wrong with every agent of a team once. */
function inFlags(problems: readonly Problem[]): readonly Problem[] {
  const renamed = problems.map((problem) => ({
    ...problem,
    path: FLAG_NAMES[problem.path.split(".").at(-1) ?? ""] ?? problem.path,
    message: problem.message.replace(/`(type|model|base_url|system_message)`/g, (quoted: string, key: string) => FLAG_NAMES[key] ?? quoted),
  }));
  return renamed.filter((problem, index) => renamed.findIndex((other) => other.message === problem.message) === index);
}

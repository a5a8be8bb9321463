// Where a team comes from, as it is written beside a run's log: a file, or flags and the keys that are found; and the configuration it stands for.
import { configFromFlags, loadConfig, type MassgenConfig } from "../config/index.ts";
import type { Json } from "../core/index.ts";
import { MassgenError, type Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { secretSource } from "../security/index.ts";
import { readRunRecord } from "./run-record.ts";

export type TeamSource = {
  readonly file: string | null;
  readonly backend: string | null;
  readonly model: string | null;
  readonly baseUrl: string | null;
  readonly systemMessage: string | null;
  readonly agents: number | null;
  readonly strictConfig: boolean;
};

/** A team for the keys that are found. */
export const KEYS_TEAM: TeamSource = {
  file: null,
  backend: null,
  model: null,
  baseUrl: null,
  systemMessage: null,
  agents: null,
  strictConfig: false,
};

/** `examples`: the folder of the shipped examples, null = their names mean nothing. Throws UsageError with all problems. */
export async function configOfSource(
  source: TeamSource,
  io: Io,
  examples: string | null,
): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }> {
  if (source.file === null) return configFromFlags({ ...source, env: io.env });
  const { files, env } = io;
  return loadConfig({ source: source.file, files, env, strict: source.strictConfig, secrets: secretSource(io), examples });
}

/** The team of a stored run, as it was named. Throws `E_CONFIG_NOT_FOUND` where that is not known. */
export async function sourceOfRun(folder: string, io: Pick<Io, "files">): Promise<TeamSource> {
  const record = await readRunRecord(folder, io);
  const source = record === null ? null : readTeamSource(record.origin);
  if (source !== null) return source;
  throw new MassgenError("E_CONFIG_NOT_FOUND", "It is not known which configuration this run had.", {
    next: "Name it with --config FILE (in a program: `config`).",
  });
}

function readTeamSource(origin: Json): TeamSource | null {
  if (typeof origin !== "object" || origin === null || Array.isArray(origin)) return null;
  const field = (name: string): Json => (Object.hasOwn(origin, name) ? ((origin as { readonly [key: string]: Json })[name] ?? null) : null);
  const text = (name: string): string | null => textOf(field(name));
  const agents = field("agents");
  return {
    file: text("file"),
    backend: text("backend"),
    model: text("model"),
    baseUrl: text("baseUrl"),
    systemMessage: text("systemMessage"),
    agents: typeof agents === "number" ? agents : null,
    strictConfig: field("strictConfig") === true,
  };
}

const textOf = (value: Json): string | null => (typeof value === "string" ? value : null);

// Loads and checks configuration files. Every mistake of a file is told at once; nothing of YAML and no raw error comes out.
import { basename, join } from "node:path";
import { UsageError, type Problem } from "../errors/index.ts";
import { systemErrorCode, type Environment } from "../io/index.ts";
import { checkText, decode } from "./decode.ts";
import { MAX_BYTES } from "./limits.ts";
import { parseTree } from "./parse-yaml.ts";
import { nearestTo } from "./near-miss.ts";
import { finish, usageErrorFor } from "./problems.ts";
import { readConfig } from "./read-config.ts";
import { newReading, type FoundSecret, type Reading, type ReadingMode } from "./reading.ts";
import type { Tree } from "./tree.ts";
import type { MassgenConfig } from "./types.ts";

export type ConfigReader = {
  /** Reads the first `atMost` bytes of a file; rejects with the system's error. */
  read(path: string, atMost: number): Promise<Uint8Array>;
  /** The names in a folder: for a suggestion where a shipped example's name is misspelt. */
  list?(path: string): Promise<readonly string[]>;
};

/** Where `${file:PATH}` and `${keyring:NAME}` come from. */
export type SecretSource = {
  /** Never rejects for a secret that is missing or must not be used. */
  read(kind: "file" | "keyring", name: string): Promise<FoundSecret>;
};

export type ReadOptions = {
  /** The real environment, with `.env` already merged in. */
  readonly env: Environment;
  /** `run` (default) needs every variable and key; `check` looks at the file alone. */
  readonly mode?: ReadingMode;
  /** Unknown keys are errors; default false. */
  readonly strict?: boolean;
  /** Absent = references to secrets stay as they are written. */
  readonly secrets?: SecretSource;
};

export type ReadResult = { readonly config: MassgenConfig | null; readonly problems: readonly Problem[] };

/** Reads a configuration given as text. Never throws for what is in it: `config` is null where `problems` holds an error. */
export async function parseConfigText(text: string, file: string | null, options: ReadOptions): Promise<ReadResult> {
  return readWith(options, file, (reading) => checkText(text, reading));
}

/** Reads once; where secrets are referred to, looks those up and reads again. */
async function readWith(options: ReadOptions, file: string | null, textOf: (reading: Reading) => string | null): Promise<ReadResult> {
  const first = newReading(file, options);
  const result = await readText(textOf(first), first);
  if (first.wanted.size === 0 || options.secrets === undefined) return result;
  const second = newReading(file, options, await lookUp(first.wanted, options.secrets));
  return readText(textOf(second), second);
}

async function lookUp(wanted: ReadonlySet<string>, source: SecretSource): Promise<Reading["found"]> {
  const found = [...wanted].map(async (secret): Promise<readonly [string, FoundSecret]> => {
    const at = secret.indexOf(":");
    const kind = secret.startsWith("file:") ? "file" : "keyring";
    return [secret, await source.read(kind, secret.slice(at + 1))];
  });
  return new Map(await Promise.all(found));
}

async function readText(text: string | null, reading: Reading): Promise<ReadResult> {
  const tree: Tree | null = text === null ? null : await parseTree(text, reading);
  const config = tree === null ? null : readConfig(tree, reading);
  const problems = finish(reading, tree);
  return { config: problems.some((problem) => problem.severity === "error") ? null : config, problems };
}

export type LoadOptions = ReadOptions & {
  /** A path, or the name of a shipped example with or without its ending. */
  readonly source: string;
  readonly files: ConfigReader;
  /** The folder of shipped examples; null where there is none. */
  readonly examples: string | null;
};

export type Loaded = { readonly config: MassgenConfig; readonly warnings: readonly Problem[] };

/** Loads a configuration. Throws UsageError with all its problems: E_CONFIG_NOT_FOUND, E_CONFIG_INVALID, E_KEY_MISSING or E_BACKEND_UNKNOWN. */
export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  const { config, problems } = await readFile(options);
  if (config === null) throw usageErrorFor(problems);
  return { config, warnings: problems };
}

async function readFile(options: LoadOptions): Promise<ReadResult> {
  for (const path of candidatesFor(options.source, options.examples)) {
    const bytes = await readIfThere(path, options.files);
    if (bytes === null) continue;
    return readWith(options, path, (reading) => decode(bytes, reading));
  }
  const meant = await nearExample(options);
  throw new UsageError(
    "E_CONFIG_NOT_FOUND",
    `There is no configuration file "${options.source}", and no shipped example of that name${meant === null ? "" : ` (did you mean ${meant}?)`}.`,
  );
}

async function nearExample({ source, examples, files }: LoadOptions): Promise<string | null> {
  if (examples === null || files.list === undefined) return null;
  const names = await files.list(examples).catch(() => []); // Only a suggestion: a folder that cannot be read has none.
  const known = names.filter((name) => name.endsWith(".yaml")).map((name) => name.replace(/\.yaml$/, ""));
  return nearestTo(basename(source).replace(/\.(ya?ml|json)$/i, ""), known);
}

/** The path as it is given, then the shipped examples: `three_providers`, `three-providers.yaml` and `configs/three-providers.yaml` mean the same. */
export function candidatesFor(source: string, examples: string | null): readonly string[] {
  if (examples === null) return [source];
  const name = basename(source).replace(/\.(ya?ml|json)$/i, "");
  const names = new Set([name, name.replaceAll("_", "-"), name.replaceAll("-", "_")]);
  return [
    source,
    ...[...names].filter((candidate) => candidate !== "" && candidate !== "..").map((candidate) => join(examples, `${candidate}.yaml`)),
  ];
}

const REASONS: Readonly<Record<string, string>> = {
  EISDIR: "it is a folder",
  EACCES: "this user may not read it",
  EPERM: "this user may not read it",
};

async function readIfThere(path: string, files: ConfigReader): Promise<Uint8Array | null> {
  try {
    return await files.read(path, MAX_BYTES + 1);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ERR_INVALID_ARG_VALUE") return null;
    if (code === null) throw error;
    throw new UsageError("E_CONFIG_NOT_FOUND", `"${path}" cannot be read: ${REASONS[code] ?? code}.`, { cause: error });
  }
}

export type Checked = { readonly ok: boolean; readonly problems: readonly Problem[] };

/** Checks files without a key and without a variable. A file that is missing is a problem like any other; `ok` allows warnings. */
export async function checkFiles(paths: readonly string[], options: Omit<LoadOptions, "source" | "mode">): Promise<Checked> {
  const problems: Problem[] = [];
  for (const source of paths) {
    try {
      problems.push(...(await readFile({ ...options, source, mode: "check" })).problems);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push({
        file: source,
        line: null,
        column: null,
        path: "",
        code: "not-found",
        message: error.message.replace(/\.$/, ""),
        expected: null,
        suggestion: null,
        severity: "error",
      });
    }
  }
  return { ok: problems.every((problem) => problem.severity === "warning"), problems };
}

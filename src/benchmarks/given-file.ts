// The files a benchmark is given: read, parsed, and what is wrong with them.
import { usageErrorFor } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";

type Given = {
  readonly path: string;
  /** "team", "questions". */ readonly what: string;
  /** The option that names the file. */ readonly option: string;
};

/** Throws `UsageError` where it cannot be read. */
export async function readGiven({ path, what, option }: Given, io: Pick<Io, "files">): Promise<string> {
  try {
    return new TextDecoder().decode(await io.files.read(path));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    const message = code === "ENOENT" ? `There is no file of the ${what} here` : `The file of the ${what} cannot be read (${code})`;
    throw usageErrorFor([problemIn(path, message, { expected: `a path for ${option}` })]);
  }
}

/** The value of YAML or JSON. Throws `UsageError` where it is neither. */
export async function parseGiven(text: string, { path, what }: Given): Promise<unknown> {
  const { parse } = await import("yaml");
  try {
    return parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw usageErrorFor([problemIn(path, `The ${what} cannot be read as YAML or JSON: ${error.message.split("\n")[0] ?? ""}`)]);
  }
}

export function problemIn(
  file: string,
  message: string,
  { at = "", expected = null }: { at?: string; expected?: string | null } = {},
): Problem {
  return { file, line: null, column: null, path: at, code: "invalid", message, expected, suggestion: null, severity: "error" };
}

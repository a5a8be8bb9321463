// One thing wrong with a file that a benchmark was given.
import type { Problem } from "../errors/index.ts";

export function problemIn(
  file: string,
  message: string,
  { at = "", expected = null }: { at?: string; expected?: string | null } = {},
): Problem {
  return { file, line: null, column: null, path: at, code: "invalid", message, expected, suggestion: null, severity: "error" };
}

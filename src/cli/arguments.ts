// Reads a command line against a table of options and reports every mistake in it at once.
import { parseArgs } from "node:util";
import { UsageError, type Problem } from "../errors/index.ts";
import { nearest } from "./nearest.ts";
import type { OptionRow, OptionTable, OptionValues } from "./option-table.ts";

export type ParsedArguments<Table extends OptionTable> = {
  readonly options: OptionValues<Table>;
  readonly positionals: readonly string[];
};

type Token = NonNullable<ReturnType<typeof tokenize>>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/**
 * Reads `argv` (without the program and the command). `--` ends the options: what follows is positional.
 * @throws UsageError with one problem per mistake (unknown option, missing or wrong value, option given twice).
 */
export function readArguments<const Table extends OptionTable>(argv: readonly string[], table: Table): ParsedArguments<Table> {
  const values: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(table)) values[name] = row.kind === "flag" ? false : null;
  const positionals: string[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const token of tokenize(argv, table)) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option" || isForAll(token, table)) continue;
    const reading = readOption(token, table, seen);
    if ("problem" in reading) problems.push(reading.problem);
    else values[token.name] = reading.value;
  }
  if (problems.length > 0) throw usage(problems);
  return { options: values as OptionValues<Table>, positionals };
}

function tokenize(argv: readonly string[], table: OptionTable) {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, row]) => [
      name,
      { type: row.kind === "flag" ? ("boolean" as const) : ("string" as const), ...(row.short === undefined ? {} : { short: row.short }) },
    ]),
  );
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

/** Every command takes `--debug`: it is read where errors are told. */
const isForAll = ({ rawName, value }: OptionToken, table: OptionTable): boolean =>
  rawName === "--debug" && value === undefined && !Object.hasOwn(table, "debug");

type Reading = { readonly value: unknown } | { readonly problem: Problem };

function readOption(token: OptionToken, table: OptionTable, seen: Set<string>): Reading {
  const row = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
  if (row === undefined) return { problem: unknownOption(token.rawName, table) };
  if (seen.has(token.name)) return { problem: problem(token.rawName, "is given twice") };
  seen.add(token.name);
  if (row.kind === "flag") return token.value === undefined ? { value: true } : { problem: problem(token.rawName, "takes no value") };
  const written = token.value;
  if (written === undefined || (token.inlineValue === false && /^--?[a-z]/i.test(written))) {
    const remedy = written === undefined ? "" : `; for a value that begins with a dash write ${token.rawName}=${written}`;
    return { problem: problem(token.rawName, `needs a value${remedy}`, { expected: expectation(row) }) };
  }
  return checkValue(token.rawName, written, row);
}

function checkValue(rawName: string, written: string, row: Exclude<OptionRow, { kind: "flag" }>): Reading {
  if (row.kind === "text") return written === "" ? { problem: problem(rawName, "has an empty value") } : { value: written };
  if (row.kind === "choice") {
    if (row.choices.includes(written)) return { value: written };
    return {
      problem: problem(rawName, `does not know ${quoted(written)}`, {
        expected: expectation(row),
        suggestion: nearest(written, row.choices),
      }),
    };
  }
  const number = /^\s*[+-]?\d+(\.\d+)?\s*$/.test(written) ? Number(written) : Number.NaN;
  const fits = number >= row.min && number <= row.max && (!row.whole || Number.isInteger(number));
  return fits ? { value: number } : { problem: problem(rawName, `cannot be ${quoted(written)}`, { expected: expectation(row) }) };
}

function expectation(row: OptionRow): string | null {
  if (row.kind === "choice") return row.choices.join(", ");
  if (row.kind !== "number") return null;
  const noun = row.whole ? "a whole number" : "a number";
  return row.max >= Number.MAX_SAFE_INTEGER ? `${noun} of at least ${row.min}` : `${noun} from ${row.min} to ${row.max}`;
}

function unknownOption(rawName: string, table: OptionTable): Problem {
  const meant = nearest(rawName.replace(/^-+/, ""), Object.keys(table));
  return problem(rawName, "is no option of this command", { suggestion: meant === null ? null : `--${meant}` });
}

type Remarks = { readonly expected?: string | null; readonly suggestion?: string | null };

function problem(rawName: string, message: string, { expected = null, suggestion = null }: Remarks = {}): Problem {
  const base = { file: null, line: null, column: null, severity: "error" as const };
  return { ...base, path: rawName, code: "E_USAGE", message: `${rawName} ${message}`, expected, suggestion };
}

/** A usage error made of these problems; the message is the first of them. */
export function usage(problems: readonly Problem[]): UsageError {
  return new UsageError("E_USAGE", problems[0]?.message ?? "The command line is not understood", { problems });
}

/** A usage error with one sentence, and optionally what was probably meant. */
export function usageError(message: string, suggestion: string | null = null): UsageError {
  return usage([
    { file: null, line: null, column: null, path: "", code: "E_USAGE", message, expected: null, suggestion, severity: "error" },
  ]);
}

/** The error where the word after a command is none of what it can do; `given` is empty where there is no word. */
export function unknownAction(command: string, given: string, known: readonly string[]): UsageError {
  const meant = nearest(given, known);
  return given === "" ? usageError(`Say what to do: ${known.join(", ")}`, meant) : usageError(`${command} cannot ${quoted(given)}`, meant);
}

/** A file or folder as one word of a command line that a person may copy. */
export const asWord = (path: string): string => (/^[\w./-]+$/.test(path) ? path : JSON.stringify(path));

/** Shows a value in a message: never longer than 60 characters, control characters made visible. */
export function quoted(written: string): string {
  return JSON.stringify(written.length > 60 ? `${written.slice(0, 57)}...` : written);
}

// What is carried along while a configuration is read: where we are, what was found wrong, what must never be shown.
import type { Problem } from "../errors/index.ts";
import type { Environment } from "../io/io.ts";
import type { Mark, Tree } from "./tree.ts";
import { kindOf } from "./tree.ts";

/** `run` needs every variable and key; `check` looks at the file alone. */
export type ReadingMode = "run" | "check";

export type Place = {
  /** `agents[0].backend`, empty for the whole file. */
  readonly path: string;
  /** The last part of `path`, as messages name it. */
  readonly name: string;
  /** True where values may be secret and are never shown. */
  readonly hidden: boolean;
};

export type Finding = {
  readonly code: string;
  /** What is wrong, without a full stop: what was expected and what was probably meant are appended in brackets. */
  readonly message: string;
  readonly expected?: string;
  /** The words to write instead. */
  readonly suggestion?: string;
  readonly severity?: "error" | "warning";
};

/** What a stored secret was found to be. `problem` completes "The secret … ". */
export type FoundSecret = { readonly value: string } | { readonly problem: string };

export type Reading = {
  readonly file: string | null;
  readonly mode: ReadingMode;
  /** Unknown keys are errors. */
  readonly strict: boolean;
  readonly env: Environment;
  readonly problems: Problem[];
  /** `file:PATH` and `keyring:NAME` that were met; what was found for them where they were looked up before this reading. */
  readonly wanted: Set<string>;
  readonly found: ReadonlyMap<string, FoundSecret>;
  /** Values that must never be logged. */
  readonly secrets: Set<string>;
};

/** Reads as for a run, unknown keys told as warnings, no secret looked up before, unless said otherwise. */
export type ReadingOptions = Pick<Reading, "env"> & { readonly mode?: ReadingMode; readonly strict?: boolean };

export function newReading(file: string | null, options: ReadingOptions, found: Reading["found"] = new Map()): Reading {
  return {
    file,
    mode: options.mode ?? "run",
    strict: options.strict ?? false,
    env: options.env,
    problems: [],
    secrets: new Set(),
    wanted: new Set(),
    found,
  };
}

export const ROOT: Place = { path: "", name: "", hidden: false };

const SENSITIVE_KEYS = new Set(["env", "headers", "args", "command", "url", "base_url", "azure_endpoint", "extra_body", "security"]);
const SENSITIVE_WORDS = /key|token|secret|passw|pwd|credential|auth|cookie|bearer|signature/i;

/** True where a value under this key may be a secret. */
export function isSensitive(key: string): boolean {
  // `max_tokens` and its like count tokens.
  return SENSITIVE_KEYS.has(key) || (SENSITIVE_WORDS.test(key) && !key.endsWith("_tokens"));
}

/** True for letters mixed with digits, eight or more: it may be a key, and is no word and no number. */
export const mayBeKey = (text: string): boolean => text.length >= 8 && /\d/.test(text) && /[A-Za-z]/.test(text);

/** The place of `key` within the mapping at `place`. */
export function inside(place: Place, key: string): Place {
  const name = shown(key);
  return { path: place.path === "" ? name : `${place.path}.${name}`, name, hidden: place.hidden || isSensitive(key) };
}

/** The place of item `index` (from 0) of the list at `place`. */
export function itemOf(place: Place, index: number): Place {
  return { path: `${place.path}[${index}]`, name: `${place.name}[${index}]`, hidden: place.hidden };
}

/** Where something stood before that stands twice, as the end of a message. */
export function firstAt(first: Mark): string {
  return first === null ? "" : ` (first on line ${first.line})`;
}

export function report(reading: Reading, at: { readonly place: Place; readonly mark: Mark }, finding: Finding): void {
  reading.problems.push({
    file: reading.file,
    line: at.mark?.line ?? null,
    column: at.mark?.column ?? null,
    path: at.place.path,
    code: finding.code,
    message: finding.message,
    expected: finding.expected ?? null,
    suggestion: finding.suggestion ?? null,
    severity: finding.severity ?? "error",
  });
}

const LONGEST_SHOWN = 40;

/** A word of the user's as messages may repeat it: short, printable, and not looking like a secret. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, " ");
  if (looksSecret(plain)) return `(${text.length} characters)`;
  return plain.length > LONGEST_SHOWN ? `${plain.slice(0, LONGEST_SHOWN)}…` : plain;
}

/** Long runs of letters mixed with digits, and the beginnings that providers give to their keys. */
function looksSecret(text: string): boolean {
  if (/(?<![A-Za-z0-9])(sk|pk|rk|gh[pousr]|xai|gsk|AIza|ya29|xox[a-z]|hf|AKIA|eyJ)[-_A-Za-z0-9]/.test(text) && text.length >= 12)
    return true;
  return text.split(/[^A-Za-z0-9+/=]+/).some(looksDrawn);
}

/** Letters mixed with digits: long, or shorter and of both cases, as no name of ours is. */
function looksDrawn(run: string): boolean {
  if (!/\d/.test(run) || !/[A-Za-z]/.test(run)) return false;
  return run.length >= 16 || (run.length >= 8 && /[a-z]/.test(run) && /[A-Z]/.test(run));
}

/** What stands in a place, for a message: the kind, and the value where it is short and harmless. */
export function foundIn(tree: Tree, place: Place): string {
  if (tree.kind !== "scalar" || tree.value === null || place.hidden) return kindOf(tree);
  if (typeof tree.value === "boolean") return String(tree.value);
  if (typeof tree.value === "number") return shown(tree.source);
  return tree.value.length <= LONGEST_SHOWN && !looksSecret(tree.value) ? `text "${shown(tree.value)}"` : "text";
}

/** Reports a value of the wrong kind. `cure` says what to do, after a semicolon. */
export function wrongType(
  tree: Tree,
  expected: string,
  at: { readonly place: Place; readonly reading: Reading; readonly cure?: string },
): null {
  const { place, reading, cure } = at;
  report(
    reading,
    { place, mark: tree.mark },
    { code: "wrong-type", message: refusal(tree, place) + (cure === undefined ? "" : `; ${cure}`), expected },
  );
  return null;
}

/** "`x` cannot be …". */
export function refusal(tree: Tree, place: Place): string {
  const name = place.path === "" ? "The configuration" : `\`${place.name}\``;
  return tree.kind === "scalar" && tree.value === null ? `${name} is empty` : `${name} cannot be ${foundIn(tree, place)}`;
}

/** Remembers a value for redaction. Values of one to three characters are left out: removing them would destroy the text around. */
export function keepSecret(reading: Reading, value: string): void {
  if (value.length >= 4) reading.secrets.add(value);
}

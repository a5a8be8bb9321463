// Replaces `${NAME}` by the environment's values, reports names that are not set, and remembers what was put in as secret.
import { inside, isSensitive, itemOf, keepSecret, report, wrongType, type Place, type Reading } from "./reading.ts";
import type { Json } from "../core/index.ts";
import { anything, text, type Shape } from "./shapes.ts";
import { childOf, type Mark, type Tree } from "./tree.ts";
import type { VariableReference } from "./types.ts";

/** Variables, and secrets from files and the store of `massgen mcp secret`. One pass: what was put in is not looked at again. */
const ANY_REFERENCE = /\$\{(?:((?:file|keyring):[^{}]+)|([A-Za-z_][A-Za-z0-9_]*))\}/g;
const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The variables a text refers to, in order, repeats included. */
export function variablesIn(value: string): readonly string[] {
  return Array.from(value.matchAll(REFERENCE), (match) => match[1] ?? "");
}

/** The same with the secrets, as `keyring:NAME` and `file:PATH`. */
function referencesOf(value: string): readonly string[] {
  return Array.from(value.matchAll(ANY_REFERENCE), (match) => match[1] ?? match[2] ?? "");
}

const PLACES: readonly VariableReference["place"][] = ["args", "env", "cwd", "url", "headers", "auth"];

/** Where a server entry, as it is written, refers to variables and secrets: once their values are put in, nobody can tell any more. */
export function referencesIn(entry: Tree): readonly VariableReference[] {
  return PLACES.flatMap((place) => {
    const node = childOf(entry, place);
    return node === null
      ? []
      : textsIn(node)
          .flatMap(referencesOf)
          .map((variable) => ({ place, variable }));
  });
}

function textsIn(tree: Tree): readonly string[] {
  if (tree.kind === "list") return tree.items.flatMap(textsIn);
  if (tree.kind === "mapping") return tree.entries.flatMap(({ value }) => textsIn(value));
  return typeof tree.value === "string" ? [tree.value] : [];
}

/** The text with its variables replaced. Unset ones stay as they are written: a problem in `run` mode, a warning in `check` mode. */
export function substitute(value: string, at: { readonly place: Place; readonly mark: Mark }, reading: Reading): string {
  return value.replace(ANY_REFERENCE, (reference: string, secret: string | undefined, name = "") => {
    if (secret !== undefined) return storedSecret(secret, at, reading) ?? reference;
    const found = Object.hasOwn(reading.env, name) ? reading.env[name] : undefined;
    if (found === undefined) {
      report(reading, at, {
        code: "unset-variable",
        message: `The variable ${name} in \`${at.place.name}\` is not set; set it in the environment or in .env`,
        severity: reading.mode === "check" ? "warning" : "error",
      });
      return reference;
    }
    keepSecret(reading, found);
    return found;
  });
}

/** Null where it is not known, which is told once it was looked for. */
function storedSecret(secret: string, at: { readonly place: Place; readonly mark: Mark }, reading: Reading): string | null {
  reading.wanted.add(secret);
  const found = reading.found.get(secret);
  if (found === undefined) return null;
  if ("value" in found) {
    keepSecret(reading, found.value);
    return found.value;
  }
  const severity = reading.mode === "check" ? "warning" : "error";
  report(reading, at, { code: "secret-missing", message: `The secret ${secret} in \`${at.place.name}\` ${found.problem}`, severity });
  return null;
}

/** Text in which variables are replaced; numbers and true/false are taken as written. `secret` values are remembered whole. */
export function textWithVariables(rules: { readonly expected?: string; readonly secret?: boolean } = {}): Shape<string> {
  const plain = text({ lenient: true, ...(rules.expected === undefined ? {} : { expected: rules.expected }) });
  return {
    schema: plain.schema,
    read(tree, place, reading) {
      const written = plain.read(tree, place, reading);
      if (written === null) return null;
      const value = substitute(written, { place, mark: tree.mark }, reading);
      if (rules.secret === true && variablesIn(value).length === 0) keepSecret(reading, value);
      return value;
    },
  };
}

/** Any data; variables are replaced in its texts, and texts under names that speak of secrets are remembered. */
export const dataWithVariables: Shape<Json> = { schema: anything.schema, read: (tree, place, reading) => dataOf(tree, place, reading) };

function dataOf(tree: Tree, place: Place, reading: Reading): Json | null {
  if (tree.kind === "list") return tree.items.map((item, index) => dataOf(item, itemOf(place, index), reading));
  if (tree.kind === "mapping")
    return Object.fromEntries(tree.entries.map(({ key, value }) => [key, dataOf(value, inside(place, key), reading)]));
  if (typeof tree.value !== "string") return anything.read(tree, place, reading);
  const value = substitute(tree.value, { place, mark: tree.mark }, reading);
  if (isSensitive(place.name) && variablesIn(value).length === 0 && value.length >= SHORTEST_SECRET) keepSecret(reading, value);
  return value;
}

/** Shorter texts are words (`none`, `ES256`) that must stay readable. */
const SHORTEST_SECRET = 8;

/** A mapping of names to text with variables, for `env` and `headers`; values under names that speak of secrets are remembered. */
export function namedTexts(expected: string): Shape<Readonly<Record<string, string>>> {
  const item = textWithVariables();
  return {
    schema: { type: "object", additionalProperties: item.schema },
    read(tree, place, reading) {
      if (tree.kind !== "mapping") return wrongType(tree, expected, { place, reading });
      const pairs = tree.entries.flatMap(({ key, value: node }): (readonly [string, string])[] => {
        if (node.kind === "scalar" && node.value === null) return [[key, ""]];
        const value = item.read(node, inside(place, key), reading);
        if (value === null) return [];
        if (isSensitive(key) && variablesIn(value).length === 0) keepCredential(reading, value);
        return [[key, value]];
      });
      return Object.fromEntries(pairs);
    },
  };
}

/** Remembers a credential and, for `Bearer …` and the like, the part after the scheme. */
function keepCredential(reading: Reading, value: string): void {
  keepSecret(reading, value);
  const token = /^[A-Za-z]+\s+(\S+)$/.exec(value)?.[1];
  if (token !== undefined) keepSecret(reading, token);
}

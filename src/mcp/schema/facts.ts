// One small handler per keyword that has no field of its own in a shape: what it says, in words short enough for a description.
import type { Json } from "../../core/index.ts";
import { type Fact, isRecord, own } from "./shape.ts";

type Schema = Readonly<Record<string, unknown>>;
type Family = "string" | "number" | "array" | "object" | "every";
type Handler = { readonly family: Family; readonly say: (value: unknown, schema: Schema) => string | undefined };

const MAX_INLINE = 160;

const count = (text: (n: number) => string) => (value: unknown) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? text(value) : undefined;
const quote = (text: (json: string) => string) => (value: unknown) => {
  const json = compact(value);
  return json === undefined ? undefined : text(json);
};

const HANDLERS: Readonly<Record<string, Handler>> = {
  minLength: { family: "string", say: count((n) => (n === 0 ? "" : `at least ${n} character${n === 1 ? "" : "s"}`)) },
  maxLength: { family: "string", say: count((n) => `at most ${n} characters`) },
  pattern: {
    family: "string",
    say: (value) => (typeof value === "string" && value.length <= MAX_INLINE ? `pattern: ${value}` : undefined),
  },
  format: { family: "string", say: (value) => (typeof value === "string" && value.length <= 40 ? `format: ${value}` : undefined) },
  contentEncoding: { family: "string", say: (value) => (typeof value === "string" ? `encoding: ${value.slice(0, 40)}` : undefined) },
  contentMediaType: { family: "string", say: (value) => (typeof value === "string" ? `media type: ${value.slice(0, 80)}` : undefined) },
  multipleOf: { family: "number", say: (value) => (typeof value === "number" && value !== 1 ? `a multiple of ${value}` : undefined) },
  uniqueItems: { family: "array", say: (value) => (value === true ? "no item twice" : undefined) },
  contains: { family: "array", say: quote((json) => `holds an item like ${json}`) },
  minProperties: { family: "object", say: count((n) => (n === 0 ? "" : `at least ${n} ${n === 1 ? "entry" : "entries"}`)) },
  maxProperties: { family: "object", say: count((n) => `at most ${n} entries`) },
  propertyNames: { family: "object", say: sayPropertyNames },
  patternProperties: {
    family: "object",
    say: (value) => (isRecord(value) ? `names match ${Object.keys(value).slice(0, 5).join(" or ")}`.slice(0, MAX_INLINE) : undefined),
  },
  dependentRequired: { family: "object", say: sayDependencies },
  dependencies: { family: "object", say: sayDependencies },
  dependentSchemas: { family: "object", say: quote((json) => `dependent rules: ${json}`) },
  not: { family: "every", say: quote((json) => `must not match ${json}`) },
  if: { family: "every", say: sayCondition },
  default: { family: "every", say: quote((json) => `default: ${json}`) },
  examples: { family: "every", say: (value) => (Array.isArray(value) && value.length > 0 ? sayExample(value[0]) : undefined) },
  example: { family: "every", say: sayExample },
  deprecated: { family: "every", say: (value) => (value === true ? "deprecated" : undefined) },
};

/** Keywords of these families whose rule is only told, not declared; their presence is worth a note. */
export const TOLD_KEYWORDS: ReadonlySet<string> = new Set([
  "contains",
  "uniqueItems",
  "multipleOf",
  "propertyNames",
  "patternProperties",
  "dependentRequired",
  "dependencies",
  "dependentSchemas",
  "not",
  "if",
]);

/** The facts a schema states for one kind of value, or (`every`) for all kinds. */
export function factsOf(schema: Schema, family: Family): readonly Fact[] {
  const facts: Fact[] = [];
  for (const [keyword, handler] of Object.entries(HANDLERS)) {
    if (handler.family !== family || !Object.hasOwn(schema, keyword)) continue;
    const text = handler.say(schema[keyword], schema);
    if (text !== undefined) facts.push({ keyword, value: schema[keyword] as Json, text });
  }
  return facts;
}

/** Compact JSON, or undefined where it would be too long to be read. */
export function compact(value: unknown): string | undefined {
  const json: string | undefined = JSON.stringify(value);
  return json === undefined || json.length > MAX_INLINE ? undefined : json;
}

/** A list for a description, cut with a count after about 600 characters. */
export function listValues(values: readonly Json[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const value of values) {
    const json = JSON.stringify(value);
    length += json.length + 2;
    if (length > 600) return `one of ${parts.join(", ")}, … (${values.length} values)`;
    parts.push(json);
  }
  return `one of ${parts.join(", ")}`;
}

function sayExample(value: unknown): string | undefined {
  const json = compact(value);
  return json === undefined ? undefined : `for example ${json}`;
}

function sayPropertyNames(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const pattern = own(value, "pattern");
  const names = own(value, "enum");
  if (Array.isArray(names)) return `names: ${listValues(names as Json[])}`;
  return typeof pattern === "string" && pattern.length <= MAX_INLINE ? `names match ${pattern}` : undefined;
}

function sayDependencies(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const parts = Object.entries(value).map(([name, needs]) => [name, texts(needs).join(", ")] as const);
  const text = parts.flatMap(([name, needs]) => (needs === "" ? [] : [`${name} needs ${needs}`])).join("; ");
  return text === "" || text.length > MAX_INLINE ? undefined : text;
}

/** The texts of a list; anything else in it is left out. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

function sayCondition(value: unknown, schema: Schema): string | undefined {
  const parts = [
    ["if", value],
    ["then", own(schema, "then")],
    ["else", own(schema, "else")],
  ] as const;
  const said = parts.flatMap(([word, part]) => (part === undefined ? [] : [`${word} ${JSON.stringify(part)}`])).join(" ");
  return said.length > 2 * MAX_INLINE ? undefined : said;
}

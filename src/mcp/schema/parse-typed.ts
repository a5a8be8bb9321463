// Reads the keywords of one type: object, array, string, number, boolean, null. Each returns the shape of that type alone.
import type { Json } from "../../core/index.ts";
import { factsOf, texts } from "./facts.ts";
import { unite } from "./unite.ts";
import { type Fact, isRecord, NEVER, NULL, own, type Shape } from "./shape.ts";

export type Schema = Readonly<Record<string, unknown>>;
/** Reads a schema one level further down; `step` is its place below this one. */
export type ReadChild = (schema: unknown, step: string) => Shape;
type TypeReader = (schema: Schema, read: ReadChild) => Shape;

const READERS: Readonly<Record<string, TypeReader>> = {
  object: readObject,
  array: readArray,
  string: (schema) => ({ kind: "string", facts: factsOf(schema, "string") }),
  number: (schema) => readNumber(schema, false),
  integer: (schema) => readNumber(schema, true),
  boolean: () => ({ kind: "boolean", facts: [] }),
  null: () => NULL,
};

const FAMILY_KEYWORDS: readonly (readonly [type: string, keywords: readonly string[]])[] = [
  [
    "object",
    [
      "properties",
      "required",
      "additionalProperties",
      "patternProperties",
      "propertyNames",
      "minProperties",
      "maxProperties",
      "dependentRequired",
      "dependencies",
    ],
  ],
  ["array", ["items", "prefixItems", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"]],
  ["string", ["minLength", "maxLength", "pattern"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];
const NUMERIC_FORMATS = new Set(["int32", "int64", "float", "double"]);

/** The shape of the types a schema names, or undefined where it names none that exist. */
export function readNamedTypes(schema: Schema, read: ReadChild): Shape | undefined {
  const named = own(schema, "type");
  const types = [named].flat().flatMap((type) => (typeof type === "string" ? [type.toLowerCase()] : []));
  const known = types.filter((type) => Object.hasOwn(READERS, type));
  if (own(schema, "nullable") === true && known.length > 0) known.push("null");
  if (known.length === 0) return undefined;
  return unite(known.map((type) => readType(type, schema, read)));
}

/** The shape of the types whose keywords a schema uses without naming a type, or undefined where it uses none. */
export function readImpliedTypes(schema: Schema, read: ReadChild): Shape | undefined {
  const types = FAMILY_KEYWORDS.filter(([, keywords]) => keywords.some((keyword) => own(schema, keyword) !== undefined)).map(
    ([type]) => type,
  );
  const format = own(schema, "format");
  if (types.length === 0 && typeof format === "string") types.push(NUMERIC_FORMATS.has(format) ? "number" : "string");
  if (types.length === 0) return undefined;
  return unite(types.map((type) => readType(type, schema, read)));
}

function readType(type: string, schema: Schema, read: ReadChild): Shape {
  return READERS[type]?.(schema, read) ?? NEVER;
}

function readObject(schema: Schema, read: ReadChild): Shape {
  const properties = new Map<string, Shape>();
  const declared = own(schema, "properties");
  if (isRecord(declared))
    for (const [name, value] of Object.entries(declared)) properties.set(name, readProperty(value, read, `properties/${name}`));
  const conditional = [own(schema, "then"), own(schema, "else"), ...values(own(schema, "dependentSchemas"))];
  for (const name of conditional.flatMap(propertyNames)) if (!properties.has(name)) properties.set(name, read(true, `properties/${name}`));
  return {
    kind: "object",
    facts: factsOf(schema, "object"),
    properties,
    required: new Set(texts(own(schema, "required"))),
    additional: readAdditional(schema, read),
  };
}

/** A property that may hold nothing stays in sight, so that the model is told to leave it out. */
function readProperty(value: unknown, read: ReadChild, step: string): Shape {
  const shape = read(value, step);
  if (shape.kind !== "never") return shape;
  const told: Fact = { keyword: "false", value: false, text: "not allowed: leave it out" };
  return { ...NULL, facts: [told] };
}

function values(record: unknown): readonly unknown[] {
  return isRecord(record) ? Object.values(record) : [];
}

function propertyNames(schema: unknown): readonly string[] {
  const properties = isRecord(schema) ? own(schema, "properties") : undefined;
  return isRecord(properties) ? Object.keys(properties) : [];
}

function readAdditional(schema: Schema, read: ReadChild): Shape | false | null {
  const additional = own(schema, "additionalProperties");
  const patterns = own(schema, "patternProperties");
  const named = isRecord(patterns) ? Object.entries(patterns).map(([pattern, value]) => read(value, `patternProperties/${pattern}`)) : [];
  const rest = isRecord(additional)
    ? [read(additional, "additionalProperties")]
    : additional === true && named.length > 0
      ? [read(true, "additionalProperties")]
      : [];
  const open = unite([...named, ...rest]);
  if (open.kind !== "never") return open;
  return additional === false ? false : null;
}

function readArray(schema: Schema, read: ReadChild): Shape {
  const items = own(schema, "items");
  const tuple = Array.isArray(own(schema, "prefixItems"))
    ? (own(schema, "prefixItems") as readonly unknown[])
    : Array.isArray(items)
      ? items
      : [];
  const rest = Array.isArray(items) ? own(schema, "additionalItems") : items;
  const restShape = rest === undefined ? null : read(rest, "items");
  const closed = restShape?.kind === "never";
  const minItems = wholeNumber(own(schema, "minItems"));
  const stated = wholeNumber(own(schema, "maxItems"));
  const maxItems = closed ? Math.min(stated ?? tuple.length, tuple.length) : stated;
  return {
    kind: "array",
    facts: factsOf(schema, "array"),
    prefix: tuple.map((value, index) => read(value, `prefixItems/${index}`)),
    items: closed ? null : restShape,
    ...(minItems === undefined || minItems === 0 ? {} : { minItems }),
    ...(maxItems === undefined ? {} : { maxItems }),
  };
}

function readNumber(schema: Schema, integer: boolean): Shape {
  const facts: Fact[] = [...factsOf(schema, "number")];
  const format = own(schema, "format");
  if (typeof format === "string" && NUMERIC_FORMATS.has(format)) facts.push({ keyword: "format", value: format, text: "" });
  const minimum = readBound(schema, { keyword: "minimum", exclusiveKeyword: "exclusiveMinimum", sign: 1, integer });
  const maximum = readBound(schema, { keyword: "maximum", exclusiveKeyword: "exclusiveMaximum", sign: -1, integer });
  return {
    kind: "number",
    facts: [...facts, ...minimum.facts, ...maximum.facts],
    integer,
    ...(minimum.bound === undefined ? {} : { minimum: minimum.bound }),
    ...(maximum.bound === undefined ? {} : { maximum: maximum.bound }),
  };
}

type Side = { readonly keyword: string; readonly exclusiveKeyword: string; readonly sign: 1 | -1; readonly integer: boolean };

/** The inclusive bound; an exclusive one (a number, or draft 4's boolean) is exact for integers and told for others. */
function readBound(schema: Schema, { keyword, exclusiveKeyword, sign, integer }: Side): { bound?: number; facts: readonly Fact[] } {
  const stated = finite(own(schema, keyword));
  const exclusive = own(schema, exclusiveKeyword);
  const strict = exclusive === true ? stated : finite(exclusive);
  const inclusive = exclusive === true ? undefined : stated;
  const candidates: number[] = [];
  if (inclusive !== undefined) candidates.push(integer ? roundInwards(inclusive, sign) : inclusive);
  if (strict !== undefined)
    candidates.push(integer && Number.isInteger(strict) ? strict + sign : integer ? roundInwards(strict, sign) : strict);
  const told =
    strict !== undefined && !integer
      ? [{ keyword: exclusiveKeyword, value: strict as Json, text: `${sign > 0 ? "greater" : "less"} than ${strict}` }]
      : [];
  const bound = sign > 0 ? Math.max(...candidates) : Math.min(...candidates);
  const pointless = !Number.isFinite(bound) || (integer && Math.abs(bound) >= Number.MAX_SAFE_INTEGER);
  return pointless ? { facts: told } : { bound, facts: told };
}

const roundInwards = (value: number, sign: number) => (sign > 0 ? Math.ceil(value) : Math.floor(value));
const finite = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const wholeNumber = (value: unknown) => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined);

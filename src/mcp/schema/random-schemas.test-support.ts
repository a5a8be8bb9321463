// For tests only: random schemas together with a value each accepts, and random nonsense that only looks like a schema.
import fc from "fast-check";
import type { Json } from "../../core/index.ts";

export type SchemaWithValue = { readonly schema: Record<string, unknown>; readonly value: Json };
type Arb = fc.Arbitrary<SchemaWithValue>;

const names = fc.constantFrom("a", "b", "c", "type", "title", "constructor", "toString", "items", "properties", "required", "x1");
const words = fc.constantFrom("x", "y", "zed", "", "long words with spaces");
const annotations = fc.record(
  {
    description: fc.string(),
    title: fc.string(),
    default: fc.jsonValue(),
    examples: fc.array(fc.jsonValue(), { maxLength: 2 }),
    deprecated: fc.boolean(),
    $comment: fc.string(),
  },
  { requiredKeys: [] },
);

const scalars: readonly Arb[] = [
  fc.string().map((value) => ({ schema: { type: "string" }, value })),
  fc
    .uniqueArray(words, { minLength: 1, maxLength: 4 })
    .chain((list) => fc.constantFrom(...list).map((value) => ({ schema: { enum: list }, value }))),
  fc.constantFrom<Json>("k", 3, true, null).map((value) => ({ schema: { const: value }, value })),
  fc
    .tuple(fc.integer({ min: -50, max: 50 }), fc.nat(50), fc.nat(50))
    .map(([value, below, above]) => ({ schema: { type: "integer", exclusiveMinimum: value - below - 1, maximum: value + above }, value })),
  fc
    .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean())
    .map(([value, typed]) => ({ schema: { ...(typed ? { type: "number" } : {}), minimum: Math.min(value, 0) }, value })),
  fc.constantFrom<Json>(1, 2, 3).map((value) => ({ schema: { type: "integer", enum: [1, 2, 3] }, value })),
  fc.boolean().map((value) => ({ schema: { type: "boolean" }, value })),
  fc.string().map((value) => ({ schema: { type: ["string", "null"] }, value })),
  fc.constant({ schema: { type: ["integer", "null"], minimum: 3 }, value: null }),
  fc.constant({ schema: { type: "string", format: "uri", minLength: 1, pattern: "^h" }, value: "http://a/" }),
  fc.constant({ schema: {}, value: [1, ["x"]] }),
  fc.constant({ schema: { description: "anything" }, value: { free: { form: [true] } } }),
];

/** A schema of any kind with a value that satisfies it; `depth` levels of structure. */
export function schemaWithValue(depth: number): Arb {
  const scalar = fc.oneof(...scalars);
  if (depth === 0) return annotated(scalar);
  const inner = schemaWithValue(depth - 1);
  return annotated(
    fc.oneof(
      scalar,
      objectOf(inner),
      arrayOf(inner),
      tupleOf(inner),
      mapOf(inner),
      alternativesOf(inner),
      allOf(inner),
      besideOf(inner),
      mergedOf(inner),
      referenceTo(inner),
    ),
  );
}

/** The same with an object at the root, as tools have it. */
export function toolSchema(): Arb {
  const inner = schemaWithValue(2);
  return annotated(
    fc.oneof(
      objectOf(inner),
      fc.tuple(objectOf(inner), objectOf(inner), fc.constantFrom("anyOf", "oneOf")).map(asRootUnion),
      allOf(objectOf(inner)),
    ),
  );
}

function annotated(arb: Arb): Arb {
  return fc.tuple(arb, annotations).map(([{ schema, value }, extra]) => ({ schema: { ...extra, ...schema }, value }));
}

function objectOf(inner: Arb): Arb {
  const property = fc.record({ name: names, part: inner, required: fc.boolean(), present: fc.boolean() });
  return fc
    .record({
      properties: fc.uniqueArray(property, { selector: ({ name }) => name, maxLength: 4 }),
      closed: fc.boolean(),
      typed: fc.boolean(),
      ghost: fc.boolean(),
    })
    .map(({ properties, closed, typed, ghost }) => {
      const required = properties.filter((property) => property.required).map(({ name }) => name);
      const value = Object.fromEntries(
        properties.filter((property) => property.required || property.present).map(({ name, part }) => [name, part.value]),
      );
      return {
        schema: {
          ...(typed ? { type: "object" } : {}),
          properties: Object.fromEntries(properties.map(({ name, part }) => [name, part.schema])),
          required: ghost && !closed ? [...required, "ghost"] : required,
          ...(closed ? { additionalProperties: false } : {}),
        },
        value: ghost && !closed ? { ...value, ghost: 1 } : value,
      };
    });
}

const arrayOf = (inner: Arb): Arb =>
  fc.tuple(inner, fc.nat(2), fc.boolean()).map(([{ schema, value }, count, typed]) => ({
    schema: { ...(typed ? { type: "array" } : {}), items: schema, minItems: 0, maxItems: 5 },
    value: Array.from({ length: count }, () => value),
  }));

const tupleOf = (inner: Arb): Arb =>
  fc.tuple(fc.array(inner, { minLength: 1, maxLength: 3 }), fc.boolean()).map(([parts, modern]) => {
    const schemas = parts.map(({ schema }) => schema);
    return {
      schema: modern ? { type: "array", prefixItems: schemas, items: false } : { type: "array", items: schemas, additionalItems: false },
      value: parts.map(({ value }) => value),
    };
  });

const mapOf = (inner: Arb): Arb =>
  fc.tuple(inner, fc.constantFrom("additionalProperties", "patternProperties")).map(([{ schema, value }, keyword]) => ({
    schema: { type: "object", [keyword]: keyword === "patternProperties" ? { "^k": schema } : schema },
    value: { k1: value, k2: value },
  }));

const alternativesOf = (inner: Arb): Arb =>
  fc
    .tuple(fc.array(inner, { minLength: 1, maxLength: 3 }), fc.nat())
    .map(([parts, pick]) => ({ schema: { anyOf: parts.map(({ schema }) => schema) }, value: parts[pick % parts.length]?.value ?? null }));

const allOf = (inner: Arb): Arb =>
  inner.map(({ schema, value }) => ({ schema: { allOf: [schema, { description: "the same again" }], default: null }, value }));

/** Alternatives beside a type and properties of their own. */
const besideOf = (inner: Arb): Arb =>
  fc.tuple(inner, inner, inner, fc.boolean()).map(([left, right, other, second]) => ({
    schema: {
      type: "object",
      properties: { left: left.schema },
      required: ["left"],
      anyOf: [
        { properties: { right: right.schema }, required: ["right"] },
        { properties: { right: { type: "object" }, other: other.schema }, required: ["other"] },
      ],
    },
    value: second ? { left: left.value, other: other.value } : { left: left.value, right: right.value },
  }));

/** Parts that each know some of the properties, one of them behind a reference. */
const mergedOf = (inner: Arb): Arb =>
  fc.tuple(inner, inner).map(([left, right]) => ({
    schema: {
      allOf: [
        { hoist: { properties: { left: left.schema }, required: ["left"] } },
        { type: "object", properties: { right: right.schema, left: {} } },
      ],
    },
    value: { left: left.value, right: right.value },
  }));

/** By a pointer into the schema itself, so that it stays right wherever the schema is put (`hoistReferences` moves it to the root). */
const referenceTo = (inner: Arb): Arb => inner.map(({ schema, value }) => ({ schema: { hoist: schema }, value }));

function asRootUnion([first, second, keyword]: [SchemaWithValue, SchemaWithValue, string]): SchemaWithValue {
  return keyword === "anyOf"
    ? { schema: { anyOf: [first.schema, second.schema] }, value: first.value }
    : { schema: { type: "object", oneOf: [first.schema] }, value: first.value };
}

/** Turns every `hoist` marker into a `$ref` to a root definition with an awkward name. */
export function hoistReferences(schema: Record<string, unknown>): Record<string, unknown> {
  const definitions: Record<string, unknown> = {};
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    if ("hoist" in node) {
      const { hoist, ...rest } = node as { hoist: unknown };
      const name = `Part/${Object.keys(definitions).length} of it`;
      definitions[name] = true;
      definitions[name] = visit(hoist);
      return { ...rest, $ref: `#/$defs/${name.replaceAll("/", "~1").replaceAll(" ", "%20")}` };
    }
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, visit(value)]));
  };
  const root = visit(schema) as Record<string, unknown>;
  return Object.keys(definitions).length === 0 ? root : { ...root, $defs: definitions };
}

const keyword = fc.constantFrom(
  "type",
  "properties",
  "items",
  "prefixItems",
  "anyOf",
  "oneOf",
  "allOf",
  "not",
  "if",
  "then",
  "else",
  "$ref",
  "$defs",
  "definitions",
  "required",
  "enum",
  "const",
  "additionalProperties",
  "patternProperties",
  "propertyNames",
  "dependentRequired",
  "dependencies",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "minLength",
  "pattern",
  "format",
  "nullable",
  "description",
  "$id",
  "$anchor",
  "$schema",
  "contains",
  "default",
  "__proto__",
  "constructor",
  "hasOwnProperty",
);
const nonsense = fc.oneof(
  fc.constantFrom<unknown>(
    "object",
    "array",
    "string",
    ["string", "null"],
    "#",
    "#/$defs/a",
    "#/properties/type",
    "http://127.0.0.1:1/x",
    "(a+)+$",
    "[",
    -1,
    1.5,
    Number.POSITIVE_INFINITY,
    true,
    false,
    null,
    {},
    [],
    [[]],
    ["a", "a"],
    "\ud800",
  ),
  fc.string(),
  fc.jsonValue(),
);

/** Keywords with values of the right and of the wrong kind, to any depth. */
export const chaos: fc.Arbitrary<unknown> = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    nonsense,
    fc.dictionary(keyword, tie("node"), { maxKeys: 6 }),
    fc.array(tie("node"), { maxLength: 4 }),
  ),
})).node;

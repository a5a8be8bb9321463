// Copies a server's schema into one that always compiles: drafts brought together, references made local, broken keywords left out.
// What is left out makes validation looser and is noted; nothing is ever fetched, the original is not touched.
import { indexReferences, isOldDraft, type References } from "./references.ts";
import { isRecord, own, setOwn } from "./shape.ts";

export type Prepared = {
  readonly schema: Record<string, unknown>;
  readonly patterns: ReadonlySet<string>;
  readonly notes: readonly string[];
};
type Schema = Readonly<Record<string, unknown>>;
type Preparing = {
  readonly references: References;
  readonly ignoreBesideRef: boolean;
  readonly names: Map<string, string>;
  readonly queue: { readonly name: string; readonly schema: unknown }[];
  readonly patterns: Set<string>;
  readonly notes: Set<string>;
  /** For each definition, the ones it applies to the very same value. */
  readonly inPlace: Map<string, Set<string>>;
  /** The definition being copied. */
  current: string;
  nodes: number;
};

/** Ajv turns about 20 nodes into code per millisecond; larger schemas are checked down to here. */
const MAX_NODES = 5_000;
const MAX_DEPTH = 60;
const TYPES = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);
/** Our own keyword in each definition: counts how often it is entered, so that no schema can cost exponential time. */
export const COUNTED = "massgenCounted";

export function prepareSchema(original: unknown): Prepared {
  const preparing: Preparing = {
    references: indexReferences(original),
    ignoreBesideRef: isOldDraft(original),
    names: new Map(),
    queue: [],
    patterns: new Set(),
    notes: new Set(),
    inPlace: new Map(),
    current: "root",
    nodes: 0,
  };
  const root = copyNode(preparing, original, START);
  const schema: Record<string, unknown> = typeof root === "boolean" ? (root ? {} : { not: {} }) : root;
  const definitions: Record<string, unknown> = {};
  for (let next = preparing.queue.shift(); next !== undefined; next = preparing.queue.shift()) {
    preparing.current = next.name;
    const definition = copyNode(preparing, next.schema, START);
    definitions[next.name] = typeof definition === "boolean" ? definition : { [COUNTED]: true, ...definition };
  }
  for (const name of Object.keys(definitions).filter((name) => leadsBack(name, preparing.inPlace))) {
    definitions[name] = true;
    preparing.notes.add("a reference that only leads back to itself is not checked");
  }
  return { schema: { ...schema, $defs: definitions }, patterns: preparing.patterns, notes: [...preparing.notes] };
}

/** A definition applied to the same value again and again would never end. */
function leadsBack(name: string, inPlace: Preparing["inPlace"]): boolean {
  const waiting = [...(inPlace.get(name) ?? [])];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next === name) return true;
    if (!seen.has(next)) waiting.push(...(inPlace.get(next) ?? []));
    seen.add(next);
  }
  return false;
}

/** `here`: the schema applies to the value its definition began with. */
type Place = { readonly depth: number; readonly here: boolean };
const START: Place = { depth: 0, here: true };

function copyNode(preparing: Preparing, schema: unknown, { depth, here }: Place): Record<string, unknown> | boolean {
  if (typeof schema === "boolean") return schema;
  if (!isRecord(schema)) return true;
  preparing.nodes += 1;
  if (depth > MAX_DEPTH || preparing.nodes > MAX_NODES) {
    preparing.notes.add("the schema is deeper or larger than is checked here; its outer part is");
    return true;
  }
  const child = (value: unknown) => copyNode(preparing, value, { depth: depth + 1, here: false });
  const same = (value: unknown) => copyNode(preparing, value, { depth: depth + 1, here });
  const reference = copyReference(preparing, schema, here);
  if (reference !== undefined && preparing.ignoreBesideRef) return reference;
  const copy: Record<string, unknown> = reference ?? {};
  for (const [keyword, value] of Object.entries(schema)) {
    const copied = COPIERS.get(keyword)?.(value, { child: IN_PLACE.has(keyword) ? same : child, schema, preparing });
    if (copied !== undefined) copy[keyword] = copied;
  }
  return REWRITES.reduce((done, rewrite) => rewrite(done, schema, { child, same }), copy);
}

function copyReference(preparing: Preparing, schema: Schema, here: boolean): Record<string, unknown> | undefined {
  const ref = own(schema, "$ref") ?? own(schema, "$dynamicRef") ?? own(schema, "$recursiveRef");
  if (ref === undefined) return undefined;
  const target = preparing.references.resolve(ref);
  if (target === undefined) {
    preparing.notes.add("a reference leads nowhere inside the schema and is not checked");
    return {};
  }
  const known = preparing.names.get(target.key);
  const name = known ?? `d${preparing.names.size}`;
  if (known === undefined) {
    preparing.names.set(target.key, name);
    preparing.queue.push({ name, schema: target.schema });
  }
  if (here) preparing.inPlace.set(preparing.current, new Set([...(preparing.inPlace.get(preparing.current) ?? []), name]));
  return { $ref: `#/$defs/${name}` };
}

type Around = { readonly child: (value: unknown) => unknown; readonly schema: Schema; readonly preparing: Preparing };
type Copier = (value: unknown, around: Around) => unknown;

const isSubschema = (value: unknown) => isRecord(value) || typeof value === "boolean";
const subschema: Copier = (value, { child }) => (isSubschema(value) ? child(value) : undefined);
const subschemas: Copier = (value, { child }) => (Array.isArray(value) && value.length > 0 ? value.map(child) : undefined);
const count: Copier = (value) => (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined);
const bound: Copier = (value) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);

const IN_PLACE = new Set(["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"]);
const SUBSCHEMA_KEYWORDS = [
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "propertyNames",
  "contains",
  "not",
  "if",
  "then",
  "else",
];

const COPIERS: ReadonlyMap<string, Copier> = new Map<string, Copier>([
  ...Object.entries<Copier>({
    type: copyType,
    enum: (value) => (Array.isArray(value) && value.length > 0 ? value : undefined),
    const: (value) => value,
    minimum: (value, { schema }) => (own(schema, "exclusiveMinimum") === true ? undefined : bound(value, {} as Around)),
    maximum: (value, { schema }) => (own(schema, "exclusiveMaximum") === true ? undefined : bound(value, {} as Around)),
    exclusiveMinimum: (value, { schema }) => bound(value === true ? own(schema, "minimum") : value, {} as Around),
    exclusiveMaximum: (value, { schema }) => bound(value === true ? own(schema, "maximum") : value, {} as Around),
    multipleOf: (value) => (typeof value === "number" && value > 0 ? value : undefined),
    minLength: count,
    maxLength: count,
    minItems: count,
    maxItems: count,
    minProperties: count,
    maxProperties: count,
    minContains: count,
    maxContains: count,
    uniqueItems: (value) => (value === true ? true : undefined),
    pattern: (value, { preparing }) => {
      if (typeof value !== "string") return undefined;
      preparing.patterns.add(value);
      return value;
    },
    required: (value) => {
      const names = Array.isArray(value) ? [...new Set(value.filter((name) => typeof name === "string"))] : [];
      return names.length === 0 ? undefined : names;
    },
    properties: copyProperties,
    patternProperties: copyPatternProperties,
    dependentRequired: (value) =>
      copyDependencies(value, (needs) =>
        Array.isArray(needs) ? [...new Set(needs.filter((name) => typeof name === "string"))] : undefined,
      ),
    dependentSchemas: (value, { child }) => copyDependencies(value, (needs) => (isSubschema(needs) ? child(needs) : undefined)),
    allOf: subschemas,
    anyOf: subschemas,
    oneOf: subschemas,
    prefixItems: subschemas,
    items: (value, around) => (Array.isArray(value) ? undefined : subschema(value, around)),
  }),
  ...SUBSCHEMA_KEYWORDS.map((keyword) => [keyword, subschema] as const),
]);

function copyType(value: unknown): unknown {
  const named = [value].flat();
  const known = named.filter((type) => typeof type === "string" && TYPES.has(type));
  if (known.length < named.length || known.length === 0) return undefined;
  return Array.isArray(value) ? [...new Set(known)] : value;
}

/** Ajv leaves a property called `__proto__` out of `properties`; as a pattern it is checked like any other. */
function copyProperties(value: unknown, { child }: Around): unknown {
  if (!isRecord(value)) return undefined;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "__proto__")
      .map(([name, schema]) => [name, child(schema)]),
  );
}

function copyPatternProperties(value: unknown, { child, preparing }: Around): unknown {
  if (!isRecord(value)) return undefined;
  for (const pattern of Object.keys(value)) preparing.patterns.add(pattern);
  return Object.fromEntries(Object.entries(value).map(([pattern, schema]) => [pattern, child(schema)]));
}

function copyDependencies(value: unknown, copy: (needs: unknown) => unknown): unknown {
  if (!isRecord(value)) return undefined;
  const copied = Object.entries(value).flatMap(([name, needs]) => {
    const one = copy(needs);
    return one === undefined ? [] : [[name, one] as const];
  });
  return copied.length === 0 ? undefined : Object.fromEntries(copied);
}

type Copy = (value: unknown) => unknown;
type Rewrite = (
  copy: Record<string, unknown>,
  schema: Schema,
  copies: { readonly child: Copy; readonly same: Copy },
) => Record<string, unknown>;

/** What older drafts and OpenAPI say in other words. */
const REWRITES: readonly Rewrite[] = [
  function tuples(copy, schema, { child }) {
    const items = own(schema, "items");
    if (!Array.isArray(items)) return copy;
    const rest = own(schema, "additionalItems");
    return {
      ...copy,
      ...(items.length === 0 ? {} : { prefixItems: items.map(child) }),
      ...(isSubschema(rest) ? { items: child(rest) } : {}),
    };
  },
  function dependencies(copy, schema, { same }) {
    const value = own(schema, "dependencies");
    const required = copyDependencies(value, (needs) =>
      Array.isArray(needs) ? needs.filter((name) => typeof name === "string") : undefined,
    );
    const schemas = copyDependencies(value, (needs) => (isSubschema(needs) ? same(needs) : undefined));
    const extra = {
      ...(required === undefined ? {} : { dependentRequired: required }),
      ...(schemas === undefined ? {} : { dependentSchemas: schemas }),
    };
    return Object.keys(extra).length === 0 ? copy : { ...copy, allOf: [...((copy["allOf"] as unknown[] | undefined) ?? []), extra] };
  },
  function nullable(copy, schema) {
    if (own(schema, "nullable") !== true || copy["type"] === undefined) return copy;
    const { enum: values, ...rest } = copy;
    return { ...rest, type: [...new Set([copy["type"], "null"].flat())], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
  },
  function prototypeProperty(copy, schema, { child }) {
    const properties = own(schema, "properties");
    if (!isRecord(properties) || !Object.hasOwn(properties, "__proto__")) return copy;
    const patterns = { ...(copy["patternProperties"] as Record<string, unknown> | undefined) };
    setOwn(patterns, "^__proto__$", child(own(properties, "__proto__")));
    return { ...copy, patternProperties: patterns };
  },
];

// Reads a tool's schema, of any draft and however broken, into the shapes every provider form is written from.
// It never throws, never fetches, never changes its input, and stops at fixed depths and sizes.
import { factsOf, texts, TOLD_KEYWORDS } from "./facts.ts";
import { meet } from "./meet.ts";
import { readImpliedTypes, readNamedTypes, type Schema } from "./parse-typed.ts";
import { readValues } from "./parse-values.ts";
import { indexReferences, isOldDraft, type References } from "./references.ts";
import { ANY, describeAs, type Fact, isRecord, NEVER, own, type Shape, withFacts } from "./shape.ts";
import { unite } from "./unite.ts";

const MAX_DEPTH = 40;
const MAX_NODES = 6_000;
const MAX_NOTES = 50;

export type Parsed = { readonly shape: Shape; readonly definitions: ReadonlyMap<string, Shape>; readonly notes: readonly string[] };

export type Reading = {
  readonly references: References;
  readonly ignoreBesideRef: boolean;
  readonly definitions: Map<string, Shape>;
  readonly open: Set<string>;
  readonly notes: Set<string>;
  nodes: number;
};
type Place = { readonly path: string; readonly depth: number };

export function parseSchema(schema: unknown): Parsed {
  const reading: Reading = {
    references: indexReferences(schema),
    ignoreBesideRef: isOldDraft(schema),
    definitions: new Map(),
    open: new Set(),
    notes: new Set(),
    nodes: 0,
  };
  const shape = readNode(reading, schema, { path: "#", depth: 0 });
  return { shape, definitions: reading.definitions, notes: [...reading.notes].slice(0, MAX_NOTES) };
}

function readNode(reading: Reading, schema: unknown, place: Place): Shape {
  if (schema === false) return NEVER;
  if (!isRecord(schema)) return ANY;
  reading.nodes += 1;
  if (place.depth > MAX_DEPTH || reading.nodes > MAX_NODES) {
    reading.notes.add(`${place.path}: deeper or larger than can be declared`);
    return ANY;
  }
  noteToldKeywords(reading, schema, place);
  const description = own(schema, "description");
  const shape = withFacts(readConstraints(reading, schema, place), factsOf(schema, "every"));
  return describeAs(shape, typeof description === "string" ? description.trim() : undefined);
}

function noteToldKeywords(reading: Reading, schema: Schema, place: Place): void {
  for (const keyword of Object.keys(schema))
    if (TOLD_KEYWORDS.has(keyword)) reading.notes.add(`${place.path}: ${keyword} is told, not declared`);
}

function readConstraints(reading: Reading, schema: Schema, place: Place): Shape {
  const readChild = (child: unknown, step: string) => readNode(reading, child, { path: `${place.path}/${step}`, depth: place.depth + 1 });
  const reference = readReference(reading, schema, place);
  if (reference !== undefined && reading.ignoreBesideRef) return reference;
  const expand = (target: string) => expandTarget(reading, target, place);
  const combined = [() => reference, ...COMBINATORS]
    .map((combinator) => combinator(reading, schema, place))
    .filter((shape) => shape !== undefined);
  const named = readNamedTypes(schema, readChild);
  const required = [...(named === undefined ? [] : [named]), ...combined];
  const base = required.reduce((all, shape) => meet(all, shape, expand), ANY as Shape);
  if (base.kind === "never" && required.every((shape) => shape.kind !== "never")) {
    reading.notes.add(`${place.path}: its rules contradict each other; only one is declared`);
    return required[0] ?? ANY;
  }
  if (named !== undefined) return base;
  const implied = readImpliedTypes(schema, readChild);
  return implied === undefined ? base : applyImplied(base, { implied, expand, seen: new Set() });
}

type Implying = { readonly implied: Shape; readonly expand: (target: string) => Shape | undefined; readonly seen: ReadonlySet<string> };

/** Keywords without a type bind only values of their type: branches of another type stay as they are. */
function applyImplied(base: Shape, implying: Implying): Shape {
  const { implied, expand, seen } = implying;
  if (base.kind === "ref") {
    const target = seen.has(base.target) ? undefined : expand(base.target);
    if (target === undefined) return base;
    const inside = applyImplied(target, { implied, expand, seen: new Set([...seen, base.target]) });
    return { ...inside, facts: [...inside.facts, ...base.facts] };
  }
  if (base.kind !== "union") {
    const met = meet(base, implied, expand);
    return met.kind === "never" ? base : met;
  }
  const united = unite(base.branches.map((branch) => applyImplied(branch, implying)));
  return { ...united, facts: [...united.facts, ...base.facts] };
}

type Combinator = (reading: Reading, schema: Schema, place: Place) => Shape | undefined;

const COMBINATORS: readonly Combinator[] = [
  readValuesAt,
  readAllOf,
  (...at) => readAlternatives("anyOf", ...at),
  (...at) => readAlternatives("oneOf", ...at),
];

function readValuesAt(_reading: Reading, schema: Schema): Shape | undefined {
  return readValues(schema);
}

function readReference(reading: Reading, schema: Schema, place: Place): Shape | undefined {
  const ref = own(schema, "$ref") ?? own(schema, "$dynamicRef") ?? own(schema, "$recursiveRef");
  if (ref === undefined) return undefined;
  const target = reading.references.resolve(ref);
  if (target === undefined) {
    reading.notes.add(`${place.path}: the reference leads nowhere inside this schema; any value is offered`);
    return ANY;
  }
  readTarget(reading, target, place);
  return { kind: "ref", facts: [], target: target.key };
}

function readTarget(reading: Reading, target: { readonly key: string; readonly schema: unknown }, place: Place): void {
  if (reading.definitions.has(target.key) || reading.open.has(target.key)) return;
  reading.open.add(target.key);
  reading.definitions.set(target.key, readNode(reading, target.schema, { path: target.key, depth: place.depth + 1 }));
  reading.open.delete(target.key);
}

/** A chain of references is followed to its end; one that bites its own tail means nothing and allows anything. */
function expandTarget(reading: Reading, target: string, place: Place): Shape | undefined {
  const seen = new Set<string>();
  let shape = reading.definitions.get(target);
  while (shape?.kind === "ref" && !seen.has(shape.target)) {
    seen.add(shape.target);
    shape = reading.definitions.get(shape.target);
  }
  if (shape === undefined) reading.notes.add(`${place.path}: rules beside a recursive reference are not declared`);
  return shape?.kind === "ref" ? ANY : shape;
}

function readAllOf(reading: Reading, schema: Schema, place: Place): Shape | undefined {
  const parts = own(schema, "allOf");
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  const shapes = parts.map((part, index) => readNode(reading, part, { path: `${place.path}/allOf/${index}`, depth: place.depth + 1 }));
  return shapes.reduce((all, shape) => meet(all, shape, (target) => expandTarget(reading, target, place)));
}

function readAlternatives(keyword: "anyOf" | "oneOf", ...[reading, schema, place]: Parameters<Combinator>): Shape | undefined {
  const parts = own(schema, keyword);
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  const groups = parts.map(requiredOnly);
  if (groups.every((group) => group !== undefined)) return withFacts(ANY, [sayGroups(keyword, groups)]);
  const shapes = parts.map((part, index) => readNode(reading, part, { path: `${place.path}/${keyword}/${index}`, depth: place.depth + 1 }));
  const united = unite(shapes);
  return keyword === "oneOf" && isAmbiguous(united)
    ? withFacts(united, [{ keyword: "oneOf", value: null, text: "exactly one alternative" }])
    : united;
}

/** The names an alternative only requires, without saying anything of their values; undefined where it says more. */
function requiredOnly(part: unknown): readonly string[] | undefined {
  if (!isRecord(part)) return undefined;
  const required = own(part, "required");
  const more = Object.keys(part).some((keyword) => !["required", "type", "title", "description", "not"].includes(keyword));
  return more || !Array.isArray(required) || ![undefined, "object"].includes(own(part, "type") as string | undefined)
    ? undefined
    : texts(required);
}

function sayGroups(keyword: "anyOf" | "oneOf", groups: readonly (readonly string[])[]): Fact {
  const said = groups.map((group) => (group.length === 0 ? "nothing" : group.join(" and "))).join(", or ");
  return {
    keyword,
    value: null,
    text: `needs ${keyword === "oneOf" ? "exactly one of these" : "at least one of these"}: ${said}`.slice(0, 400),
  };
}

function isAmbiguous(shape: Shape): boolean {
  if (shape.kind !== "union") return false;
  const kinds = shape.branches.map((branch) => branch.kind);
  return new Set(kinds).size < kinds.length && !hasTag(shape.branches);
}

/** Objects that all carry a property of listed values tell themselves apart. */
function hasTag(branches: readonly Shape[]): boolean {
  const [first] = branches;
  if (first?.kind !== "object") return false;
  return [...first.properties].some(([name]) =>
    branches.every(
      (branch) =>
        branch.kind === "object" && branch.properties.get(name)?.kind === "string" && "values" in (branch.properties.get(name) as Shape),
    ),
  );
}

// The intersection of two shapes (`allOf`, keywords beside `$ref` or `anyOf`): what satisfies both, or something wider.
import {
  ANY,
  type ArrayShape,
  type Fact,
  mergeFacts,
  NEVER,
  type NumberShape,
  type ObjectShape,
  type Shape,
  type StringShape,
  type UnionShape,
} from "./shape.ts";
import { unite } from "./unite.ts";

/** Looks a reference up; undefined while its target is still being read, that is in a recursion. */
export type Expand = (target: string) => Shape | undefined;

const MAX_DEPTH = 8;
const MAX_BRANCHES = 48;

export function meet(first: Shape, second: Shape, expand: Expand): Shape {
  return meetAt(first, second, { expand, depth: 0 });
}

type Within = { readonly expand: Expand; readonly depth: number };

function meetAt(first: Shape, second: Shape, within: Within): Shape {
  const words = wordsOf(first, second);
  if (first.kind === "never" || second.kind === "never") return NEVER;
  if (first.kind === "any") return { ...second, ...words };
  if (second.kind === "any") return { ...first, ...words };
  if (within.depth > MAX_DEPTH) return { ...first, ...words };
  if (first.kind === "ref" || second.kind === "ref") return meetReference(first, second, within);
  if (first.kind === "union") return meetUnion(first, second, within);
  if (second.kind === "union") return meetUnion(second, first, within);
  const same = meetSameKind(first, second, (a, b) => meetAt(a, b, deeper(within)));
  return same.kind === "never" ? NEVER : { ...same, ...words };
}

const deeper = ({ expand, depth }: Within): Within => ({ expand, depth: depth + 1 });

function wordsOf(first: Shape, second: Shape): { description?: string; facts: readonly Fact[] } {
  const description = first.description ?? second.description;
  return { ...(description === undefined ? {} : { description }), facts: mergeFacts(first.facts, second.facts) };
}

function meetReference(first: Shape, second: Shape, within: Within): Shape {
  if (first.kind === "ref" && second.kind === "ref" && first.target === second.target) return { ...first, ...wordsOf(first, second) };
  const left = first.kind === "ref" ? within.expand(first.target) : first;
  const right = second.kind === "ref" ? within.expand(second.target) : second;
  if (left === undefined) return { ...first, ...wordsOf(first, second) };
  if (right === undefined) return { ...second, ...wordsOf(first, second) };
  return { ...meetAt(left, right, deeper(within)), ...wordsOf(first, second) };
}

/** The other side is pushed into every branch, because providers want nothing beside `anyOf`. */
function meetUnion(union: UnionShape, other: Shape, within: Within): Shape {
  const width = other.kind === "union" ? other.branches.length : 1;
  if (union.branches.length * width > MAX_BRANCHES) return union;
  const { description: _inner, ...plain } = other;
  const branches = union.branches.map((branch) => meetAt(branch, { ...plain, facts: [] } as Shape, deeper(within)));
  const united = unite(branches);
  const outer = wordsOf(union, other);
  return united.kind === "never" ? NEVER : { ...united, ...outer, facts: mergeFacts(united.facts, outer.facts) };
}

function meetSameKind(first: Shape, second: Shape, both: (a: Shape, b: Shape) => Shape): Shape {
  if (first.kind === "object" && second.kind === "object") return meetObjects(first, second, both);
  if (first.kind === "array" && second.kind === "array") return meetArrays(first, second, both);
  if (first.kind === "string" && second.kind === "string") return meetStrings(first, second);
  if (first.kind === "number" && second.kind === "number") return meetNumbers(first, second);
  if (first.kind === "boolean" && second.kind === "boolean") {
    if (first.only !== undefined && second.only !== undefined && first.only !== second.only) return NEVER;
    const only = first.only ?? second.only;
    return only === undefined ? first : { ...first, only };
  }
  return first.kind === second.kind ? first : NEVER;
}

function meetStrings(first: StringShape, second: StringShape): Shape {
  if (first.values === undefined || second.values === undefined) return { ...first, ...second };
  const wanted = new Set(second.values);
  const values = first.values.filter((value) => wanted.has(value));
  return values.length === 0 ? NEVER : { ...first, values };
}

function meetNumbers(first: NumberShape, second: NumberShape): Shape {
  const integer = first.integer || second.integer;
  const minimum = Math.max(first.minimum ?? -Infinity, second.minimum ?? -Infinity);
  const maximum = Math.min(first.maximum ?? Infinity, second.maximum ?? Infinity);
  if (minimum > maximum) return NEVER;
  const fits = (value: number) => value >= minimum && value <= maximum && (!integer || Number.isInteger(value));
  const wanted = second.values === undefined ? undefined : new Set(second.values);
  const values = (first.values ?? second.values)?.filter((value) => fits(value) && (wanted?.has(value) ?? true));
  if (values?.length === 0) return NEVER;
  return {
    kind: "number",
    facts: [],
    integer,
    ...(minimum === -Infinity ? {} : { minimum }),
    ...(maximum === Infinity ? {} : { maximum }),
    ...(values === undefined ? {} : { values }),
  };
}

function meetArrays(first: ArrayShape, second: ArrayShape, both: (a: Shape, b: Shape) => Shape): Shape {
  const length = Math.max(first.prefix.length, second.prefix.length);
  const at = (shape: ArrayShape, index: number): Shape => shape.prefix[index] ?? shape.items ?? ANY;
  const prefix = Array.from({ length }, (_, index) => both(at(first, index), at(second, index)));
  const items = first.items === null ? second.items : second.items === null ? first.items : both(first.items, second.items);
  const minItems = Math.max(first.minItems ?? 0, second.minItems ?? 0);
  const maxItems = Math.min(first.maxItems ?? Infinity, second.maxItems ?? Infinity);
  return {
    kind: "array",
    facts: [],
    prefix,
    items,
    ...(minItems === 0 ? {} : { minItems }),
    ...(maxItems === Infinity ? {} : { maxItems }),
  };
}

function meetObjects(first: ObjectShape, second: ObjectShape, both: (a: Shape, b: Shape) => Shape): Shape {
  const properties = new Map(first.properties);
  const required = new Set([...first.required, ...second.required]);
  for (const [name, shape] of second.properties) {
    const other = properties.get(name);
    const met = other === undefined ? shape : both(other, shape);
    if (met.kind === "never" && other?.kind !== "never" && required.has(name)) return NEVER;
    properties.set(name, met);
  }
  return { kind: "object", facts: [], properties, required, additional: meetAdditional(first.additional, second.additional, both) };
}

function meetAdditional(
  first: ObjectShape["additional"],
  second: ObjectShape["additional"],
  both: (a: Shape, b: Shape) => Shape,
): ObjectShape["additional"] {
  if (first === false || second === false) return false;
  if (first === null || second === null) return first ?? second;
  return both(first, second);
}

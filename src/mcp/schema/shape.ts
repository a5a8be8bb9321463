// The one form every tool schema is brought into before it is written for a provider.
// Invariant: a shape accepts every value the schema accepts that stays within what the schema names; what cannot be said
// exactly is widened, never narrowed, and said in words (`facts`).
import type { Json } from "../../core/index.ts";

/** A rule beside the type: written as its keyword where a provider knows it, as text in the description everywhere else. */
export type Fact = { readonly keyword: string; readonly value: Json; readonly text: string };

type Common = { readonly description?: string; readonly facts: readonly Fact[] };

export type AnyShape = Common & { readonly kind: "any" };
export type NeverShape = Common & { readonly kind: "never" };
export type NullShape = Common & { readonly kind: "null" };
export type BooleanShape = Common & { readonly kind: "boolean"; readonly only?: boolean };
export type StringShape = Common & { readonly kind: "string"; readonly values?: readonly string[] };
export type NumberShape = Common & {
  readonly kind: "number";
  readonly integer: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly values?: readonly number[];
};
export type ArrayShape = Common & {
  readonly kind: "array";
  readonly prefix: readonly Shape[];
  /** What follows the prefix; null where the schema does not say. */
  readonly items: Shape | null;
  readonly minItems?: number;
  readonly maxItems?: number;
};
export type ObjectShape = Common & {
  readonly kind: "object";
  readonly properties: ReadonlyMap<string, Shape>;
  readonly required: ReadonlySet<string>;
  /** What properties without a name of their own may hold; null where the schema does not say, false where there are none. */
  readonly additional: Shape | false | null;
};
/** Another part of the same schema, by its key in `SchemaModel.definitions`. */
export type RefShape = Common & { readonly kind: "ref"; readonly target: string };
export type UnionShape = Common & { readonly kind: "union"; readonly branches: readonly Shape[] };

export type Shape =
  | AnyShape
  | NeverShape
  | NullShape
  | BooleanShape
  | StringShape
  | NumberShape
  | ArrayShape
  | ObjectShape
  | RefShape
  | UnionShape;

/** A whole tool schema: its root is always an object. */
export type SchemaModel = {
  readonly root: ObjectShape;
  readonly definitions: ReadonlyMap<string, Shape>;
  /** Sentences for the tool's own description, because providers do not show a description of the root. */
  readonly rootText: readonly string[];
  /** What could not be expressed, each with its place. */
  readonly notes: readonly string[];
};

export const ANY: AnyShape = { kind: "any", facts: [] };
export const NEVER: NeverShape = { kind: "never", facts: [] };
export const NULL: NullShape = { kind: "null", facts: [] };
export const OPEN_OBJECT: ObjectShape = { kind: "object", facts: [], properties: new Map(), required: new Set(), additional: null };
export const OPEN_ARRAY: ArrayShape = { kind: "array", facts: [], prefix: [], items: null };

/** The same shape under another description; an absent description leaves the old one. */
export function describeAs(shape: Shape, description: string | undefined): Shape {
  return description === undefined || description === "" ? shape : { ...shape, description };
}

export function withFacts(shape: Shape, facts: readonly Fact[]): Shape {
  return facts.length === 0 ? shape : { ...shape, facts: mergeFacts(shape.facts, facts) };
}

/** Both lists, each fact once. */
export function mergeFacts(first: readonly Fact[], second: readonly Fact[]): readonly Fact[] {
  if (first.length === 0) return second;
  const known = new Set(first.map((fact) => `${fact.keyword} ${fact.text}`));
  return [...first, ...second.filter((fact) => !known.has(`${fact.keyword} ${fact.text}`))];
}

/** A key that is equal for shapes that accept and say the same. */
export function shapeKey(shape: Shape): string {
  return JSON.stringify(shape, (_key, value: unknown) => {
    if (value instanceof Map) return { map: [...value] };
    if (value instanceof Set) return { set: [...value] };
    return value;
  });
}

/** The shapes directly inside a shape; references are not followed. */
export function childrenOf(shape: Shape): readonly Shape[] {
  if (shape.kind === "union") return shape.branches;
  if (shape.kind === "array") return shape.items === null ? shape.prefix : [...shape.prefix, shape.items];
  if (shape.kind !== "object") return [];
  const inside = [...shape.properties.values()];
  return shape.additional === null || shape.additional === false ? inside : [...inside, shape.additional];
}

export { isRecord } from "../../core/index.ts";

/** An own property; what a prototype offers never counts. */
export function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Sets an own data property, `__proto__` included. */
export function setOwn(record: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}

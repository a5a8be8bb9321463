// Which definitions of a schema lead back to themselves, and how often each is used.
import { childrenOf, type SchemaModel, type Shape } from "./shape.ts";

export type Recursion = {
  isRecursive(target: string): boolean;
  /** Whether a definition is used more than once and long enough to be worth a place of its own. */
  isShared(target: string): boolean;
  /** Whether a value of this shape must hold, without an optional property in between, one of the open targets. */
  mustReach(shape: Shape, open: readonly string[]): boolean;
};

const WORTH_SHARING = 12;

export function findRecursion(model: SchemaModel): Recursion {
  const edges = new Map([...model.definitions].map(([key, shape]) => [key, referencesIn(shape)]));
  const recursive = new Set([...edges.keys()].filter((key) => reaches(key, key, edges)));
  const uses = new Map<string, number>();
  for (const target of [model.root, ...model.definitions.values()].flatMap(referencesIn)) uses.set(target, (uses.get(target) ?? 0) + 1);
  const sizes = new Map([...model.definitions].map(([key, shape]) => [key, sizeOf(shape)]));
  return {
    isRecursive: (target) => recursive.has(target),
    isShared: (target) => (uses.get(target) ?? 0) > 1 && (sizes.get(target) ?? 0) >= WORTH_SHARING,
    mustReach: (shape, open) => mustReach(shape, { open, model, seen: new Set() }),
  };
}

function referencesIn(shape: Shape): readonly string[] {
  if (shape.kind === "ref") return [shape.target];
  return childrenOf(shape).flatMap(referencesIn);
}

function reaches(from: string, wanted: string, edges: ReadonlyMap<string, readonly string[]>): boolean {
  const waiting = [...(edges.get(from) ?? [])];
  const seen = new Set<string>();
  for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
    if (target === wanted) return true;
    if (seen.has(target)) continue;
    seen.add(target);
    waiting.push(...(edges.get(target) ?? []));
  }
  return false;
}

function sizeOf(shape: Shape): number {
  return childrenOf(shape).reduce((size, child) => size + sizeOf(child), 1);
}

type Search = { readonly open: readonly string[]; readonly model: SchemaModel; readonly seen: Set<string> };

function mustReach(shape: Shape, search: Search): boolean {
  if (shape.kind === "ref") {
    if (search.open.includes(shape.target)) return true;
    const target = search.model.definitions.get(shape.target);
    if (target === undefined || search.seen.has(shape.target)) return false;
    search.seen.add(shape.target);
    return mustReach(target, search);
  }
  const inside = shape.kind === "object" ? mandatoryIn(shape) : childrenOf(shape);
  return inside.some((child) => mustReach(child, search));
}

function mandatoryIn(shape: Extract<Shape, { kind: "object" }>): readonly Shape[] {
  const required = [...shape.properties].flatMap(([name, child]) => (shape.required.has(name) ? [child] : []));
  return shape.additional === null || shape.additional === false ? required : [...required, shape.additional];
}

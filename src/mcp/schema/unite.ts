// The union of shapes (`anyOf`, `oneOf`, type lists), as few branches as say the same; and of objects, one object that holds them all.
import { type Fact, type NumberShape, type ObjectShape, type Shape, type StringShape, NEVER, shapeKey } from "./shape.ts";

/** Never narrower than any of the branches. */
export function unite(branches: readonly Shape[]): Shape {
  const flat = branches
    .flatMap((branch) => (isPlainUnion(branch) ? branch.branches : [branch]))
    .filter((branch) => branch.kind !== "never");
  const merged = mergeBooleans(mergeNumbers(mergeStrings(flat)));
  const distinct = [...new Map(merged.map((branch) => [shapeKey(branch), branch])).values()];
  const [only] = distinct;
  if (only === undefined) return NEVER;
  return distinct.length === 1 ? only : { kind: "union", facts: [], branches: distinct };
}

/** A nested union with words of its own is kept, its words belong to its branches only. */
function isPlainUnion(shape: Shape): shape is Extract<Shape, { kind: "union" }> {
  return shape.kind === "union" && shape.description === undefined && shape.facts.length === 0;
}

/** Several lists of strings become one; what was said of single values is kept as text. */
function mergeStrings(branches: readonly Shape[]): readonly Shape[] {
  const lists = branches.filter(
    (branch): branch is StringShape & { values: readonly string[] } =>
      branch.kind === "string" && branch.values !== undefined && onlySaysDefault(branch.facts),
  );
  if (lists.length < 2) return branches;
  const told: Fact[] = lists.flatMap((list) =>
    list.description === undefined
      ? []
      : [
          {
            keyword: "enumDescription",
            value: null,
            text: `${list.values.map((value) => JSON.stringify(value)).join(", ")}: ${list.description}`,
          },
        ],
  );
  const merged: StringShape = {
    kind: "string",
    facts: [...lists.flatMap((list) => list.facts), ...told],
    values: [...new Set(lists.flatMap((list) => list.values))],
  };
  return replaceFirst(branches, new Set<Shape>(lists), merged);
}

const onlySaysDefault = (facts: readonly Fact[]) => facts.every((fact) => fact.keyword === "default" || fact.keyword === "enumDescription");

function mergeNumbers(branches: readonly Shape[]): readonly Shape[] {
  const lists = branches.filter(
    (branch): branch is NumberShape & { values: readonly number[] } =>
      branch.kind === "number" && branch.values !== undefined && isWordless(branch),
  );
  if (lists.length < 2) return branches;
  const values = [...new Set(lists.flatMap((list) => list.values))];
  return replaceFirst(branches, new Set<Shape>(lists), { kind: "number", facts: [], integer: values.every(Number.isInteger), values });
}

function mergeBooleans(branches: readonly Shape[]): readonly Shape[] {
  const booleans = branches.filter((branch) => branch.kind === "boolean" && isWordless(branch));
  return booleans.length < 2 ? branches : replaceFirst(branches, new Set(booleans), unionOfBooleans(booleans));
}

function unionOfBooleans(booleans: readonly Shape[]): Shape {
  const only = new Set(booleans.map((shape) => (shape.kind === "boolean" ? shape.only : undefined)));
  const [value] = only;
  return only.size === 1 && value !== undefined ? { kind: "boolean", facts: [], only: value } : { kind: "boolean", facts: [] };
}

const isWordless = (shape: Shape) => shape.description === undefined && shape.facts.length === 0;

function replaceFirst(branches: readonly Shape[], replaced: ReadonlySet<Shape>, by: Shape): readonly Shape[] {
  let placed = false;
  return branches.flatMap((branch) => {
    if (!replaced.has(branch)) return [branch];
    if (placed) return [];
    placed = true;
    return [by];
  });
}

/**
 * One object for several alternatives: the properties of all, required what all require. A property only some know keeps its
 * type: what an alternative does not name is taken as absent there.
 */
export function joinObjects(objects: readonly ObjectShape[]): ObjectShape {
  const [first, ...rest] = objects;
  if (first === undefined || rest.length === 0)
    return first ?? { kind: "object", facts: [], properties: new Map(), required: new Set(), additional: null };
  const properties = new Map<string, Shape>();
  for (const name of new Set(objects.flatMap((object) => [...object.properties.keys()]))) {
    properties.set(name, unite(objects.flatMap((object) => object.properties.get(name) ?? [])));
  }
  const required = new Set([...first.required].filter((name) => rest.every((object) => object.required.has(name))));
  return { kind: "object", facts: [], properties, required, additional: joinAdditional(objects) };
}

function joinAdditional(objects: readonly ObjectShape[]): ObjectShape["additional"] {
  if (objects.some((object) => object.additional === null)) return null;
  const open = objects.flatMap((object) => (object.additional === false || object.additional === null ? [] : [object.additional]));
  return open.length === 0 ? false : unite(open);
}

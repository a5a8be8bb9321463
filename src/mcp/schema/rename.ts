// Property names a provider refuses, replaced by ones it takes, and the way back for the arguments of a call.
import { createHash } from "node:crypto";
import type { Json } from "../../core/index.ts";
import { childrenOf, type ObjectShape, type SchemaModel, setOwn, type Shape } from "./shape.ts";

/** Original name → exposed name, for the names that had to change; one to one over the whole schema. */
export type Renames = ReadonlyMap<string, string>;

const MAX_LENGTH = 64;

/** Gives a new name to each property name that does not match; never one that another property of the schema already has. */
export function renameProperties(model: SchemaModel, allowed: RegExp): Renames {
  const names = propertyNames(model);
  const taken = new Set(names);
  const renames = new Map<string, string>();
  for (const name of [...names].filter((name) => !allowed.test(name)).sort()) {
    const exposed = firstFree(name, taken);
    taken.add(exposed);
    renames.set(name, exposed);
  }
  return renames;
}

function firstFree(name: string, taken: ReadonlySet<string>): string {
  const safe = name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^(?=\d)/, "_");
  const readable = safe === "" || /^_+$/.test(safe) ? "property" : safe;
  if (readable.length <= MAX_LENGTH && !taken.has(readable)) return readable;
  for (let attempt = 0; ; attempt += 1) {
    const digest = createHash("sha256")
      .update(JSON.stringify([name, attempt]))
      .digest("hex")
      .slice(0, 8);
    const exposed = `${readable.slice(0, MAX_LENGTH - 9)}_${digest}`;
    if (!taken.has(exposed)) return exposed;
  }
}

function propertyNames(model: SchemaModel): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (shape: Shape): void => {
    if (shape.kind === "object") for (const name of shape.properties.keys()) names.add(name);
    for (const child of childrenOf(shape)) visit(child);
  };
  visit(model.root);
  for (const shape of model.definitions.values()) visit(shape);
  return names;
}

/** Turns the names in a call's arguments back. Names inside free-form values are the model's own and stay. */
export function restoreNames(input: Json, model: SchemaModel, renames: Renames): Json {
  if (renames.size === 0) return input;
  const originals = new Map([...renames].map(([original, exposed]) => [exposed, original]));
  return restore(input, [model.root], { model, originals });
}

type Restoring = { readonly model: SchemaModel; readonly originals: ReadonlyMap<string, string> };

function restore(value: Json, shapes: readonly Shape[], restoring: Restoring): Json {
  if (typeof value !== "object" || value === null) return value;
  const alternatives = flatten(shapes, restoring.model, new Set());
  if (Array.isArray(value)) {
    const arrays = alternatives.filter((shape) => shape.kind === "array");
    return (value as readonly Json[]).map((item, index) =>
      restore(
        item,
        arrays.flatMap((array) => array.prefix[index] ?? array.items ?? []),
        restoring,
      ),
    );
  }
  const objects = alternatives.filter((shape) => shape.kind === "object");
  const restored: Record<string, Json> = {};
  for (const [key, item] of Object.entries(value as Readonly<Record<string, Json>>)) {
    const original = restoring.originals.get(key);
    const name = original !== undefined && objects.some((object) => object.properties.has(original)) ? original : key;
    setOwn(
      restored,
      name,
      restore(
        item,
        objects.flatMap((object) => propertyShape(object, name)),
        restoring,
      ),
    );
  }
  return restored;
}

function propertyShape(object: ObjectShape, name: string): readonly Shape[] {
  const named = object.properties.get(name);
  if (named !== undefined) return [named];
  return object.additional === null || object.additional === false ? [] : [object.additional];
}

function flatten(shapes: readonly Shape[], model: SchemaModel, seen: ReadonlySet<string>): readonly Shape[] {
  return shapes.flatMap((shape) => {
    if (shape.kind === "union") return flatten(shape.branches, model, seen);
    if (shape.kind !== "ref") return [shape];
    const target = model.definitions.get(shape.target);
    return target === undefined || seen.has(shape.target) ? [] : flatten([target], model, new Set([...seen, shape.target]));
  });
}

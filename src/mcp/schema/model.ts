// Makes of any parsed schema one whose root is a single object, because every provider wants that and every MCP call sends one.
import { parseSchema } from "./parse.ts";
import { joinObjects } from "./unite.ts";
import { type Fact, type ObjectShape, OPEN_OBJECT, type SchemaModel, type Shape } from "./shape.ts";

const MAX_GROUPS = 12;
const MAX_GROUP_TEXT = 900;

/** Never throws. */
export function modelOf(inputSchema: unknown): SchemaModel {
  const { shape, definitions, notes } = parseSchema(inputSchema);
  const objects = objectsOf(shape, definitions, new Set());
  if (objects.length === 0) {
    const note = "#: the schema allows no object, but arguments always are one; any object is offered";
    return { root: OPEN_OBJECT, definitions, rootText: [], notes: [...notes, note] };
  }
  const root = joinObjects(objects.map((object) => object.shape));
  const groups = objects.length > 1 ? ["#: alternatives at the root are declared as one object"] : [];
  return { root, definitions, rootText: rootSentences(shape, objects), notes: [...notes, ...groups] };
}

type RootAlternative = { readonly shape: ObjectShape; readonly facts: readonly Fact[] };

function objectsOf(shape: Shape, definitions: ReadonlyMap<string, Shape>, seen: ReadonlySet<string>): readonly RootAlternative[] {
  if (shape.kind === "object") return [{ shape, facts: shape.facts }];
  if (shape.kind === "any") return [{ shape: { ...OPEN_OBJECT, facts: shape.facts }, facts: shape.facts }];
  if (shape.kind === "union") return shape.branches.flatMap((branch) => objectsOf(branch, definitions, seen));
  if (shape.kind !== "ref" || seen.has(shape.target)) return [];
  const target = definitions.get(shape.target);
  return target === undefined ? [] : objectsOf(target, definitions, new Set([...seen, shape.target]));
}

function rootSentences(shape: Shape, objects: readonly RootAlternative[]): readonly string[] {
  const facts = [...shape.facts, ...(objects.length === 1 ? (objects[0]?.facts ?? []) : [])];
  const told = new Set(facts.filter((fact) => fact.keyword !== "oneOf").map((fact) => fact.text));
  const sentences = [...told].filter((text) => text !== "").map((text) => `Arguments: ${text}.`);
  const description = shape.description ?? (objects.length === 1 ? objects[0]?.shape.description : undefined);
  return [...(description === undefined ? [] : [description]), ...sentences, ...(objects.length > 1 ? [sayGroups(objects)] : [])];
}

function sayGroups(objects: readonly RootAlternative[]): string {
  const groups = objects.slice(0, MAX_GROUPS).map(({ shape }) => sayGroup(shape));
  const more = objects.length > MAX_GROUPS ? " or further combinations" : "";
  return `Arguments follow one of these: ${groups.join(" or ")}${more}.`.slice(0, MAX_GROUP_TEXT);
}

function sayGroup(object: ObjectShape): string {
  const names = [...object.properties].map(([name, shape]) => {
    const [value, ...others] = shape.kind === "string" ? (shape.values ?? []) : [];
    const tag = value !== undefined && others.length === 0 ? `=${JSON.stringify(value)}` : "";
    return object.required.has(name) ? `${name}${tag}` : `${name}${tag}?`;
  });
  return `(${names.join(", ")})`;
}

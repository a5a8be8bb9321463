// One small writer per kind of shape.
import { listValues } from "./facts.ts";
import { addText } from "./describe.ts";
import type { Node, Position, Rendering } from "./rendering.ts";
import { MAX_VALUES } from "./parse-values.ts";
import { summarise } from "./summarise.ts";
import { unite } from "./unite.ts";
import {
  ANY,
  type AnyShape,
  type ArrayShape,
  type BooleanShape,
  isRecord,
  type NeverShape,
  NULL,
  type NullShape,
  type NumberShape,
  type ObjectShape,
  setOwn,
  type Shape,
  type StringShape,
  type UnionShape,
} from "./shape.ts";

type Writer<Kind> = (rendering: Rendering, shape: Kind, position: Position) => Node;
type Writers = {
  any: Writer<AnyShape>;
  never: Writer<NeverShape>;
  null: Writer<NullShape>;
  boolean: Writer<BooleanShape>;
  string: Writer<StringShape>;
  number: Writer<NumberShape>;
  array: Writer<ArrayShape>;
  object: Writer<ObjectShape>;
  union: Writer<UnionShape>;
};

export const RENDERERS: Writers = {
  any: ({ profile }) => (profile.untyped ? {} : { anyOf: openTypes(2), nullable: true }),
  never: ({ profile }) => addText(profile.nullType ? { type: "null" } : { type: "string", nullable: true }, "not allowed: leave it out"),
  null: ({ profile }) => (profile.nullType ? { type: "null" } : addText({ type: "string", nullable: true }, "always null")),
  boolean: renderBoolean,
  string: renderString,
  number: renderNumber,
  array: renderArray,
  object: renderObject,
  union: renderUnion,
};

/** Any value, where a node must name its type: arrays may hold arrays `levels` deep. */
function openTypes(levels: number): Node[] {
  const simple: Node[] = [{ type: "string" }, { type: "number" }, { type: "boolean" }, { type: "object" }];
  return levels === 0 ? simple : [...simple, { type: "array", items: { anyOf: openTypes(levels - 1), nullable: true } }];
}

function renderBoolean({ profile }: Rendering, { only }: BooleanShape): Node {
  if (only === undefined) return { type: "boolean" };
  return profile.booleanLists ? { type: "boolean", enum: [only] } : addText({ type: "boolean" }, `always ${only}`);
}

function renderString({ profile }: Rendering, { values }: StringShape): Node {
  if (values === undefined) return { type: "string" };
  if (values.length > MAX_VALUES || (values.includes("") && !profile.emptyString)) return addText({ type: "string" }, listValues(values));
  return { type: "string", enum: [...values] };
}

function renderNumber({ profile }: Rendering, shape: NumberShape): Node {
  const node: Node = { type: shape.integer ? "integer" : "number" };
  if (shape.values !== undefined && shape.values.length <= MAX_VALUES && profile.numberLists) return { ...node, enum: [...shape.values] };
  const minimum = shape.values === undefined ? shape.minimum : Math.min(...shape.values);
  const maximum = shape.values === undefined ? shape.maximum : Math.max(...shape.values);
  if (minimum !== undefined) node["minimum"] = minimum;
  if (maximum !== undefined) node["maximum"] = maximum;
  return shape.values === undefined ? node : addText(node, listValues(shape.values));
}

function renderArray(rendering: Rendering, shape: ArrayShape, position: Position): Node {
  const { profile } = rendering;
  const inside = (step: string): Position => ({ ...position, path: `${position.path}/${step}`, depth: position.depth + 1 });
  const node: Node = { type: "array" };
  if (profile.tuples && shape.prefix.length > 0) {
    node["prefixItems"] = shape.prefix.map((part, index) => rendering.render(part, inside(String(index))));
    if (shape.items !== null) node["items"] = rendering.render(shape.items, inside("items"));
  } else {
    const bounded = shape.maxItems !== undefined && shape.maxItems <= shape.prefix.length;
    const rest = shape.items === null || bounded ? [] : [shape.items];
    const parts = [...shape.prefix.slice(0, shape.maxItems ?? shape.prefix.length), ...rest];
    node["items"] = rendering.render(parts.length === 0 ? ANY : unite(parts), inside("items"));
    if (shape.prefix.length > 0)
      addText(node, `in this order: ${shape.prefix.map((part) => summarise(part, rendering.model)).join(", ")}`.slice(0, 300));
  }
  if (shape.minItems !== undefined) node["minItems"] = shape.minItems;
  if (shape.maxItems !== undefined) node["maxItems"] = shape.maxItems;
  return node;
}

function renderObject(rendering: Rendering, shape: ObjectShape, position: Position): Node {
  const { profile, renames, recursion, notes } = rendering;
  const properties: Node = {};
  const required: string[] = [];
  for (const [name, child] of shape.properties) {
    const exposed = renames.get(name) ?? name;
    const wanted = shape.required.has(name);
    const endless =
      wanted && profile.references && position.open.length > 0 && !position.optional && recursion.mustReach(child, position.open);
    if (endless) notes.add(`${position.path}: "${name}" leads back to itself and is declared as optional`);
    if (wanted && !endless) required.push(exposed);
    const optional = position.optional || !wanted || endless;
    const node = rendering.render(child, { ...position, path: `${position.path}/${name}`, depth: position.depth + 1, optional });
    setOwn(properties, exposed, exposed === name ? node : addText(node, `sent as ${JSON.stringify(name.slice(0, 80))}`));
  }
  if ([...shape.required].some((name) => !shape.properties.has(name))) notes.add(`${position.path}: a required property is not described`);
  const node: Node = { type: "object" };
  if (shape.properties.size > 0) node["properties"] = properties;
  if (required.length > 0) node["required"] = required;
  return renderAdditional(rendering, shape, { node, position });
}

function renderAdditional(rendering: Rendering, shape: ObjectShape, { node, position }: { node: Node; position: Position }): Node {
  const { additional } = shape;
  if (additional === null) return node;
  if (!rendering.profile.maps)
    return additional === false ? node : addText(node, `any further name with ${summarise(additional, rendering.model)}`);
  if (additional === false) return { ...node, additionalProperties: false };
  if (additional.kind === "any" && additional.description === undefined && additional.facts.length === 0) return node;
  const value = rendering.render(additional, { ...position, path: `${position.path}/*`, depth: position.depth + 1 });
  return { ...node, additionalProperties: value };
}

function renderUnion(rendering: Rendering, shape: UnionShape, position: Position): Node {
  const inside = { ...position, depth: position.depth + 1 };
  const write = (branches: readonly Shape[]) => branches.map((branch) => rendering.render(branch, inside));
  if (rendering.profile.nullType) return { anyOf: write(shape.branches) };
  const others = shape.branches.filter((branch) => branch.kind !== "null");
  const written = write(others);
  const nullable = others.length < shape.branches.length || written.some(isNullable) ? { nullable: true } : {};
  const nodes = [...new Map(written.flatMap(unwrap).map((node) => [JSON.stringify(node), node])).values()];
  const [only] = nodes;
  if (only === undefined) return RENDERERS.null(rendering, NULL, position);
  return nodes.length === 1 ? { ...only, ...nullable } : { anyOf: nodes, ...nullable };
}

/** An alternative that is nothing but alternatives is taken apart. */
function unwrap(node: Node): readonly Node[] {
  const branches = node["anyOf"];
  return Array.isArray(branches) && branches.every(isRecord) && !Object.hasOwn(node, "description") ? (branches as Node[]) : [node];
}

const isNullable = (node: Node) => node["nullable"] === true;

// Turns a tool's own input schema into what the library can make a grammar from. What it cannot express becomes wider, never tighter;
// the arguments are checked against the original schema afterwards.
import { isRecord } from "../../core/index.ts";
import type { GbnfJsonSchema } from "node-llama-cpp";
import type { JsonSchema } from "../../mcp/contract.ts";

type Node = { readonly [keyword: string]: unknown };
type Walk = {
  readonly root: Node;
  readonly depth: number;
  readonly style: GrammarStyle;
  /** How many schemas the grammar may still hold: alternatives that lead back to themselves would double at each level. */
  readonly room: { left: number };
};

export type GrammarStyle = {
  /** "required": optional properties are left out. "choice": the model may take the required ones, or all of them. */
  readonly optional: "required" | "choice";
  /** Longest string the model may write. */
  readonly maxString: number;
};

const MAX_DEPTH = 6;
const MAX_NODES = 500;
const MAX_ITEMS = 8;
const SIMPLE = new Set(["string", "number", "integer", "boolean", "null"]);
const ANY: GbnfJsonSchema = { type: ["string", "number", "boolean", "null"] };

/** A grammar schema for the arguments object. */
export function toGrammarSchema(schema: JsonSchema, style: GrammarStyle): GbnfJsonSchema {
  const root = isRecord(schema) ? schema : {};
  return objectSchema(root, { root, depth: 0, style, room: { left: MAX_NODES } });
}

function convert(value: unknown, walk: Walk): GbnfJsonSchema {
  walk.room.left -= 1;
  if (!isRecord(value) || walk.depth > MAX_DEPTH || walk.room.left < 0) return ANY;
  const node = resolveRef(value, walk.root);
  const inner: Walk = { ...walk, depth: walk.depth + 1 };
  if (isScalar(node["const"])) return { const: node["const"] };
  const choices = Array.isArray(node["enum"]) ? node["enum"].filter(isScalar) : [];
  if (choices.length > 0) return { enum: choices };
  const options = [node["oneOf"], node["anyOf"]].find(Array.isArray);
  if (options !== undefined && options.length > walk.room.left) return ANY;
  if (options !== undefined && options.length > 0) return { oneOf: options.map((option: unknown) => convert(option, inner)) };
  if (Array.isArray(node["allOf"]) && node["allOf"].length > 0) return convert(merge(node, walk.root), inner);
  return byType(node, inner);
}

function byType(node: Node, walk: Walk): GbnfJsonSchema {
  const types = (Array.isArray(node["type"]) ? node["type"] : [node["type"]]).filter((type) => typeof type === "string");
  if (types.length > 1) return { oneOf: types.map((type) => byType({ ...node, type }, walk)) };
  const type = types[0] ?? (isRecord(node["properties"]) ? "object" : "");
  if (type === "object") return objectSchema(node, walk);
  if (type === "array") return arraySchema(node, walk);
  if (type === "string") return stringSchema(node, walk.style);
  return SIMPLE.has(type) ? { type: type as "number" | "integer" | "boolean" | "null" } : ANY;
}

function stringSchema(node: Node, style: GrammarStyle): GbnfJsonSchema {
  const format = node["format"];
  if (format === "date-time" || format === "time" || format === "date") return { type: "string", format };
  const asked = node["maxLength"];
  const maxLength = typeof asked === "number" ? Math.min(asked, style.maxString) : style.maxString;
  const least = node["minLength"];
  return { type: "string", maxLength, ...(typeof least === "number" && least <= maxLength ? { minLength: least } : {}) };
}

function arraySchema(node: Node, walk: Walk): GbnfJsonSchema {
  const least = typeof node["minItems"] === "number" ? node["minItems"] : 0;
  const most = typeof node["maxItems"] === "number" ? node["maxItems"] : MAX_ITEMS;
  return { type: "array", items: convert(node["items"], walk), minItems: least, maxItems: Math.max(least, Math.min(most, MAX_ITEMS)) };
}

/** The library makes every property it is given a required one. */
function objectSchema(node: Node, walk: Walk): GbnfJsonSchema {
  const properties = isRecord(node["properties"]) ? Object.entries(node["properties"]) : [];
  if (walk.depth > 0 && properties.length > walk.room.left) return ANY;
  const required = new Set(Array.isArray(node["required"]) ? node["required"] : []);
  const needed = properties.filter(([key]) => required.has(key));
  const asObject = (entries: typeof properties): GbnfJsonSchema => ({
    type: "object",
    properties: Object.fromEntries(entries.map(([key, value]) => [key, convert(value, { ...walk, depth: walk.depth + 1 })])),
  });
  if (walk.style.optional === "required" || needed.length === properties.length) return asObject(needed);
  return { oneOf: [asObject(needed), asObject(properties)] };
}

function resolveRef(node: Node, root: Node): Node {
  const reference = node["$ref"];
  if (typeof reference !== "string" || !reference.startsWith("#/")) return node;
  const target = reference
    .slice(2)
    .split("/")
    .reduce<unknown>((at, key) => (isRecord(at) ? at[key.replace(/~1/g, "/").replace(/~0/g, "~")] : undefined), root);
  return isRecord(target) ? target : {};
}

/** `allOf` of objects: all their properties together. Other combinations keep what stands beside them. */
function merge(node: Node, root: Node): Node {
  const { allOf, ...rest } = node;
  const parts = (Array.isArray(allOf) ? allOf : []).filter(isRecord).map((part) => resolveRef(part, root));
  return [rest, ...parts].reduce<Node>(
    (sum, part) => ({
      ...sum,
      ...part,
      ...(isRecord(sum["properties"]) || isRecord(part["properties"])
        ? { properties: { ...nodeOf(sum["properties"]), ...nodeOf(part["properties"]) } }
        : {}),
      required: [...listOf(sum["required"]), ...listOf(part["required"])],
    }),
    {},
  );
}

const nodeOf = (value: unknown): Node => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

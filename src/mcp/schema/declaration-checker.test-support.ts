// For tests only: says, independently of the writers, whether a declaration is one its provider takes and whether it accepts a value.
import type { DeclarationForm } from "./profiles.ts";
import { isRecord, own } from "./shape.ts";

type Node = Readonly<Record<string, unknown>>;

const COMMON = [
  "type",
  "description",
  "enum",
  "items",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "anyOf",
  "properties",
  "required",
  "format",
];
const KEYWORDS: Readonly<Record<DeclarationForm, ReadonlySet<string>>> = {
  "gemini-json": new Set([...COMMON, "$ref", "$defs", "additionalProperties", "prefixItems"]),
  "gemini-openapi": new Set([...COMMON, "nullable", "minLength", "maxLength", "pattern", "minProperties", "maxProperties"]),
  openai: new Set([...COMMON, "$ref", "$defs", "additionalProperties", "default", "minLength", "maxLength"]),
  anthropic: new Set([
    ...COMMON,
    "$ref",
    "$defs",
    "additionalProperties",
    "prefixItems",
    "default",
    "minLength",
    "maxLength",
    "pattern",
    "uniqueItems",
    "multipleOf",
    "minProperties",
    "maxProperties",
  ]),
};
const PROPERTY_NAMES: Readonly<Record<DeclarationForm, RegExp>> = {
  "gemini-json": /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  "gemini-openapi": /^[A-Za-z_][A-Za-z0-9_]{0,63}$/,
  openai: /^/,
  anthropic: /^[a-zA-Z0-9_.-]{1,64}$/,
};

/** Empty where the provider would take the schema. */
export function problemsOf(form: DeclarationForm, schema: unknown): readonly string[] {
  if (schema === null) return form === "gemini-openapi" ? [] : ["a schema is missing"];
  if (!isRecord(schema)) return ["the root is no object schema"];
  const problems = rootProblems(form, schema);
  for (const [node, path] of nodesOf(schema, "#"))
    problems.push(...nodeProblems(form, node, schema).map((problem) => `${path}: ${problem}`));
  if (form !== "gemini-openapi") problems.push(...mandatoryCycles(schema));
  return problems;
}

function rootProblems(form: DeclarationForm, root: Node): string[] {
  const problems: string[] = [];
  if (root["type"] !== "object") problems.push("#: root is not an object");
  if (root["anyOf"] !== undefined || root["$ref"] !== undefined) problems.push("#: root has alternatives");
  const properties = root["properties"];
  if (form === "gemini-openapi" && (!isRecord(properties) || Object.keys(properties).length === 0))
    problems.push("#: properties are empty");
  return problems;
}

/** Every schema node, never a map of properties. */
export function* nodesOf(schema: unknown, path: string): Generator<readonly [node: unknown, path: string]> {
  yield [schema, path];
  if (!isRecord(schema)) return;
  for (const keyword of ["items", "additionalProperties"]) {
    const child = schema[keyword];
    if (child !== undefined && !(keyword === "additionalProperties" && typeof child === "boolean"))
      yield* nodesOf(child, `${path}/${keyword}`);
  }
  for (const keyword of ["anyOf", "prefixItems"])
    for (const [index, child] of listOf(schema[keyword]).entries()) yield* nodesOf(child, `${path}/${keyword}/${index}`);
  for (const keyword of ["properties", "$defs"])
    for (const [name, child] of entriesOf(schema[keyword])) yield* nodesOf(child, `${path}/${keyword}/${name}`);
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] => (isRecord(value) ? Object.entries(value) : []);

function nodeProblems(form: DeclarationForm, node: unknown, root: Node): string[] {
  if (!isRecord(node)) return ["is no schema object"];
  const problems = Object.keys(node)
    .filter((keyword) => !KEYWORDS[form].has(keyword))
    .map((keyword) => `unknown keyword ${keyword}`);
  if (node["type"] !== undefined && typeof node["type"] !== "string") problems.push("type is a list");
  if (Array.isArray(node["items"])) problems.push("items is a list");
  const required = listOf(node["required"]);
  const names = entriesOf(node["properties"]).map(([name]) => name);
  if (node["required"] !== undefined && required.length === 0) problems.push("required is empty");
  if (new Set(required).size < required.length || required.some((name) => !names.includes(String(name))))
    problems.push("required names what is not there, or twice");
  problems.push(...names.filter((name) => !PROPERTY_NAMES[form].test(name)).map((name) => `property name ${JSON.stringify(name)}`));
  if (typeof node["description"] === "string" && node["description"].length > 4096) problems.push("description too long");
  if (node["enum"] !== undefined && (listOf(node["enum"]).length === 0 || listOf(node["enum"]).length > 500))
    problems.push("enum empty or too long");
  if (node["$ref"] !== undefined) problems.push(...referenceProblems(node, root));
  return [
    ...problems,
    ...(form === "gemini-openapi" ? openApiProblems(node) : []),
    ...(form === "gemini-json" ? geminiJsonProblems(node) : []),
  ];
}

function referenceProblems(node: Node, root: Node): string[] {
  const beside = Object.keys(node).filter((keyword) => keyword !== "$ref" && keyword !== "description");
  const name = /^#\/\$defs\/([A-Za-z0-9_]+)$/.exec(String(node["$ref"]))?.[1];
  const definitions = root["$defs"];
  const found = name !== undefined && isRecord(definitions) && Object.hasOwn(definitions, name);
  return [...(beside.length > 0 ? [`beside $ref: ${beside.join()}`] : []), ...(found ? [] : ["$ref leads nowhere"])];
}

function geminiJsonProblems(node: Node): string[] {
  const values = listOf(node["enum"]);
  return values.every((value) => (typeof value === "string" && value !== "") || typeof value === "number")
    ? []
    : ["enum of other than texts and numbers"];
}

function openApiProblems(node: Node): string[] {
  const problems: string[] = [];
  const { type } = node;
  if (type === undefined && node["anyOf"] === undefined) problems.push("no type");
  if (type === "null") problems.push("type null");
  if (type === "array" && !isRecord(node["items"])) problems.push("array without items");
  if (type !== "array" && node["items"] !== undefined) problems.push("items on another type");
  if (node["enum"] !== undefined && (type !== "string" || listOf(node["enum"]).some((value) => typeof value !== "string" || value === "")))
    problems.push("enum of other than texts");
  const formats = { string: ["date-time"], integer: ["int32", "int64"], number: ["float", "double"] }[String(type)] ?? [];
  if (node["format"] !== undefined && !formats.includes(String(node["format"]))) problems.push(`format ${String(node["format"])}`);
  const beside = Object.keys(node).filter((keyword) => !["anyOf", "description", "nullable"].includes(keyword));
  if (node["anyOf"] !== undefined && beside.length > 0) problems.push(`beside anyOf: ${beside.join()}`);
  return problems;
}

/** Definitions that lead back to themselves without an optional property in between. */
function mandatoryCycles(root: Node): string[] {
  const definitions = new Map(entriesOf(root["$defs"]));
  const targets = (node: unknown): readonly string[] => {
    if (!isRecord(node)) return [];
    if (node["$ref"] !== undefined) return [String(node["$ref"]).split("/").pop() ?? ""];
    const required = new Set(listOf(node["required"]));
    const inside = [node["items"], node["additionalProperties"], ...listOf(node["anyOf"]), ...listOf(node["prefixItems"])];
    return [...inside, ...entriesOf(node["properties"]).flatMap(([name, child]) => (required.has(name) ? [child] : []))].flatMap(targets);
  };
  return [...definitions.keys()]
    .filter((name) => {
      const seen = new Set<string>();
      const waiting = [...targets(definitions.get(name))];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (next === name) return true;
        if (!seen.has(next)) waiting.push(...targets(definitions.get(next)));
        seen.add(next);
      }
      return false;
    })
    .map((name) => `#/$defs/${name}: endless`);
}

/** Whether a declaration accepts a value; knows only the keywords declarations have. */
export function accepts(schema: unknown, value: unknown, root: unknown = schema): boolean {
  if (!isRecord(schema)) return schema !== false;
  if (schema["$ref"] !== undefined) {
    const definitions = isRecord(root) ? root["$defs"] : undefined;
    return isRecord(definitions) && accepts(own(definitions, String(schema["$ref"]).slice("#/$defs/".length)), value, root);
  }
  if (value === null && schema["nullable"] === true) return true;
  if (Array.isArray(schema["anyOf"]) && !schema["anyOf"].some((branch) => accepts(branch, value, root))) return false;
  if (typeof schema["type"] === "string" && !isOfType(schema["type"], value)) return false;
  if (Array.isArray(schema["enum"]) && !schema["enum"].includes(value)) return false;
  if (typeof value === "number") return between(value, schema["minimum"], schema["maximum"]);
  if (typeof value === "string")
    return (
      between(Array.from(value).length, schema["minLength"], schema["maxLength"]) &&
      (schema["pattern"] === undefined || new RegExp(String(schema["pattern"]), "u").test(value))
    );
  if (Array.isArray(value)) return acceptsArray(schema, value, root);
  return isRecord(value) ? acceptsObject(schema, value, root) : true;
}

function isOfType(type: string, value: unknown): boolean {
  if (type === "object") return isRecord(value);
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  return typeof value === type;
}

function between(value: number, minimum: unknown, maximum: unknown): boolean {
  return (typeof minimum !== "number" || value >= minimum) && (typeof maximum !== "number" || value <= maximum);
}

function acceptsArray(schema: Node, value: readonly unknown[], root: unknown): boolean {
  const prefix = listOf(schema["prefixItems"]);
  const rest = schema["items"];
  return (
    between(value.length, schema["minItems"], schema["maxItems"]) &&
    value.every((item, index) => accepts(index < prefix.length ? prefix[index] : rest, item, root))
  );
}

function acceptsObject(schema: Node, value: Node, root: unknown): boolean {
  const properties = isRecord(schema["properties"]) ? schema["properties"] : {};
  if (listOf(schema["required"]).some((name) => !Object.hasOwn(value, String(name)))) return false;
  if (!between(Object.keys(value).length, schema["minProperties"], schema["maxProperties"])) return false;
  return Object.entries(value).every(([name, item]) =>
    accepts(Object.hasOwn(properties, name) ? properties[name] : schema["additionalProperties"], item, root),
  );
}

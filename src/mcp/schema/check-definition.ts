// Looks at a tool as its server lists it and says whether it may be offered at all; a bad tool is set aside alone, with reasons.
import { hiddenKinds } from "../../security/index.ts";
import { isRecord, own } from "./shape.ts";

export type ListedTool = { readonly name: string; readonly description?: string | undefined; readonly inputSchema?: unknown };
/** `quarantine`: not to be offered; `warnings`: worth showing, the tool works. */
export type DefinitionVerdict = { readonly quarantine: readonly string[]; readonly warnings: readonly string[] };

const MAX_SCHEMA_BYTES = 256 * 1024;
const MAX_DEPTH = 48;
const MAX_NAME = 512;
const MAX_DESCRIPTION = 64 * 1024;
const SCHEMA_KEYWORDS_OF_MAPS = ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/** Pure, never throws. */
export function checkToolDefinition(tool: ListedTool): DefinitionVerdict {
  const quarantine = [...checkName(tool.name), ...checkText("description", tool.description), ...checkSchema(tool.inputSchema)];
  const title = isRecord(tool.inputSchema) && tool.inputSchema["type"] !== undefined && tool.inputSchema["type"] !== "object";
  return { quarantine, warnings: title ? ["the schema's root is no object; any object is offered"] : [] };
}

function checkName(name: unknown): readonly string[] {
  if (typeof name !== "string" || name === "") return ["the tool has no name"];
  if (name.length > MAX_NAME) return [`the name is longer than ${MAX_NAME} characters`];
  return hiddenKinds(name).map((kind) => `the name holds hidden characters (${kind})`);
}

function checkText(what: string, text: unknown): readonly string[] {
  if (text === undefined) return [];
  if (typeof text !== "string") return [`the ${what} is no text`];
  if (text.length > MAX_DESCRIPTION) return [`the ${what} is longer than ${MAX_DESCRIPTION} characters`];
  return hiddenKinds(text.replaceAll("\r", "")).map((kind) => `the ${what} holds hidden characters (${kind})`);
}

function checkSchema(schema: unknown): readonly string[] {
  if (schema === undefined || typeof schema === "boolean") return [];
  if (!isRecord(schema)) return ["the input schema is no JSON Schema (it must be an object)"];
  const depth = depthOf(schema, MAX_DEPTH + 1);
  if (depth > MAX_DEPTH) return [`the input schema is nested deeper than ${MAX_DEPTH} levels`];
  const json = JSON.stringify(schema);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_SCHEMA_BYTES) return [`the input schema has ${bytes} bytes, more than ${MAX_SCHEMA_BYTES}`];
  return [...new Set([...checkKeywords(schema), ...checkWords(schema)])];
}

/** Only what makes the whole schema meaningless; a slip further down is repaired when it is compiled. */
function checkKeywords(schema: Readonly<Record<string, unknown>>): readonly string[] {
  const problems = SCHEMA_KEYWORDS_OF_MAPS.filter((keyword) => own(schema, keyword) !== undefined && !isRecord(own(schema, keyword))).map(
    (keyword) => `the input schema is no JSON Schema (${keyword} must be an object)`,
  );
  const type = own(schema, "type");
  if (type !== undefined && typeof type !== "string" && !Array.isArray(type))
    problems.push("the input schema is no JSON Schema (type must be a text or a list)");
  return problems;
}

/** Every text of a schema may end up in front of a model. */
function checkWords(schema: unknown): readonly string[] {
  const problems: string[] = [];
  const waiting: unknown[] = [schema];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node === "string")
      problems.push(
        ...hiddenKinds(node.replaceAll("\r", "")).map((kind) => `a text of the input schema holds hidden characters (${kind})`),
      );
    else if (Array.isArray(node)) for (const item of node) waiting.push(item);
    else if (isRecord(node)) for (const [name, value] of Object.entries(node)) waiting.push(name, value);
  }
  return problems;
}

function depthOf(root: unknown, limit: number): number {
  let level: unknown[] = [root];
  let depth = 0;
  while (level.length > 0 && depth < limit) {
    depth += 1;
    level = level
      .flatMap((node) => (typeof node === "object" && node !== null ? Object.values(node) : []))
      .filter((node) => typeof node === "object" && node !== null);
  }
  return depth;
}

// What a model that chooses freely may do in a turn, as one list: decisions, tools, or simply answering.
import type { GbnfJsonSchema } from "node-llama-cpp";
import type { Json, ToolCallPart } from "../../core/index.ts";
import type { JsonSchema, OfferedTool } from "../../mcp/contract.ts";
import type { TurnRequest } from "../contract.ts";
import { toGrammarSchema } from "./grammar-schema.ts";
import { parseObject } from "./json-text.ts";

export type Option = {
  readonly kind: "decision" | "tool" | "text";
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
};
export type Chosen = { readonly option: Option; readonly input: Json };

/** Never confused with a tool: exposed names of tools begin with `mcp__`. */
const ANSWER: Option = {
  kind: "text",
  name: "answer",
  description: "Give the final answer.",
  schema: { type: "object", properties: { content: { type: "string" } }, required: ["content"] },
};
const MAX_STRING = 4_000;

/** Decisions first; without any, the option to answer in plain text. */
export function optionsOf({ workflow }: Pick<TurnRequest, "workflow">, tools: readonly OfferedTool[]): readonly Option[] {
  const decisions = workflow.map(({ name, description, inputSchema }): Option => ({
    kind: "decision",
    name,
    description,
    schema: inputSchema,
  }));
  const calls = tools.map(({ name, description, inputSchema }): Option => ({ kind: "tool", name, description, schema: inputSchema }));
  return [...(decisions.length === 0 ? [ANSWER] : decisions), ...calls];
}

/** One object whose `tool` and `arguments` belong together. */
export function grammarOf(options: readonly Option[]): GbnfJsonSchema {
  return {
    oneOf: options.map(({ name, schema }) => ({
      type: "object" as const,
      properties: { tool: { const: name }, arguments: toGrammarSchema(schema, { optional: "choice", maxString: MAX_STRING }) },
    })),
  };
}

/** Null where the text is no whole choice. */
export function readChoice(text: string, options: readonly Option[]): Chosen | null {
  const value = parseObject(text);
  const option = options.find(({ name }) => name === value?.["tool"]);
  return value === null || option === undefined ? null : { option, input: value["arguments"] ?? {} };
}

/** What the text begins to call, as soon as that is certain. */
export function begunChoice(text: string): string | null {
  return /^\s*\{\s*"tool"\s*:\s*"([^"\\]+)"/.exec(text)?.[1] ?? null;
}

/** A call as the model itself would have written it. */
export function asJsonCall({ name, input, malformed }: Pick<ToolCallPart, "name" | "input" | "malformed">): string {
  return malformed ?? JSON.stringify({ tool: name, arguments: input ?? {} });
}

// What a server says about one tool, reduced to the fields we use, in types we can trust.
import { isRecord, type Effect } from "../core/index.ts";
import type { CheckedTool, JsonSchema } from "./contract.ts";

/** What stands behind a tool: one of the server's, or its resources and prompts offered as tools. */
export type ToolKind = "tool" | "list-resources" | "read-resource" | "list-prompts" | "get-prompt";

export type ToolDefinition = CheckedTool & { readonly kind: ToolKind };

/** Null for an entry that is no tool: without a name it cannot be called. */
export function readToolDefinition(value: unknown): ToolDefinition | null {
  if (!isRecord(value) || typeof value["name"] !== "string" || value["name"] === "") return null;
  const annotations = isRecord(value["annotations"]) ? value["annotations"] : {};
  const title = typeof value["title"] === "string" ? value["title"] : annotations["title"];
  return {
    kind: "tool",
    name: value["name"],
    title: typeof title === "string" ? title : null,
    description: typeof value["description"] === "string" ? value["description"] : "",
    inputSchema: readSchema(value["inputSchema"]) ?? { type: "object", properties: {} },
    outputSchema: readSchema(value["outputSchema"]),
    readOnly: annotations["readOnlyHint"] === true,
    idempotent: annotations["idempotentHint"] === true,
    destructive: typeof annotations["destructiveHint"] === "boolean" ? annotations["destructiveHint"] : null,
  };
}

const readSchema = (value: unknown): JsonSchema | null => (typeof value === "boolean" || isRecord(value) ? value : null);

/** Unannotated means unknown, not destructive: most servers say nothing. */
export function effectOf(tool: ToolDefinition): Effect {
  if (tool.readOnly) return "read-only";
  return tool.destructive === true ? "destructive" : "unknown";
}

/** The definition as the protocol library wants it back (arguments that travel in HTTP headers). */
export const toWire = (tool: ToolDefinition): unknown => ({ name: tool.name, inputSchema: tool.inputSchema });

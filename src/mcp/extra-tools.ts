// A server's resources and prompts as tools: agents know no other way to reach them.
import { isRecord } from "../core/index.ts";
import type { RequestOptions } from "@modelcontextprotocol/client";
import type { McpServerConfig } from "../config/types.ts";
import type { Connection } from "./connection.ts";
import { booleanSetting } from "./extra-keys.ts";
import { listPages, type Listing } from "./list-pages.ts";
import type { ToolDefinition, ToolKind } from "./tool-definition.ts";

export type ExtraTools = { readonly resources: boolean; readonly prompts: boolean };

/** `tools: { resources: false, prompts: false }` of an entry switches them off. */
export function extraToolSettings(server: McpServerConfig): ExtraTools {
  return {
    resources: booleanSetting(server, "tools", { key: "resources", fallback: true }),
    prompts: booleanSetting(server, "tools", { key: "prompts", fallback: true }),
  };
}

const LIMITS = { maxPages: 20, maxItems: 500 };

/** Two tools for resources and two for prompts, each pair only where the server has some. */
export async function extraTools(connection: Connection, wanted: ExtraTools, options: RequestOptions): Promise<readonly ToolDefinition[]> {
  const [resources, prompts] = await Promise.all([
    wanted.resources && connection.offers("resources") ? hasResources(connection, options) : false,
    wanted.prompts && connection.offers("prompts") ? hasAny(connection, "prompts", options) : false,
  ]);
  return [...(resources ? RESOURCE_TOOLS : []), ...(prompts ? PROMPT_TOOLS : [])];
}

async function hasResources(connection: Connection, options: RequestOptions): Promise<boolean> {
  if (await hasAny(connection, "resources", options)) return true;
  const page = await optional(connection.request("resources/templates/list", {}, options), options);
  return isRecord(page) && Array.isArray(page["resourceTemplates"]) && page["resourceTemplates"].length > 0;
}

async function hasAny(connection: Connection, kind: "resources" | "prompts", options: RequestOptions): Promise<boolean> {
  const listing = await optional(listPages(connection, kind, { ...options, limits: { maxPages: 1, maxItems: 1 } }), options);
  return listing !== null && listing.items.length > 0;
}

/** A server that announces resources and cannot list them simply offers none; a lost connection is found out elsewhere. */
async function optional<Value>(promise: Promise<Value>, { signal }: RequestOptions): Promise<Value | null> {
  try {
    return await promise;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    return null;
  }
}

const object = (properties: Readonly<Record<string, unknown>>, required: readonly string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

function extra(
  kind: ToolKind,
  name: string,
  { description, inputSchema }: Pick<ToolDefinition, "description" | "inputSchema">,
): ToolDefinition {
  return { kind, name, title: null, description, inputSchema, outputSchema: null, readOnly: true, idempotent: true, destructive: false };
}

const RESOURCE_TOOLS: readonly ToolDefinition[] = [
  extra("list-resources", "list_resources", {
    description: "Lists the resources (documents, records) this server holds, with their addresses.",
    inputSchema: object({}, []),
  }),
  extra("read-resource", "read_resource", {
    description: "Reads one resource of this server by its address.",
    inputSchema: object(
      { uri: { type: "string", description: "An address from list_resources, or one made from a template listed there." } },
      ["uri"],
    ),
  }),
];

const PROMPT_TOOLS: readonly ToolDefinition[] = [
  extra("list-prompts", "list_prompts", {
    description: "Lists the prepared prompts of this server with their arguments.",
    inputSchema: object({}, []),
  }),
  extra("get-prompt", "get_prompt", {
    description: "Fills in one prepared prompt of this server and returns its text.",
    inputSchema: object({ name: { type: "string" }, arguments: { type: "object", additionalProperties: { type: "string" } } }, ["name"]),
  }),
];

type Input = Readonly<Record<string, unknown>>;

/** Carries out such a tool; the result has the shape of a tool's result. */
export async function callExtraTool(
  connection: Connection,
  { kind, input }: { readonly kind: Exclude<ToolKind, "tool">; readonly input: Input },
  options: RequestOptions,
): Promise<unknown> {
  switch (kind) {
    case "list-resources":
      return text(await describeResources(connection, options));
    case "read-resource":
      return resourceContents(await connection.request("resources/read", { uri: input["uri"] }, options));
    case "list-prompts":
      return text(await describePrompts(connection, options));
    case "get-prompt":
      return promptMessages(await connection.request("prompts/get", { name: input["name"], arguments: input["arguments"] ?? {} }, options));
  }
}

const text = (value: string) => ({ content: [{ type: "text", text: value === "" ? "(none)" : value }] });
const word = (value: unknown): string => (typeof value === "string" ? value : "");

async function describeResources(connection: Connection, options: RequestOptions): Promise<string> {
  const listing = await listPages(connection, "resources", { ...options, limits: LIMITS });
  const templates = await optional(connection.request("resources/templates/list", {}, options), options);
  const patterns: readonly unknown[] =
    isRecord(templates) && Array.isArray(templates["resourceTemplates"]) ? templates["resourceTemplates"] : [];
  const line = (item: unknown, address: "uri" | "uriTemplate"): string =>
    isRecord(item)
      ? [word(item[address]), word(item["title"] ?? item["name"]), word(item["mimeType"]), word(item["description"])]
          .filter((part) => part !== "")
          .join(" | ")
      : "";
  return [
    ...listing.items.map((item) => line(item, "uri")),
    ...patterns.map((item) => `template ${line(item, "uriTemplate")}`),
    ...moreOf(listing),
  ].join("\n");
}

async function describePrompts(connection: Connection, options: RequestOptions): Promise<string> {
  const listing = await listPages(connection, "prompts", { ...options, limits: LIMITS });
  return [...listing.items.map(describePrompt), ...moreOf(listing)].join("\n");
}

const moreOf = ({ partial }: Listing): readonly string[] => (partial === null ? [] : [`(There are more: ${partial}.)`]);

function describePrompt(item: unknown): string {
  if (!isRecord(item)) return "";
  const parameters = Array.isArray(item["arguments"])
    ? item["arguments"].filter(isRecord).map((argument) => `${word(argument["name"])}${argument["required"] === true ? "" : "?"}`)
    : [];
  return `${word(item["name"])}(${parameters.join(", ")}) ${word(item["description"])}`.trim();
}

function resourceContents(result: unknown): unknown {
  const contents = isRecord(result) && Array.isArray(result["contents"]) ? result["contents"] : [];
  return { content: contents.map((resource: unknown) => ({ type: "resource", resource })) };
}

function promptMessages(result: unknown): unknown {
  const messages = isRecord(result) && Array.isArray(result["messages"]) ? result["messages"].filter(isRecord) : [];
  return { content: messages.flatMap((message) => [{ type: "text", text: `${word(message["role"])}:` }, message["content"]]) };
}

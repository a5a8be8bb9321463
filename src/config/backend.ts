// The `backend:` section of an agent: finds its type, reads the keys that type has, and judges the others.
import type { Json } from "../core/index.ts";
import { BACKEND_TABLE, presetOfHost, type BackendRow } from "./backend-table.ts";
import { rowOf } from "./backend-type.ts";
import { connectionOf } from "./connection.ts";
import { readServers } from "./mcp-servers.ts";
import { IDLE_OPTIONS, OPTION_ALIASES, OPTION_FIELDS } from "./options.ts";
import { optional, record, withDefault, type Field } from "./record.ts";
import { isSensitive, keepSecret, report, wrongType, type Place, type Reading } from "./reading.ts";
import { anything, choice, freeMapping, number, oneOrMore, text } from "./shapes.ts";
import { judgeOption, judgeUnusedKeys } from "./strange-option.ts";
import { childOf, type Tree } from "./tree.ts";
import type { BackendConfig } from "./types.ts";
import { textWithVariables } from "./variables.ts";
import { rowAtVertex } from "./vertex.ts";

const toolNames = oneOrMore(text(), "a list of tool names");

/** Keys every backend has. */
export const COMMON_FIELDS = {
  type: optional(text(), "Which provider answers; found by the model's name where it is left out."),
  model: optional(text({ pattern: /\S/, expected: "the name of a model" }), "The model, as the provider calls it."),
  api_key: optional(
    textWithVariables({ secret: true }),
    "The key; ${NAME} takes it from the environment. Better left out: the provider's variable is looked up.",
  ),
  base_url: optional(textWithVariables({ expected: "a URL" }), "Root of the API, or a full endpoint of it; ${NAME} is replaced."),
  extra_body: optional(freeMapping, "Sent as it is in the request body."),
  mcp_servers: optional(anything, "MCP servers whose tools this agent may call: a list, or a map of name to server."),
  allowed_tools: optional(
    toolNames,
    "The only tools the agent may call, by the servers' own names or as mcp__server__tool; on claude_code its native tools.",
  ),
  cwd: optional(text(), "Working folder of the agent: of Claude Code's own tools, and of a filesystem server that is given it."),
  exclude_tools: withDefault(toolNames, [], "Tools the agent may not call; wins over `allowed_tools`."),
  max_tools: optional(
    number({ min: 2, max: 10_000, integer: true }),
    "Most MCP tools declared to the model at a time; with more, it finds them through search_tools. `orchestrator.max_tools` where left out, else a limit of the backend.",
  ),
  gemini_schema: withDefault(choice(["json", "openapi"]), "json", "Form in which tool schemas are sent to Gemini."),
};

type Fields = typeof COMMON_FIELDS;

/** Reads the section; null after a problem that leaves no backend. */
export function readBackend(
  tree: Tree,
  place: Place,
  rest: { readonly reading: Reading; readonly callTimeoutMs: number },
): BackendConfig | null {
  const { reading } = rest;
  if (tree.kind !== "mapping") return wrongType(tree, "a mapping with `type` or `model`", { place, reading });
  const row = rowOf(tree, place, reading);
  const shape = shapeFor(row);
  const values = shape.read(tree, place, reading);
  if (values === null) return null;
  const options = optionsOf(values, row);
  const azureEndpoint = typeof options["azure_endpoint"] === "string" ? options["azure_endpoint"] : null;
  const mcpServers = readServers(tree, place, {
    reading,
    callTimeoutMs: rest.callTimeoutMs,
    lists: {
      type: row?.type ?? "",
      allowed: values.allowed_tools,
      excluded: values.exclude_tools,
      disallowed: namesIn(options["disallowed_tools"]),
    },
  });
  if (values.extra_body !== null) keepSensitive(values.extra_body, reading);
  if (row === null) return null;
  judgeUnusedKeys(tree, { place, reading, row });
  const connection = connectionOf(
    rowAtVertex(row, options, reading.env),
    { apiKey: values.api_key, baseUrl: values.base_url, azureEndpoint },
    { tree, place, reading },
  );
  return {
    type: row.type,
    model: modelOf(row, { model: values.model, baseUrl: connection.baseUrl, tree, place }, reading),
    ...connection,
    options,
    extraBody: values.extra_body ?? {},
    mcpServers,
    geminiSchema: values.gemini_schema,
    ...(values.max_tools === null ? {} : { maxTools: values.max_tools }),
  };
}

const shapes = new Map<string, ReturnType<typeof makeShape>>();

function shapeFor(row: BackendRow | null): ReturnType<typeof makeShape> {
  const key = row?.type ?? "";
  const shape = shapes.get(key) ?? makeShape(row);
  shapes.set(key, shape);
  return shape;
}

function makeShape(row: BackendRow | null) {
  const names = row === null ? Object.keys(OPTION_FIELDS) : row.options;
  const options = names.flatMap((name): [string, Field<unknown>][] =>
    OPTION_FIELDS[name] === undefined || name === "allowed_tools" ? [] : [[name, OPTION_FIELDS[name]]],
  );
  const aliases = Object.entries(OPTION_ALIASES).filter(([alias, meant]) => names.includes(meant) && !names.includes(alias));
  return record({ ...Object.fromEntries(options), ...COMMON_FIELDS } as Fields, {
    aliases: Object.fromEntries(aliases),
    idle: IDLE_OPTIONS,
    stranger: (entry, place, reading) => judgeOption(entry, { place, reading, row, common: Object.keys(COMMON_FIELDS) }),
  });
}

/** The options that were given, without the keys that have a place of their own. */
function optionsOf(values: Readonly<Record<string, unknown>>, row: BackendRow | null): Readonly<Record<string, Json>> {
  const names = [...new Set([...(row?.options ?? Object.keys(OPTION_FIELDS)), "cwd"])];
  return Object.fromEntries(
    names.flatMap((name) => (values[name] === null || values[name] === undefined ? [] : [[name, values[name] as Json] as const])),
  );
}

const namesIn = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((name): name is string => typeof name === "string") : [];

/** Remembers texts under keys that speak of secrets, however deep. */
function keepSensitive(value: Json, reading: Reading, sensitive = false): void {
  if (typeof value === "string" && sensitive) keepSecret(reading, value);
  if (Array.isArray(value)) for (const item of value) keepSensitive(item, reading, sensitive);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) keepSensitive(item as Json, reading, sensitive || isSensitive(key));
  }
}

type ModelAt = { readonly model: string | null; readonly baseUrl: string | null; readonly tree: Tree; readonly place: Place };

function modelOf(row: BackendRow, at: ModelAt, reading: Reading): string | null {
  if (at.model !== null) return at.model;
  const host = at.baseUrl === null ? null : presetOfHost(at.baseUrl);
  const found =
    row.defaultModel ??
    (row.type === "chatcompletion" && host !== null && at.tree.kind === "mapping" && childOf(at.tree, "base_url") !== null
      ? (BACKEND_TABLE[host]?.defaultModel ?? null)
      : null);
  const needed = ["azure_openai", "chatcompletion", "poe"].includes(row.type);
  if (found === null && needed && childOf(at.tree, "model") === null) {
    report(
      reading,
      { place: at.place, mark: at.tree.mark },
      {
        code: "missing-key",
        message: row.type === "azure_openai" ? "azure_openai needs `model`: the name of your deployment" : `${row.type} needs \`model\``,
      },
    );
  }
  return found;
}

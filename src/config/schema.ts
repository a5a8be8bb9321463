// The JSON Schema of a configuration, for editors and for people: made of the same tables that the loading uses.
import { AGENT_FIELDS } from "./agents.ts";
import { COMMON_FIELDS } from "./backend.ts";
import { BACKEND_TABLE } from "./backend-table.ts";
import { serverShape } from "./mcp-server-fields.ts";
import { IDLE_OPTIONS, OPTION_ALIASES, OPTION_FIELDS } from "./options.ts";
import { record, type Field } from "./record.ts";
import { ROOT_FIELDS } from "./read-config.ts";
import type { SchemaPart } from "./shapes.ts";

const ref = (name: string): SchemaPart => ({ $ref: `#/$defs/${name}` });

/** JSON Schema, draft 2020-12. Keys it does not list are a warning or an error of the program. */
export function configSchema(): SchemaPart {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "MassGen configuration",
    type: "object",
    properties: { ...rootProperties(), agent: { ...ref("agent"), description: "One agent." }, agents: agentsSchema() },
    additionalProperties: false,
    anyOf: [{ required: ["agents"] }, { required: ["agent"] }],
    $defs: { agent: agentSchema(), backend: backendSchema(), mcpServer: serverShape.schema },
  };
}

/** A section left empty in YAML is null. */
function rootProperties(): SchemaPart {
  const sections = record(ROOT_FIELDS, { aliases: { display: "ui" } }).schema["properties"] as Readonly<Record<string, SchemaPart>>;
  const nullable = Object.entries(sections).map(
    ([key, schema]) => [key, schema["type"] === "object" ? { ...schema, type: ["object", "null"] } : schema] as const,
  );
  return Object.fromEntries(nullable);
}

function agentsSchema(): SchemaPart {
  return {
    description: "The agents: a list, or a map of id to agent.",
    anyOf: [
      { type: "array", items: ref("agent"), minItems: 1 },
      { type: "object", additionalProperties: ref("agent"), minProperties: 1 },
    ],
  };
}

function agentSchema(): SchemaPart {
  const { properties, ...schema } = record(AGENT_FIELDS).schema;
  return {
    ...schema,
    properties: { ...(properties as SchemaPart), backend: { ...ref("backend"), description: "Who answers, and with which tools." } },
    required: ["backend"],
  };
}

function backendSchema(): SchemaPart {
  const options = Object.entries(OPTION_FIELDS).map(([name, field]) => [name, withBackends(name, field)] as const);
  const fields = { ...Object.fromEntries(options), ...COMMON_FIELDS };
  const { properties, ...schema } = record(fields, { aliases: OPTION_ALIASES, idle: IDLE_OPTIONS }).schema;
  const servers = {
    description: "MCP servers whose tools this agent may call: a list of servers with `name`, or a map of name to server.",
    anyOf: [{ type: "array", items: ref("mcpServer") }, { type: "object", additionalProperties: ref("mcpServer") }, { type: "null" }],
  };
  const type = { enum: Object.keys(BACKEND_TABLE), description: "Which provider answers; found by the model's name where it is left out." };
  return { ...schema, properties: { ...(properties as SchemaPart), type, mcp_servers: servers } };
}

/** Names the backends an option belongs to, where it is not an option of all. */
function withBackends(name: string, field: Field<unknown>): Field<unknown> {
  const rows = Object.values(BACKEND_TABLE);
  const having = rows.filter((row) => row.options.includes(name)).map((row) => row.type);
  const where =
    having.length === rows.length
      ? ""
      : having.length > 8
        ? ` Not with ${rows
            .filter((row) => !having.includes(row.type))
            .map((row) => row.type)
            .join(", ")}.`
        : ` With ${having.join(", ")}.`;
  return { ...field, schema: { ...field.schema, description: `${String(field.schema["description"] ?? "")}${where}` } };
}

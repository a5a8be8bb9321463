// `massgen mcp tools`: what the servers offer, as their servers define it.
import { plural } from "../../../displays/index.ts";
import { columns } from "../../columns.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withServers, type SafeOutput } from "../../mcp-command.ts";
import { LIST_OPTIONS } from "../mcp-options.ts";
import { loadMcp, type OpenedServer } from "../../../session/index.ts";
import { neutraliseLine } from "../../../security/index.ts";

export const mcpToolsCommand = defineCommand({
  usage: ["mcp tools [SERVER...] --config FILE [--json]"],
  details: "Tools that agents are not given are named with the reason. Exit code 4 when a server does not work.",
  options: LIST_OPTIONS,
  examples: ["massgen mcp tools --config team.yaml", "massgen mcp tools memory --config team.yaml --json"],
  run: async ({ options, positionals }, context) => {
    const { config, io, out } = await serversAtHand(options.config, context);
    const { openMcpSession } = await loadMcp();
    const session = await openMcpSession(config, { io, servers: positionals, fresh: true, policyFile: options.policy });
    return withServers(session, context, async () => {
      if (options.json) out.json(session.servers.map(asJson));
      else for (const [at, server] of session.servers.entries()) sayServer(server, out, at === 0);
      if (session.servers.length === 0 && !options.json) out.line("This configuration names no MCP server.");
      return session.servers.every((server) => server.failure() === null) ? 0 : 4;
    });
  },
});

function asJson(opened: OpenedServer) {
  const { quarantined = [] } = opened.report() ?? {};
  const failure = opened.failure();
  return {
    server: opened.entry.server.name,
    agents: opened.entry.agents,
    tools: opened.tools.list(),
    setAside: quarantined,
    ...(failure === null ? {} : { failure }),
  };
}

function sayServer(opened: OpenedServer, out: SafeOutput, first: boolean): void {
  const { server, agents } = opened.entry;
  const tools = opened.tools.list();
  if (!first) out.line();
  out.line(`${server.name}: ${plural(tools.length, "tool")}${agents.length > 1 ? ` for ${agents.join(", ")}` : ""}`);
  const failure = opened.failure();
  if (failure) out.line(`  failed  ${failure.message}\n          ${failure.next}`);
  const rows = tools.map(({ tool, effect, description, inputSchema }) => [
    `${tool}(${argumentsOf(inputSchema)})`,
    effect === "unknown" ? "" : effect,
    neutraliseLine(description, 90),
  ]);
  const wide = Math.max(0, ...rows.map(([call = ""]) => call.length)) > 48;
  if (wide) for (const [call, effect, about] of rows) out.line(`  ${call}${effect === "" ? "" : `  [${effect}]`}\n      ${about}`);
  else for (const line of columns(rows, { indent: "  " })) out.line(line);
  for (const { tool, reason } of opened.report()?.quarantined ?? []) out.line(`  set aside: ${tool}: ${reason}`);
}

/** `path, limit?`: the names of the arguments, optional ones marked. */
function argumentsOf(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("properties" in schema)) return "";
  const { properties, required } = schema as { properties: unknown; required?: unknown };
  if (typeof properties !== "object" || properties === null) return "";
  const needed = Array.isArray(required) ? required : [];
  return Object.keys(properties)
    .map((name) => (needed.includes(name) ? name : `${name}?`))
    .join(", ");
}

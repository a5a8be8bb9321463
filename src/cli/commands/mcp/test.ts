// `massgen mcp test`: starts the servers and says of each whether it works.
import { plural } from "../../../displays/index.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withServers } from "../../mcp-command.ts";
import { LIST_OPTIONS } from "../mcp-options.ts";
import { loadMcp, type OpenedServer } from "../../../session/index.ts";

export const mcpTestCommand = defineCommand({
  usage: ["mcp test [SERVER...] --config FILE [--json]"],
  details: "Starts the servers side by side, asks for their tools and ends them. Exit code 0 when all work, 4 when one does not.",
  options: LIST_OPTIONS,
  examples: ["massgen mcp test --config team.yaml"],
  run: async ({ options, positionals }, context) => {
    const { config, io, out } = await serversAtHand(options.config, context);
    const { openMcpSession } = await loadMcp();
    const session = await openMcpSession(config, { io, servers: positionals, fresh: true, policyFile: options.policy });
    return withServers(session, context, async () => {
      const rows = session.servers.map(rowOf);
      if (options.json) out.json(rows);
      else for (const row of rows) sayRow(row, (line) => out.line(line));
      if (rows.length === 0 && !options.json) out.line("This configuration names no MCP server.");
      return rows.every(({ works }) => works) ? 0 : 4;
    });
  },
});

type Row = { server: string; works: boolean; tools: number; startMs: number | null; message: string | null; next: string | null };

function rowOf(opened: OpenedServer): Row {
  const failure = opened.failure();
  return {
    server: opened.entry.server.name,
    works: failure === null,
    tools: opened.tools.list().length,
    startMs: opened.startMs(),
    message: failure?.message ?? null,
    next: failure?.next ?? null,
  };
}

function sayRow({ server, works, tools, startMs, message, next }: Row, say: (line: string) => void): void {
  if (works) return say(`ok      ${server}: ${plural(tools, "tool")}, ready in ${Math.round(startMs ?? 0)} ms`);
  say(`failed  ${server}: ${message ?? ""}`);
  if (next) say(`        ${next}`);
}

// `massgen mcp list`: the servers of a configuration, who has them, how they are shared and why. Starts nothing.
import { usageError } from "../../arguments.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand } from "../../mcp-command.ts";
import { LIST_OPTIONS } from "../mcp-options.ts";
import { listRows, type ListRow } from "../../mcp-list-rows.ts";

export const mcpListCommand = defineCommand({
  usage: ["mcp list --config FILE [--json]"],
  details: "Starts nothing: it tells what would be started, for whom, and how many times.",
  options: LIST_OPTIONS,
  examples: ["massgen mcp list --config team.yaml"],
  run: async ({ options, positionals }, context) => {
    if (positionals.length > 0) throw usageError("mcp list takes no arguments besides --config FILE");
    const { config, io, out } = await serversAtHand(options.config, context);
    const rows = await listRows(config, io, options.policy);
    if (options.json) out.json(rows);
    else if (rows.length === 0) out.line("This configuration names no MCP server.");
    else for (const line of rows.flatMap(rowLines)) out.line(line);
    return 0;
  },
});

function rowLines({ server, transport, starts, description, agents, limits, security, missing, ...row }: ListRow): readonly string[] {
  const how = transport === "stdio" ? "runs" : "at";
  return [
    `${server} (${transport})`,
    ...(description === null ? [] : [`  is      ${description}`]),
    `  ${how.padEnd(8)}${starts}`,
    `  for     ${agents.join(", ")}`,
    `  tools   at most ${limitWords(limits)} declared at a time; with more, they are found through search_tools`,
    `  sharing ${sharingWords({ transport, ...row })}, because ${row.sharing.reason}`,
    ...security.findings.map(({ verdict, says }) => `  ${verdict === "deny" ? "REFUSED" : "note   "} ${says}`),
    ...(missing.length === 0
      ? []
      : [`  missing ${missing.map((name) => `\${${name}}`).join(", ")}: the server cannot be started without it`]),
  ];
}

function sharingWords({
  transport,
  processes,
  sharing,
  surplus,
  together,
}: Pick<ListRow, "transport" | "processes" | "sharing" | "surplus" | "together">): string {
  const times =
    transport === "stdio" ? `${processes} process${processes === 1 ? "" : "es"}` : `${processes} connection${processes === 1 ? "" : "s"}`;
  if (sharing.shared)
    return `${times}: shared by all agents with this entry${together.length === 0 ? "" : ` and with ${together.join(", ")}, whose entry means the same server`}`;
  const rest = sharing.kind === "workspace" ? "the first agent's is used there" : "its tools are missing there";
  return `${times}: one for each agent${surplus.length === 0 ? "" : `, none (\`max_processes\`) for ${surplus.join(", ")}: ${rest}`}`;
}

function limitWords(limits: ListRow["limits"]): string {
  const distinct = Map.groupBy(limits, ({ max, from }) => `${max} (${from})`);
  return [...distinct]
    .map(([words, agents]) => (distinct.size === 1 ? words : `${words} for ${agents.map(({ agent }) => agent).join(", ")}`))
    .join(", ");
}

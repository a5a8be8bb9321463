// Where `writes: winner` cannot hold: servers that keep the state of one agent, in which it must see again what it has written.
import type { MassgenConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { decideWrites } from "../mcp/index.ts";

/**
 * One line for each server that is not left to the winner although the run's `writes` says so; its calls are made at once.
 * Throws UsageError where the entry itself says `writes: winner`: whoever wrote that must not be surprised.
 */
export function notLeftToWinner({ agents, orchestrator }: MassgenConfig): readonly string[] {
  const unfit = new Map<string, { readonly reason: string; readonly own: boolean }>();
  for (const server of agents.flatMap(({ backend }) => backend.mcpServers)) {
    const { unfit: reason } = decideWrites(server, orchestrator.writes);
    if (reason !== null) unfit.set(server.name, { reason, own: server.writes === "winner" || unfit.get(server.name)?.own === true });
  }
  const own = [...unfit].filter(([, { own: isOwn }]) => isOwn);
  if (own.length > 0)
    throw new UsageError(
      "E_MCP_CONFIG",
      own.map(([name, { reason }]) => `\`writes: winner\` cannot hold for the MCP server ${name}: ${reason}.`).join(" "),
      {
        next: "Leave it out, or say `writes: ask`; keep agents from tools with `exclude_tools` or `permissions`.",
      },
    );
  return [...unfit].map(([name, { reason }]) => `Calls to the MCP server ${name} are made at once, not left to the winner: ${reason}.`);
}

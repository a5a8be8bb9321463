// The MCP servers a configuration names, each distinct entry once, whatever the number of agents that have it.
import type { MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";

export type McpEntry = {
  readonly server: McpServerConfig;
  /** The agents that have this very entry, in the order of the configuration. */
  readonly agents: readonly string[];
  /** Variables, files or stored secrets it refers to and that are not there; it cannot be started without them. */
  readonly missing: readonly string[];
};

const REFERENCE = /\$\{((?:(?:file|keyring):[^}]+)|[A-Za-z_][A-Za-z0-9_]*)\}/g;

export function mcpEntries(config: MassgenConfig): readonly McpEntry[] {
  const entries = new Map<string, McpEntry>();
  for (const { id, backend } of config.agents) {
    for (const server of backend.mcpServers) {
      const key = JSON.stringify(server);
      const known = entries.get(key);
      entries.set(key, known ? { ...known, agents: [...known.agents, id] } : { server, agents: [id], missing: missingOf(server) });
    }
  }
  return [...entries.values()];
}

function missingOf({ transport }: McpServerConfig): readonly string[] {
  return [...new Set(Array.from(JSON.stringify(transport).matchAll(REFERENCE), (match) => match[1] ?? ""))];
}

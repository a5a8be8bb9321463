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

const SECRET = /\$\{((?:file|keyring):[^{}]+)\}/g;

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

/** What is still as it was written has no value. */
function missingOf({ transport, references = [] }: McpServerConfig): readonly string[] {
  const text = JSON.stringify(transport);
  const variables = references.map(({ variable }) => variable).filter((name) => text.includes(`\${${name}}`));
  return [...new Set([...variables, ...Array.from(text.matchAll(SECRET), (match) => match[1] ?? "")])];
}

// What will answer, in a line per kind of agent: said before money is spent.
import { BACKEND_TABLE, type AgentConfig, type MassgenConfig } from "../config/index.ts";

export function bannerOf(config: MassgenConfig): readonly string[] {
  const groups = new Map<string, AgentConfig[]>();
  for (const agent of config.agents) {
    const key = `${agent.backend.type}\n${agent.backend.model ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), agent]);
  }
  return [...groups.values()].map(lineOf);
}

function lineOf(group: readonly AgentConfig[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { type, model, mcpServers } = first.backend;
  const title = BACKEND_TABLE[type]?.title ?? type;
  const servers = mcpServers.length === 0 ? "" : `, MCP: ${mcpServers.map(({ name }) => name).join(", ")}`;
  const count = group.length === 1 ? "1 agent" : `${group.length} agents`;
  return `${count}: ${title}${model === null ? "" : ` ${model}`} (${group.map(({ id }) => id).join(", ")})${servers}`;
}

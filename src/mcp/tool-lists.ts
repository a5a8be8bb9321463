// The lists of tools in a server entry: `allowed_tools` and `exclude_tools`, binding when tools are listed and again when one is called, and `read_only_tools`.
import type { McpServerConfig } from "../config/types.ts";
import type { ToolDefinition } from "./tool-definition.ts";

/** Null when the agent may use the tool; otherwise the key that forbids it. Prefixed names (`mcp__server__tool`) are understood too. */
export function forbiddenBy(server: McpServerConfig, tool: string): "allowed_tools" | "exclude_tools" | null {
  const names = [tool, `mcp__${server.name}__${tool}`];
  if (server.excludeTools.some((name) => names.includes(name) || name === `mcp__${server.name}`)) return "exclude_tools";
  if (server.allowedTools === null) return null;
  return server.allowedTools.some((name) => names.includes(name) || name === `mcp__${server.name}`) ? null : "allowed_tools";
}

/** The tool as the entry knows it: `read_only_tools` speaks where the server says nothing. What the server calls destructive stays so. */
export function byEntrysWord(server: McpServerConfig, tool: ToolDefinition): ToolDefinition {
  const named = (server.readOnlyTools ?? []).some((name) => name === tool.name || name === `mcp__${server.name}__${tool.name}`);
  return named && !tool.readOnly && tool.destructive !== true ? { ...tool, readOnly: true } : tool;
}

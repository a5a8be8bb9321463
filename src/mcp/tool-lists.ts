// `allowed_tools` and `exclude_tools` of a server entry, binding when tools are listed and again when one is called.
import type { McpServerConfig } from "../config/types.ts";

/** Null when the agent may use the tool; otherwise the key that forbids it. Prefixed names (`mcp__server__tool`) are understood too. */
export function forbiddenBy(server: McpServerConfig, tool: string): "allowed_tools" | "exclude_tools" | null {
  const names = [tool, `mcp__${server.name}__${tool}`];
  if (server.excludeTools.some((name) => names.includes(name) || name === `mcp__${server.name}`)) return "exclude_tools";
  if (server.allowedTools === null) return null;
  return server.allowedTools.some((name) => names.includes(name) || name === `mcp__${server.name}`) ? null : "allowed_tools";
}

// Under which key a server's tools are served to Claude Code, which builds a tool's name from it: `mcp__<key>__<tool>`.
import { WORKFLOW_SERVER } from "./workflow-server.ts";

/** Serves the search for tools. */
export const SEARCH_SERVER = "tools";

/** Of a server that has no tools yet, by its name. */
export const keyOfServer = (name: string): string => apart(name.replace(/[^A-Za-z0-9_-]/g, "_"));

/** Where the tool of this exposed name is served, and as what: the name is cut where Claude Code puts it together. */
export function placeOf(exposed: string): { readonly server: string; readonly tool: string } {
  if (!exposed.startsWith("mcp__")) return { server: SEARCH_SERVER, tool: exposed };
  const rest = exposed.slice("mcp__".length);
  const cut = rest.indexOf("__");
  return cut <= 0 ? { server: SEARCH_SERVER, tool: rest } : { server: apart(rest.slice(0, cut)), tool: rest.slice(cut + 2) };
}

/** A server of the user's may be called as the one that takes the decisions. */
const apart = (key: string): string => (key === WORKFLOW_SERVER ? `${key}_server` : key);

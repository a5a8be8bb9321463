// Finds where an entry, as it was written, refers to variables; by then their values must not have been put in.
import type { Reference } from "./types.ts";

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;
const PLACES = ["command", "args", "env", "cwd", "url", "headers"] as const;

/** For an entry of `mcp_servers` as parsed from the file; anything unexpected in it is passed over. */
export function referencesOf(entry: unknown): readonly Reference[] {
  if (typeof entry !== "object" || entry === null) return [];
  return PLACES.flatMap((place) => textsIn((entry as Record<string, unknown>)[place]).flatMap((text) => Array.from(text.matchAll(VARIABLE), (match) => ({ place, variable: match[1] ?? "" }))));
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

// The tools of one server as far as they are known: read whole, quarantined one by one, compared when they are read again.
import type { Connection, ServerIdentity } from "./connection.ts";
import { canonicalJson, sha256 } from "./canonical.ts";
import { listPages } from "./list-pages.ts";
import { readToolDefinition, type ToolDefinition } from "./tool-definition.ts";

export type Quarantined = { readonly tool: string; readonly reason: string };
export type Catalog = {
  readonly tools: readonly ToolDefinition[];
  readonly quarantined: readonly Quarantined[];
  readonly identity: ServerIdentity;
  /** Milliseconds since the epoch. */
  readonly readAt: number;
  /** How long the server promises the list to hold; null = no promise. */
  readonly ttlMs: number | null;
  /** Why tools may be missing; null = complete. */
  readonly partial: string | null;
};

/** A reason to keep a tool from every agent, or null. */
export type ToolCheck = (tool: ToolDefinition) => string | null;

export type CatalogRead = { readonly signal: AbortSignal; readonly timeoutMs: number; readonly now: number; readonly check: ToolCheck };

/** Reads every page of `tools/list`. A server without tools has an empty catalog. */
export async function readCatalog(connection: Connection, { signal, timeoutMs, now, check }: CatalogRead): Promise<Catalog> {
  const base = { identity: connection.identity, readAt: now };
  if (!connection.offers("tools")) return { ...base, tools: [], quarantined: [], ttlMs: null, partial: null };
  const listing = await listPages(connection, "tools", { signal, timeout: timeoutMs });
  return { ...base, ...sortTools(listing.items, check), ttlMs: listing.ttlMs, partial: listing.partial };
}

/** One bad tool costs itself, not its server. Of two tools of one name the first counts. */
export function sortTools(items: readonly unknown[], check: ToolCheck): { tools: readonly ToolDefinition[]; quarantined: readonly Quarantined[] } {
  const tools = new Map<string, ToolDefinition>();
  const quarantined: Quarantined[] = [];
  for (const item of items) {
    const tool = readToolDefinition(item);
    if (!tool) quarantined.push({ tool: "(unnamed)", reason: "the entry has no name" });
    else if (tools.has(tool.name)) quarantined.push({ tool: tool.name, reason: "the server lists this name twice" });
    else {
      const reason = check(tool);
      if (reason === null) tools.set(tool.name, tool);
      else quarantined.push({ tool: tool.name, reason });
    }
  }
  return { tools: [...tools.values()], quarantined };
}

export type CatalogChange = { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] };

/** Null when nothing an agent could notice has changed. */
export function compareCatalogs(before: readonly ToolDefinition[], after: readonly ToolDefinition[]): CatalogChange | null {
  const old = new Map(before.map((tool) => [tool.name, toolDigest(tool)]));
  const now = new Map(after.map((tool) => [tool.name, toolDigest(tool)]));
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changed = [...now].filter(([name, digest]) => old.has(name) && old.get(name) !== digest).map(([name]) => name);
  return added.length + removed.length + changed.length === 0 ? null : { added, removed, changed };
}

/** SHA-256 over everything of a tool that an agent sees or that decides how it is treated. */
export const toolDigest = (tool: ToolDefinition): string => sha256(canonicalJson(tool));

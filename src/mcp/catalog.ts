// The tools of one server as far as they are known: read whole, quarantined one by one, compared when they are read again.
import { canonicalJson } from "../core/index.ts";
import type { Connection, ServerIdentity } from "./connection.ts";
import { sha256 } from "./digests.ts";
import { extraTools, type ExtraTools } from "./extra-tools.ts";
import { listPages } from "./list-pages.ts";
import { readToolDefinition, type ToolDefinition } from "./tool-definition.ts";

export type Quarantined = { readonly tool: string; readonly reason: string };
export type Catalog = {
  readonly tools: readonly ToolDefinition[];
  /** The same and those that were checked and set aside. */
  readonly listed: readonly ToolDefinition[];
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

export type CatalogRead = {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly now: number;
  readonly check: ToolCheck;
  readonly extras: ExtraTools;
};

/** Reads every page of `tools/list`, and offers resources and prompts as tools where there are any. */
export async function readCatalog(connection: Connection, { signal, timeoutMs, now, check, extras }: CatalogRead): Promise<Catalog> {
  const options = { signal, timeout: timeoutMs };
  const [listing, more] = await Promise.all([
    connection.offers("tools") ? listPages(connection, "tools", options) : Promise.resolve({ items: [], partial: null, ttlMs: null }),
    extraTools(connection, extras, options),
  ]);
  const { definitions, quarantined } = sortEntries(listing.items);
  const names = new Set(definitions.map(({ name }) => name));
  const listed = [...definitions, ...more.filter(({ name }) => !names.has(name))];
  const checked = checkTools(listed, check);
  return {
    identity: connection.identity,
    readAt: now,
    tools: checked.tools,
    listed,
    quarantined: [...quarantined, ...checked.quarantined],
    ttlMs: listing.ttlMs,
    partial: listing.partial,
  };
}

/** Of two tools of one name the first counts; what is no tool is set aside. */
function sortEntries(items: readonly unknown[]): { definitions: readonly ToolDefinition[]; quarantined: readonly Quarantined[] } {
  const definitions = new Map<string, ToolDefinition>();
  const quarantined: Quarantined[] = [];
  for (const item of items) {
    const tool = readToolDefinition(item);
    if (!tool) quarantined.push({ tool: "(unnamed)", reason: "the entry has no name" });
    else if (definitions.has(tool.name)) quarantined.push({ tool: tool.name, reason: "the server lists this name twice" });
    else definitions.set(tool.name, tool);
  }
  return { definitions: [...definitions.values()], quarantined };
}

/** One bad tool costs itself, not its server. */
export function checkTools(
  definitions: readonly ToolDefinition[],
  check: ToolCheck,
): { tools: readonly ToolDefinition[]; quarantined: readonly Quarantined[] } {
  const judged = definitions.map((tool) => ({ tool, reason: check(tool) }));
  return {
    tools: judged.flatMap(({ tool, reason }) => (reason === null ? [tool] : [])),
    quarantined: judged.flatMap(({ tool, reason }) => (reason === null ? [] : [{ tool: tool.name, reason }])),
  };
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

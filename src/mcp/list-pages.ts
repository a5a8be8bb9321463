// Walks a paginated list to its end, or says why it did not get there.
import { isRecord } from "../core/index.ts";
import type { RequestOptions } from "@modelcontextprotocol/client";
import type { Connection, ListKind } from "./connection.ts";
import { MCPValidationError } from "./errors.ts";

export type PageLimits = { readonly maxPages: number; readonly maxItems: number };
export type Listing = {
  readonly items: readonly unknown[];
  readonly pages: number;
  /** Why the list may lack items; null when it is complete. A partial list is used, but never cached. */
  readonly partial: string | null;
  /** How long the server says the list stays true, in milliseconds; null where it says nothing. */
  readonly ttlMs: number | null;
};

export const PAGE_LIMITS: PageLimits = { maxPages: 200, maxItems: 5_000 };
const METHODS: Readonly<Record<ListKind, string>> = { tools: "tools/list", resources: "resources/list", prompts: "prompts/list" };

/** Rejects when a page cannot be had or is no list. */
export async function listPages(
  connection: Connection,
  kind: ListKind,
  options: RequestOptions & { readonly limits?: PageLimits },
): Promise<Listing> {
  const { limits = PAGE_LIMITS, ...request } = options;
  const items: unknown[] = [];
  const seen = new Set<string>();
  let [cursor, ttlMs]: [string | null, number | null] = [null, null];
  for (let pages = 1; ; pages += 1) {
    const page = await connection.request(METHODS[kind], cursor === null ? {} : { cursor }, request);
    if (!isRecord(page) || !Array.isArray(page[kind]))
      throw new MCPValidationError(`The answer to ${METHODS[kind]} holds no list of ${kind}.`, { field: kind });
    const room = limits.maxItems - items.length;
    for (const item of page[kind].slice(0, room)) items.push(item);
    ttlMs = typeof page["ttlMs"] === "number" ? page["ttlMs"] : ttlMs;
    const next: unknown = page["nextCursor"];
    if (page[kind].length > room) return { items, pages, partial: tooMany(limits), ttlMs };
    if (typeof next !== "string") return { items, pages, partial: null, ttlMs };
    const partial = whyStop({ next, seen, pages, count: items.length, limits });
    if (partial !== null) return { items, pages, partial, ttlMs };
    seen.add(next);
    cursor = next;
  }
}

type Progress = {
  readonly next: string;
  readonly seen: ReadonlySet<string>;
  readonly pages: number;
  readonly count: number;
  readonly limits: PageLimits;
};

function whyStop({ next, seen, pages, count, limits }: Progress): string | null {
  if (seen.has(next)) return `the server's pages go in a circle after page ${pages}`;
  if (pages >= limits.maxPages) return `the list has more than ${limits.maxPages} pages`;
  return count >= limits.maxItems ? tooMany(limits) : null;
}

const tooMany = ({ maxItems }: PageLimits): string => `the list has more than ${maxItems} entries`;

import { describe, expect, test } from "vitest";
import type { Connection } from "./connection.ts";
import { listPages } from "./list-pages.ts";

/** A server whose pages are these. */
function paging(pages: readonly { readonly tools: readonly unknown[]; readonly nextCursor?: string }[]): Connection {
  let at = 0;
  return { request: async () => pages[at++] } as unknown as Connection;
}
const tools = (count: number): readonly unknown[] => Array.from({ length: count }, (_, index) => ({ name: `t${index}` }));
const limits = { maxPages: 3, maxItems: 10 };

describe("REQ-MCP-2 a list that is cut says so", () => {
  test("a page with more entries than are taken makes the list partial, also where it is the last one", async () => {
    const listing = await listPages(paging([{ tools: tools(11) }]), "tools", { limits });
    expect(listing.items).toHaveLength(10);
    expect(listing.partial).toBe("the list has more than 10 entries");
    expect(await listPages(paging([{ tools: tools(6), nextCursor: "b" }, { tools: tools(5) }]), "tools", { limits })).toMatchObject({
      pages: 2,
      partial: "the list has more than 10 entries",
    });
  });

  test("a list that fits exactly is whole", async () => {
    expect(await listPages(paging([{ tools: tools(6), nextCursor: "b" }, { tools: tools(4) }]), "tools", { limits })).toMatchObject({
      pages: 2,
      partial: null,
    });
  });
});

// Large results: what is left of them, where the whole is, and that no shape of theirs gets around the limit.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Content } from "../core/index.ts";
import { capResult } from "./cap-result.ts";

const text = (value: string): Content => ({ type: "text", text: value });

describe("a result over the limit (REQ-MCP-39, REQ-SECRUN-6)", () => {
  test("keeps its beginning and end, says what is left out and where the whole is; what follows is left out with it", async () => {
    const kept: string[] = [];
    const keep = async (whole: string): Promise<string> => `/state/${kept.push(whole)}.txt`;
    const content = [text(`start${"m".repeat(5_000)}end`), text("second"), { type: "link", uri: "file:///a", title: "A" } as const];
    const given = await capResult(content, { limit: 1_000, keep });
    expect(given).toHaveLength(1);
    expect(given[0]).toMatchObject({
      text: expect.stringMatching(/^startm{745}\n\[… 4024 of 5024 bytes left out; the whole text is in \/state\/1\.txt …\]\nm{247}end$/),
    });
    expect(kept).toEqual([`start${"m".repeat(5_000)}end\nsecond\nA\nfile:///a`]);
  });

  test("is not cut, kept or copied where it fits", async () => {
    const content = [text("ü".repeat(10)), { type: "image", mediaType: "image/png", base64: "AAAA".repeat(1_000) } as const];
    expect(await capResult(content, { limit: 20, keep: () => Promise.reject(new Error("not asked")) })).toBe(content);
  });

  test("of very many parts does not grow by its notes", async () => {
    const given = await capResult(
      Array.from({ length: 100_000 }, () => text("a")),
      { limit: 100, keep: async () => null },
    );
    expect(given).toHaveLength(101);
    expect(given.at(-1)).toEqual(text("\n[… 99900 of 100000 bytes left out …]\n"));
  });

  test("is never larger than the limit and a note, and holds no half character", async () => {
    const content = fc.array(
      fc.oneof(
        fc.string({ unit: "grapheme" }).map(text),
        fc.webUrl().map((uri): Content => ({ type: "link", uri })),
        fc.string().map((value): Content => ({ type: "resource", uri: `x:${value}`, text: value })),
      ),
    );
    await fc.assert(
      fc.asyncProperty(content, fc.integer({ min: 0, max: 200 }), async (items, limit) => {
        const given = await capResult(items, { limit, keep: async () => null });
        const size = given.reduce(
          (sum, item) => sum + Buffer.byteLength(("text" in item ? item.text : "") + ("uri" in item ? item.uri : "")),
          0,
        );
        expect(size).toBeLessThanOrEqual(limit + 60);
        if (!JSON.stringify(items).includes("\ufffd")) expect(JSON.stringify(given)).not.toContain("\ufffd");
      }),
    );
  });
});

// Results of any shape become content of bounded size, without hidden characters, never an exception.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertToolResult, cutMiddle, RESULT_LIMITS } from "./convert-result.ts";

describe("a tool's result", () => {
  test("of any shape is converted without an exception, and is never empty", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        for (const result of [value, { content: value }, { content: [value] }, { content: [{ type: "resource", resource: value }] }, { structuredContent: value }]) {
          expect(convertToolResult(result, RESULT_LIMITS).content.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("longer than the limit keeps its beginning and end and says what is left out (REQ-MCP-39)", () => {
    const { content, bytes } = convertToolResult({ content: [{ type: "text", text: `start${"m".repeat(5_000)}end` }, { type: "text", text: "second" }] }, { maxTextChars: 1_000, maxMediaChars: 10 });
    const [first, second] = content.map((item) => (item.type === "text" ? item.text : ""));
    expect(first).toMatch(/^startm+\n\[… 4008 of 5008 characters left out …\]\nm+end$/);
    expect(second).toMatch(/left out/);
    expect(bytes).toBe(5_014);
  });

  test("has its media bounded and its text freed of hidden characters", () => {
    const { content } = convertToolResult({ content: [{ type: "image", data: "A".repeat(20), mimeType: "image/png" }, { type: "text", text: "a\u001B[31mb\u202Ec" }] }, { maxTextChars: 100, maxMediaChars: 10 });
    expect(content).toEqual([{ type: "text", text: "(An image of 15 bytes, image/png: too large to show.)" }, { type: "text", text: "abc" }]);
  });

  test("with structured content and text shows the text only; with structured content alone shows it as JSON", () => {
    expect(convertToolResult({ content: [{ type: "text", text: "t" }], structuredContent: { a: 1 } }, RESULT_LIMITS).content).toEqual([{ type: "text", text: "t" }]);
    expect(convertToolResult({ content: [], structuredContent: [1] }, RESULT_LIMITS).content).toEqual([{ type: "text", text: "[1]" }]);
  });
});

test("a cut never leaves half a character", () => {
  expect(cutMiddle("😀".repeat(100), 51)).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/);
});

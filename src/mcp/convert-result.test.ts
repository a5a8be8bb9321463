// Results of any shape become content of bounded size, without hidden characters, never an exception.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { convertToolResult, RESULT_LIMITS } from "./convert-result.ts";

describe("a tool's result", () => {
  test("of any shape is converted without an exception, and is never empty", () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), (value) => {
        for (const result of [
          value,
          { content: value },
          { content: [value] },
          { content: [{ type: "resource", resource: value }] },
          { structuredContent: value },
        ]) {
          expect(convertToolResult(result, RESULT_LIMITS).content.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("loses nothing of what is no content by the protocol", () => {
    expect(convertToolResult({ content: ["plain words", { type: "text", value: 5 }, 7] }, RESULT_LIMITS).content).toEqual([
      { type: "text", text: '"plain words"' },
      { type: "text", text: '{"type":"text","value":5}' },
      { type: "text", text: "7" },
    ]);
  });

  test("has its media bounded and its text freed of hidden characters", () => {
    const { content } = convertToolResult(
      {
        content: [
          { type: "image", data: "A".repeat(20), mimeType: "image/png" },
          { type: "text", text: "a\u001B[31mb\u202Ec" },
        ],
      },
      { maxMediaChars: 10 },
    );
    expect(content).toEqual([
      { type: "text", text: "(An image of 15 bytes, image/png: too large to show.)" },
      { type: "text", text: "abc" },
    ]);
  });

  test("with structured content and text shows the text only; with structured content alone shows it as JSON", () => {
    expect(convertToolResult({ content: [{ type: "text", text: "t" }], structuredContent: { a: 1 } }, RESULT_LIMITS).content).toEqual([
      { type: "text", text: "t" },
    ]);
    expect(convertToolResult({ content: [], structuredContent: [1] }, RESULT_LIMITS).content).toEqual([{ type: "text", text: "[1]" }]);
  });
});

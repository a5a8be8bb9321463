import { describe, expect, test } from "vitest";
import { checkToolDefinition } from "./index.ts";

const reasons = (tool: Partial<Parameters<typeof checkToolDefinition>[0]>) =>
  checkToolDefinition({ name: "t", inputSchema: { type: "object" }, ...tool }).quarantine;
const nest = (levels: number) => {
  let schema: unknown = { type: "string" };
  for (let level = 0; level < levels; level += 1) schema = { properties: { x: schema } };
  return schema;
};

describe("REQ-SCHEMA-12 a tool's definition", () => {
  test.each([
    ["an ordinary tool", { description: "Reads a file.\r\n\tReturns its text: naïve, 日本語, עברית, emoji 👩‍👩‍👧 ✓." }],
    ["no description and no schema", { inputSchema: undefined }],
    ["a boolean schema", { inputSchema: true }],
    ["awkward but readable names", { name: "3d/render scene.v2 ✓" }],
    [
      "a slip that is repaired when it is compiled",
      { inputSchema: { type: "object", required: "a", properties: { a: { minLength: -1 } } } },
    ],
    ["references that lead nowhere", { inputSchema: { properties: { a: { $ref: "#/none" } } } }],
  ])("%s is offered", (_says, tool) => {
    expect(reasons(tool)).toEqual([]);
  });

  test.each([
    ["no name", { name: "" }, "the tool has no name"],
    ["a terminal escape in its name", { name: "a\u001b[2J" }, "the name holds hidden characters (escape-sequence)"],
    ["an endless name", { name: "n".repeat(600) }, "longer than 512"],
    [
      "a description that turns the reading direction",
      { description: "safe \u202egnp.exe" },
      "the description holds hidden characters (direction)",
    ],
    [
      "orders in Unicode tags",
      { description: `adds numbers${String.fromCodePoint(0xe0049, 0xe0067)}` },
      "the description holds hidden characters (tag)",
    ],
    ["zero-width text", { description: "a\u200bb" }, "the description holds hidden characters (invisible)"],
    [
      "hidden text deep in its schema",
      { inputSchema: { properties: { a: { enum: ["x\u0007"] } } } },
      "a text of the input schema holds hidden characters (control)",
    ],
    ["a schema that is a text", { inputSchema: "object" }, "no JSON Schema"],
    ["a list for properties", { inputSchema: { properties: [] } }, "properties must be an object"],
    ["a schema too deep to be read", { inputSchema: nest(100) }, "nested deeper than 48"],
    ["a schema of a hundred thousand levels", { inputSchema: nest(100_000) }, "nested deeper than 48"],
    ["a schema too large to be sent", { inputSchema: { description: "x".repeat(300_000) } }, "more than 262144"],
    ["a description too large to be sent", { description: "x".repeat(70_000) }, "longer than 65536"],
  ])("%s is set aside", (_says, tool, reason) => {
    expect(reasons(tool).join()).toContain(reason);
  });

  test("a root that is no object is a warning, the tool works", () => {
    expect(checkToolDefinition({ name: "t", inputSchema: { type: "string" } })).toEqual({
      quarantine: [],
      warnings: ["the schema's root is no object; any object is offered"],
    });
  });
});

// The marks of arguments that travel in headers, and what is made of arguments a model left empty.
import { describe, expect, test } from "vitest";
import { httpServer, startHttpServer, startRun, textOf } from "./broker.test-support.ts";
import { headerParameterProblem } from "./header-parameters.ts";
import { withoutOptionalNulls } from "./optional-nulls.ts";

const marked = (name: unknown, more: object = {}): object => ({
  type: "object",
  properties: { a: { type: "string", "x-mcp-header": name, ...more } },
});

describe("marks of header arguments", () => {
  test.each([
    marked("Region"),
    { type: "object", properties: { a: { type: "object", properties: { b: { type: "integer", "x-mcp-header": "B" } } } } },
    { type: "object", properties: { "x-mcp-header": { type: "string" } } },
    { type: "object", default: { "x-mcp-header": "" } },
    {},
    true,
    null,
  ])("%j is fine", (schema) => expect(headerParameterProblem(schema)).toBeNull());
  test.each([
    marked(""),
    marked("a b"),
    marked("a:b"),
    marked("é"),
    marked("a\n"),
    marked(5),
    marked("N", { type: "number" }),
    marked("O", { type: "object" }),
    { type: "object", properties: { a: { type: "string", "x-mcp-header": "A" }, b: { type: "string", "x-mcp-header": "a" } } },
    { type: "array", items: { type: "string", "x-mcp-header": "A" } },
    { type: "string", "x-mcp-header": "A" },
    { anyOf: [{ properties: { a: { type: "string", "x-mcp-header": "A" } } }] },
  ])("%j is refused (REQ-CONFORM-3)", (schema) => expect(headerParameterProblem(schema)).not.toBeNull());
  test("a schema nested without end does not end us", () => {
    let schema: object = { type: "string", "x-mcp-header": "" };
    for (let depth = 0; depth < 20_000; depth += 1) schema = { properties: { a: schema } };
    expect(headerParameterProblem(schema)).toBeNull();
  });
});

describe("arguments a model left empty", () => {
  test("null for a member that is not required counts as left away, and only where the schema does not know null (REQ-CONFORM-3)", async () => {
    expect(withoutOptionalNulls({ a: null, b: null, c: 1 }, { required: ["a"] })).toEqual({ a: null, c: 1 });
    const { url } = await startHttpServer([]);
    const run = startRun({ a: [httpServer("web", url)] });
    await run.settled("a");
    expect(textOf(await run.call("a", "mcp__web__read", { n: null }))).toBe("read {}");
    expect(await run.call("a", "mcp__web__read", { n: "text" })).toMatchObject({ code: "invalid-input" });
  });
});

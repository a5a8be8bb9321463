import { describe, expect, test } from "vitest";
import { toGrammarSchema } from "./grammar-schema.ts";

const REQUIRED = { optional: "required", maxString: 50 } as const;
const CHOICE = { optional: "choice", maxString: 50 } as const;
const object = (properties: Record<string, unknown>) => ({ type: "object", properties });

describe("REQ-LOCAL-8 a grammar from a tool's own schema", () => {
  test.each<[string, unknown, unknown]>([
    ["plain types", { type: "integer" }, { type: "integer" }],
    ["strings with a bound of ours", { type: "string", minLength: 2 }, { type: "string", minLength: 2, maxLength: 50 }],
    ["formats the library knows", { type: "string", format: "date" }, { type: "string", format: "date" }],
    ["formats it does not know", { type: "string", format: "uri" }, { type: "string", maxLength: 50 }],
    ["choices", { type: "string", enum: ["a", "b"] }, { enum: ["a", "b"] }],
    ["constants", { const: 3 }, { const: 3 }],
    ["nullable types", { type: ["string", "null"] }, { oneOf: [{ type: "string", maxLength: 50 }, { type: "null" }] }],
    ["alternatives", { anyOf: [{ type: "number" }, { type: "boolean" }] }, { oneOf: [{ type: "number" }, { type: "boolean" }] }],
    ["references", { $ref: "#/definitions/size" }, { type: "number" }],
    [
      "lists",
      { type: "array", items: { type: "number" }, minItems: 1 },
      { type: "array", items: { type: "number" }, minItems: 1, maxItems: 8 },
    ],
    ["schemas that say nothing", {}, { type: ["string", "number", "boolean", "null"] }],
    ["objects in objects", { type: "object", properties: { x: { type: "number" } }, required: ["x"] }, object({ x: { type: "number" } })],
    [
      "allOf",
      {
        allOf: [
          { type: "object", properties: { x: { type: "number" } }, required: ["x"] },
          { properties: { y: { type: "boolean" } }, required: ["y"] },
        ],
      },
      object({ x: { type: "number" }, y: { type: "boolean" } }),
    ],
  ])("expresses %s", (_what, schema, expected) => {
    const whole = { type: "object", properties: { p: schema }, required: ["p"], definitions: { size: { type: "number" } } };
    expect(toGrammarSchema(whole, REQUIRED)).toEqual(object({ p: expected }));
  });

  test("leaves optional properties out, or lets the model take all or none of them", () => {
    const schema = { type: "object", properties: { a: { type: "number" }, b: { type: "boolean" } }, required: ["a"] };
    expect(toGrammarSchema(schema, REQUIRED)).toEqual(object({ a: { type: "number" } }));
    expect(toGrammarSchema(schema, CHOICE)).toEqual({
      oneOf: [object({ a: { type: "number" } }), object({ a: { type: "number" }, b: { type: "boolean" } })],
    });
  });

  test("ends for schemas that contain themselves", () => {
    const schema = { type: "object", properties: { child: { $ref: "#" } }, required: ["child"] };
    expect(JSON.stringify(toGrammarSchema(schema, REQUIRED)).length).toBeLessThan(2_000);
  });

  test.each([
    ["alternatives", { anyOf: Array.from({ length: 12 }, () => ({ $ref: "#/definitions/x" })) }],
    [
      "optional properties",
      { type: "object", properties: Object.fromEntries(Array.from("abcdefghij", (name) => [name, { $ref: "#/definitions/x" }])) },
    ],
  ])("stays small for %s that lead back to themselves", (_what, x) => {
    const schema = { type: "object", properties: { p: x }, required: ["p"], definitions: { x } };
    expect(JSON.stringify(toGrammarSchema(schema, CHOICE)).length).toBeLessThan(100_000);
  });

  test("takes any schema for a tool without arguments", () => {
    for (const schema of [true, false, {}, { type: "object" }]) expect(toGrammarSchema(schema, REQUIRED)).toEqual(object({}));
  });
});

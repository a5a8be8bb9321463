import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json } from "../../core/index.ts";
import { drawn } from "../../testing/effort.test-support.ts";
import type { JsonSchema } from "../contract.ts";
import { accepts, problemsOf } from "./declaration-checker.test-support.ts";
import { compileValidator, declare, type DeclarationForm } from "./index.ts";
import { chaos, hoistReferences, toolSchema } from "./random-schemas.test-support.ts";

const FORMS: readonly DeclarationForm[] = ["gemini-json", "gemini-openapi", "openai", "anthropic"];
const tool = (inputSchema: unknown) => ({ name: "t", description: "does it", inputSchema: inputSchema as JsonSchema });

describe.each(FORMS)("random schemas as %s", (form) => {
  test("REQ-SCHEMA-3 REQ-SCHEMA-4 a schema with meaning gives a declaration the provider takes and a value it accepts", () => {
    fc.assert(
      fc.property(toolSchema(), ({ schema, value }) => {
        const { schema: declared } = declare(form, tool(hoistReferences(schema)));
        expect(problemsOf(form, declared)).toEqual([]);
        expect(declared === null || accepts(declared, value), JSON.stringify(declared)).toBe(true);
      }),
      { numRuns: drawn({ short: 30, usual: 300 }) },
    );
  });

  test("REQ-SCHEMA-8 nonsense never throws, gives the same declaration twice, changes nothing", () => {
    fc.assert(
      fc.property(chaos, (schema) => {
        const before = JSON.stringify(schema);
        const first = declare(form, tool(schema));
        const second = declare(form, tool(schema));
        expect(problemsOf(form, first.schema)).toEqual([]);
        expect(second.schema).toEqual(first.schema);
        expect(second.notes).toEqual(first.notes);
        expect(JSON.stringify(schema)).toBe(before);
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(12);
        expect(first.notes.join()).not.toContain("could not be read");
      }),
      { numRuns: drawn({ short: 40, usual: 400 }) },
    );
  });
});

describe("random schemas in validation", () => {
  test("REQ-SCHEMA-9 a value its schema allows is accepted", async () => {
    await fc.assert(
      fc.asyncProperty(toolSchema(), async ({ schema, value }) => {
        const validate = await compileValidator(hoistReferences(schema));
        expect(validate(value)).toEqual({ ok: true });
      }),
      { numRuns: drawn({ short: 15, usual: 150 }) },
    );
  });

  test("REQ-SCHEMA-11 nonsense compiles to something, and any input gets a verdict", async () => {
    await fc.assert(
      fc.asyncProperty(chaos, fc.jsonValue(), async (schema, input) => {
        const validate = await compileValidator(schema as JsonSchema);
        expect(typeof validate({ a: input as Json }).ok).toBe("boolean");
        expect(validate([input as Json]).ok).toBe(false);
      }),
      { numRuns: drawn({ short: 20, usual: 200 }) },
    );
  });
});

// Forms of servers: which are shown, which are refused, and what may be filled in.
import { describe, expect, test } from "vitest";
import type { Form, FormField } from "../../core/index.ts";
import { checkField, checkForm, formSchema, readForm, typedValue } from "../index.ts";

const formOf = (properties: object, required: readonly string[] = [], message = "Who are you?") =>
  readForm(message, { type: "object", properties, required } as never);
function shown(properties: object, required: readonly string[] = []): Form {
  const form = formOf(properties, required);
  if ("refused" in form) throw new Error(form.refused);
  return form;
}
const field = (schema: object, required = false): FormField => shown({ f: schema }, required ? ["f"] : []).fields[0] as FormField;

describe("reading a form (REQ-MCP-53)", () => {
  test("every kind the protocol knows becomes a field, with its title, bounds, choices and default", () => {
    const { fields } = shown(
      {
        name: { type: "string", title: "Name", description: "In full", minLength: 2, maxLength: 9, default: "Ann" },
        born: { type: "string", format: "date" },
        age: { type: "integer", minimum: 0, maximum: 150, default: 30 },
        ratio: { type: "number" },
        sure: { type: "boolean", default: false },
        size: { type: "string", enum: ["s", "m"], enumNames: ["Small", "Medium"], default: "m" },
        hero: { type: "string", oneOf: [{ const: "h1", title: "Superman" }, { const: "h2" }] },
        fish: { type: "array", items: { type: "string", enum: ["tuna", "trout"] }, minItems: 1, maxItems: 2, default: ["tuna"] },
        tools: { type: "array", items: { anyOf: [{ const: "t1", title: "Saw" }] } },
      },
      ["name"],
    );
    const common = (name: string) => ({ name, title: name, description: "", required: false });
    expect(fields).toEqual([
      {
        name: "name",
        title: "Name",
        description: "In full",
        required: true,
        kind: "text",
        format: null,
        least: 2,
        most: 9,
        initial: "Ann",
      },
      { ...common("born"), kind: "text", format: "date", least: null, most: null, initial: null },
      { ...common("age"), kind: "number", whole: true, least: 0, most: 150, initial: 30 },
      { ...common("ratio"), kind: "number", whole: false, least: null, most: null, initial: null },
      { ...common("sure"), kind: "yes-no", initial: false },
      {
        ...common("size"),
        kind: "choice",
        options: [
          { value: "s", title: "Small" },
          { value: "m", title: "Medium" },
        ],
        initial: "m",
      },
      {
        ...common("hero"),
        kind: "choice",
        options: [
          { value: "h1", title: "Superman" },
          { value: "h2", title: "h2" },
        ],
        initial: null,
      },
      {
        ...common("fish"),
        kind: "choices",
        options: [
          { value: "tuna", title: "tuna" },
          { value: "trout", title: "trout" },
        ],
        least: 1,
        most: 2,
        initial: ["tuna"],
      },
      { ...common("tools"), kind: "choices", options: [{ value: "t1", title: "Saw" }], least: null, most: null, initial: null },
    ]);
  });

  test("a default that would be refused is none", () => {
    expect(field({ type: "integer", minimum: 5, default: 2 }).initial).toBeNull();
    expect(field({ type: "string", format: "email", default: "nobody" }).initial).toBeNull();
    expect(field({ type: "string", enum: ["a"], default: "b" }).initial).toBeNull();
    expect(field({ type: "string", default: "a\u202Eb" }).initial).toBeNull();
  });

  test("hostile words lose what acts, and what would be sent back unseen is refused", () => {
    const form = shown({ f: { type: "string", title: "Na\u001B[31mme\nx", description: "a\u202Eb\u001B]0;title\u0007c" } });
    expect(form.fields[0]).toMatchObject({ title: "Name x", description: "abc" });
    expect(formOf({}, [], "Hi\u001B[2J\u200B there")).toMatchObject({ message: "Hi there" });
    for (const properties of [
      { "na\u200Bme": { type: "string" } },
      JSON.parse('{"__proto__":{"type":"string"}}') as object,
      { f: { type: "string", enum: ["a", "a\u202E"] } },
      { "name\nApproved by MassGen": { type: "string" } },
      { f: { type: "string", enum: ["a", "b\nc"] } },
      { f: { type: "object" } },
      { f: { type: "array", items: { type: "number" } } },
      { f: { type: "string", enum: [] } },
      { f: { type: "string", enum: ["a", "a"] } },
      { f: true },
    ])
      expect(formOf(properties), JSON.stringify(properties)).toEqual({ refused: "its form has a field that cannot be shown to a person" });
    expect(formOf(Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, { type: "string" }])))).toHaveProperty("refused");
    expect(formOf({ a: { type: "string" } }, ["b"])).toHaveProperty("refused");
    expect(readForm("Hi", null)).toHaveProperty("refused");
  });
});

describe("secrets in a form (REQ-MCP-54)", () => {
  test.each(["password", "user_password", "apiKey", "api-key", "access_token", "clientSecret", "Passwort", "private key", "cvv", "密码"])(
    "a field called %s is refused",
    (name) => {
      expect(formOf({ [name]: { type: "string" } })).toEqual({ refused: expect.stringContaining("password, token or key") as string });
      expect(formOf({ f: { type: "string", title: name } })).toHaveProperty("refused");
    },
  );

  test("a PIN is refused as a number, too", () => {
    expect(formOf({ pin: { type: "integer" } })).toHaveProperty("refused");
  });

  test.each([
    ["max_tokens", { type: "integer" }],
    ["keyboard", { type: "string" }],
    ["passenger", { type: "string" }],
    ["token", { type: "boolean" }],
    ["secret", { type: "string", enum: ["keep", "tell"] }],
    ["spinning", { type: "string" }],
    ["pinned", { type: "string" }],
  ])("%s of %j is not taken for one", (name, schema) => {
    expect(formOf({ [name]: schema })).not.toHaveProperty("refused");
  });

  test("where only the words around speak of one, the person is warned", () => {
    expect(formOf({ f: { type: "string" } }, [], "Your password, please")).toMatchObject({ mentionsSecrets: true });
    expect(formOf({ f: { type: "string", description: "The API key" } })).toMatchObject({ mentionsSecrets: true });
    expect(formOf({ f: { type: "string", description: "Your town" } })).toMatchObject({ mentionsSecrets: false });
  });
});

describe("what is filled in (REQ-MCP-53)", () => {
  test.each<[object, unknown, boolean]>([
    [{ type: "string", minLength: 2, maxLength: 3 }, "a", false],
    [{ type: "string", minLength: 2, maxLength: 3 }, "👩👩👩", true],
    [{ type: "string", minLength: 2, maxLength: 3 }, "abcd", false],
    [{ type: "string", format: "email" }, "ann@example.org", true],
    [{ type: "string", format: "email" }, "ann at example", false],
    [{ type: "string", format: "uri" }, "https://example.org/x", true],
    [{ type: "string", format: "uri" }, "example.org", false],
    [{ type: "string", format: "date" }, "2026-02-28", true],
    [{ type: "string", format: "date" }, "2026-02-30", false],
    [{ type: "string", format: "date-time" }, "2026-02-28T10:00:00Z", true],
    [{ type: "string", format: "date-time" }, "2026-02-28 10:00", false],
    [{ type: "integer", minimum: 1, maximum: 3 }, 3, true],
    [{ type: "integer", minimum: 1, maximum: 3 }, 4, false],
    [{ type: "integer" }, 1.5, false],
    [{ type: "number" }, 1.5, true],
    [{ type: "number" }, Number.NaN, false],
    [{ type: "boolean" }, "yes", false],
    [{ type: "string", enum: ["a", "b"] }, "c", false],
    [{ type: "array", items: { enum: ["a", "b", "c"] }, minItems: 1, maxItems: 2 }, ["a", "c"], true],
    [{ type: "array", items: { enum: ["a", "b", "c"] }, minItems: 1, maxItems: 2 }, [], false],
    [{ type: "array", items: { enum: ["a", "b", "c"] }, minItems: 1, maxItems: 2 }, ["a", "b", "c"], false],
    [{ type: "array", items: { enum: ["a", "b"] } }, ["a", "a"], false],
    [{ type: "array", items: { enum: ["a", "b"] } }, ["z"], false],
  ])("%j takes %j: %s", (schema, value, fits) => {
    expect(checkField(field(schema), value) === null).toBe(fits);
  });

  test("left out is right for what may be left out, and the whole form is checked field by field", () => {
    const form = shown({ a: { type: "string", title: "Name" }, b: { type: "boolean" } }, ["a"]);
    expect(checkForm(form, { a: "x" })).toBeNull();
    expect(checkForm(form, { b: true })).toBe("Name: This has to be filled in.");
    expect(checkForm(form, { a: "x", c: 1 })).toContain("does not have");
  });

  test("a typed line is what it says", () => {
    const typed = (schema: object, text: string) => typedValue(field(schema) as Parameters<typeof typedValue>[0], text);
    expect(typed({ type: "integer" }, " 42 ")).toBe(42);
    expect(typed({ type: "number" }, "1,5")).toBe(1.5);
    expect(typed({ type: "string" }, " as it is ")).toBe(" as it is ");
    expect(typed({ type: "string", format: "date" }, " 2026-01-01 ")).toBe("2026-01-01");
    expect(typed({ type: "string" }, "  ")).toBeUndefined();
  });

  test("handed on as a schema, the form reads as the same form", () => {
    const form = shown(
      {
        a: { type: "string", title: "A", description: "d", format: "email", minLength: 3 },
        b: { type: "integer", minimum: 1, default: 2 },
        c: { type: "boolean", default: true },
        d: { type: "string", enum: ["x"], enumNames: ["X"] },
        e: { type: "array", items: { anyOf: [{ const: "x", title: "X" }] }, minItems: 1, default: ["x"] },
      },
      ["a", "e"],
    );
    expect(readForm(form.message, formSchema(form) as never)).toEqual(form);
  });
});

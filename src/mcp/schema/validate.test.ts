import { createServer } from "node:http";
import { describe, expect, test } from "vitest";
import type { Json } from "../../core/index.ts";
import type { JsonSchema } from "../contract.ts";
import { compileValidator } from "./index.ts";
import { compilePattern, isTriviallySafe } from "./patterns.ts";

const props = (properties: Record<string, unknown>, more: object = {}) => ({ type: "object", properties, ...more });
const problems = async (schema: unknown, input: unknown) => {
  const result = (await compileValidator(schema as JsonSchema))(input as Json);
  return result.ok ? [] : result.problems;
};
const notes = async (schema: unknown) => (await compileValidator(schema as JsonSchema)).notes;

describe("REQ-SCHEMA-9 arguments against the schema the server wrote", () => {
  const accepted: readonly (readonly [string, unknown, unknown])[] = [
    ["draft 7 tuples", props({ p: { items: [{ type: "number" }], additionalItems: { type: "string" } } }), { p: [1, "a"] }],
    ["definitions of any draft", { ...props({ a: { $ref: "#/definitions/A" } }), definitions: { A: { type: "string" } } }, { a: "x" }],
    ["null where OpenAPI says nullable", props({ a: { type: "string", enum: ["x"], nullable: true } }), { a: null }],
    [
      "what stands beside a reference in draft 7",
      {
        $schema: "http://json-schema.org/draft-07/schema#",
        ...props({ a: { $ref: "#/definitions/A", minLength: 9 } }),
        definitions: { A: { type: "string" } },
      },
      { a: "x" },
    ],
    ["formats, which are told and not enforced", props({ u: { type: "string", format: "uri" } }), { u: "not one" }],
    [
      "own data named like a prototype",
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}},"additionalProperties":false}'),
      JSON.parse('{"__proto__":"x"}'),
    ],
    ["a property called like a method", props({ constructor: { type: "string" } }), { constructor: "x" }],
    [
      "equal objects in another order as two items only where they differ",
      props({ l: { type: "array", uniqueItems: true } }),
      { l: [{ a: 1, b: 2 }, { a: 2, b: 1 }, 1, "1", { a: 1 }, [["a", 1]]] },
    ],
  ];
  test.each(accepted)("%s are accepted", async (_says, schema, input) => {
    expect(await problems(schema, input)).toEqual([]);
  });

  const refused: readonly (readonly [string, unknown, unknown, string])[] = [
    ["a missing property", props({ a: {} }, { required: ["a"] }), {}, "the arguments must have required property 'a'"],
    [
      "a required prototype name nobody sent",
      props({}, { required: ["constructor"] }),
      {},
      "the arguments must have required property 'constructor'",
    ],
    [
      "a prototype name of the wrong type",
      JSON.parse('{"type":"object","properties":{"__proto__":{"type":"string"}}}'),
      JSON.parse('{"__proto__":1}'),
      "__proto__ must be string",
    ],
    ["an unknown property", props({ a: {} }, { additionalProperties: false }), { b: 1 }, 'the arguments must not have the property "b"'],
    ["a value off the list", props({ a: { enum: ["x", 1] } }), { a: "y" }, 'a must be one of "x",1'],
    ["draft 4's bound", props({ n: { type: "integer", minimum: 3, exclusiveMinimum: true } }), { n: 3 }, "n must be > 3"],
    ["items beyond a closed tuple", props({ p: { prefixItems: [{}], items: false } }), { p: [1, 2] }, "p must NOT have more than 1 items"],
    [
      "the same object twice",
      props({ l: { type: "array", uniqueItems: true } }),
      {
        l: [
          { a: 1, b: 2 },
          { b: 2, a: 1 },
        ],
      },
      "l must not hold an item twice",
    ],
    [
      "draft 7 dependencies",
      props({ a: {}, b: {} }, { dependencies: { a: ["b"] } }),
      { a: 1 },
      "the arguments must have property b when property a is present",
    ],
    ["then", JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}'), { a: 1 }, "the arguments must have required property 'b'"],
    ["a pattern", props({ a: { pattern: "^x+$" } }), { a: "y" }, 'a must match pattern "^x+$"'],
    [
      "recursion",
      { ...props({ a: { $ref: "#/$defs/T" } }), $defs: { T: props({ n: { type: "integer" }, t: { $ref: "#/$defs/T" } }) } },
      { a: { t: { t: { n: "x" } } } },
      "a/t/t/n must be integer",
    ],
    ["arguments that are a list", {}, [1], "the arguments must be one JSON object"],
    ["arguments that are null", true, null, "the arguments must be one JSON object"],
    ["anything where the schema is false", false, {}, "the arguments must NOT be valid"],
  ];
  test.each(refused)("%s is refused", async (...[, schema, input, problem]) => {
    expect(await problems(schema, input)).toContain(problem);
  });

  test("problems are few, in one line each, without control characters", async () => {
    const input = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}\u001b[31m\n`, 1]));
    const found = await problems({ type: "object", additionalProperties: false }, input);
    expect(found).toHaveLength(9);
    expect(found.at(-1)).toBe("and 42 more");
    expect(found[0]).toBe(String.raw`the arguments must not have the property "k0\u001b[31m\n"`);
  });

  test("a schema is compiled once, and never changed", async () => {
    const schema = Object.freeze(props({ a: Object.freeze({ $ref: "#" }) }, { required: ["a", "a"] }));
    expect(compileValidator(schema)).toBe(compileValidator(schema));
    expect(await problems(schema, {})).toHaveLength(1);
  });
});

describe("REQ-SCHEMA-10 bounded cost", () => {
  test("a pattern made to backtrack is one scan of the text", async () => {
    const validate = await compileValidator(
      props({ a: { pattern: "^(a+)+$" }, b: { pattern: "^(?:(?:x|x)+)+y" }, c: { pattern: "a*a*a*a*a*b" } }),
    );
    const long = "a".repeat(20_000);
    expect(validate({ a: `${long}!` }).ok).toBe(false);
    expect(validate({ b: "x".repeat(20_000) }).ok).toBe(false);
    expect(validate({ c: long }).ok).toBe(false);
    expect(validate.notes).toEqual([]);
  });

  test.each(["(?=a)b", "(?<!a)b", "(a)\\1", "(", "[a-", "(a{1,500}){1,500}", "x".repeat(2_000)])(
    "a pattern that cannot be run in linear time is not run: %s",
    async (pattern) => {
      const schema = props({ a: { type: "string", pattern } });
      expect(await problems(schema, { a: "zzz" })).toEqual([]);
      expect((await notes(schema)).join()).toContain("is not checked");
      expect(await problems(schema, { a: 1 })).toEqual(["a must be string"]);
    },
  );

  test.each([
    ["^[a-z]+$", true],
    ["^\\d{4}-\\d{2}$", true],
    ["abc", true],
    ["^.{1,200}$", true],
    ["a+", false],
    ["^a+b+$", false],
    ["^(a)$", false],
    ["^[^\\]]*$", true],
    ["x{1,9}", false],
  ])("%s runs natively: %s", (pattern, native) => {
    expect(isTriviallySafe(pattern)).toBe(native);
  });

  test.each([
    ["^[\\w.-]+@[\\w.-]+$", "a.b@c-d", "a b"],
    ["\\u0041+\\/", "xAA/", "B/"],
    ["^\\p{L}+$", "Größe", "a1"],
    ["a|b", "xb", "c"],
    ["^(?<year>\\d+)$", "20", "x"],
  ])("%s means what it means in JavaScript", async (pattern, fits, fails) => {
    const { pattern: compiled, enforced } = await compilePattern(pattern);
    expect([compiled.test(fits), compiled.test(fails), enforced]).toEqual([true, false, true]);
  });

  test("alternatives that double at every level stop at a fixed number of steps", async () => {
    const twice = { $ref: "#/$defs/T" };
    const schema = {
      ...props({ t: twice }),
      $defs: { T: { anyOf: [props({ t: twice }, { required: ["t"] }), props({ t: twice }, { required: ["t"] }), { type: "string" }] } },
    };
    let input: unknown = 1;
    for (let level = 0; level < 40; level += 1) input = { t: input };
    expect(await problems(schema, input)).toEqual([
      "the arguments were refused: they are nested too deeply for their schema to be checked",
    ]);
    expect(await problems(schema, { t: { t: "x" } })).toEqual([]);
  });

  test("a long list of unequal items is compared by hash", async () => {
    const list = Array.from({ length: 60_000 }, (_, index) => ({ index }));
    expect(await problems(props({ list: { type: "array", uniqueItems: true } }), { list })).toEqual([]);
  });

  test("a schema past the limits is checked in its outer part, and says so", async () => {
    let deep: unknown = { type: "string" };
    for (let level = 0; level < 5_000; level += 1) deep = props({ x: deep });
    expect(await problems(deep, { x: 1 })).toEqual(["x must be object"]);
    expect(await notes(deep)).toEqual(["the schema is deeper or larger than is checked here; its outer part is"]);
    const wide = props(Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`p${index}`, { type: "string" }])));
    expect(await problems(wide, { p0: 1, p5999: 1 })).toEqual(["p0 must be string"]);
  });

  test("a remote reference is not fetched", async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const url = `http://127.0.0.1:${port}/s.json`;
    const schema = { $id: url, $schema: url, ...props({ a: { $ref: url.replace("s.json", "t.json") }, b: { type: "integer" } }) };
    expect(await problems(schema, { a: 1, b: "x" })).toEqual(["b must be integer"]);
    expect((await notes(schema)).join()).toContain("leads nowhere");
    await new Promise((resolve) => server.close(resolve));
    expect(asked).toBe(0);
  });
});

describe("REQ-SCHEMA-11 broken schemas", () => {
  test.each([
    [
      "keywords of the wrong kind",
      { type: "objekt", properties: 7, required: "a", minimum: "x", enum: [], items: 3, pattern: 4, anyOf: [] },
    ],
    ["a list", [1, 2]],
    ["a text", "object"],
    ["a loop of references", { $ref: "#" }],
    [
      "a loop through allOf",
      { allOf: [{ $ref: "#/$defs/A" }], $defs: { A: { anyOf: [{ $ref: "#/$defs/B" }] }, B: { $ref: "#/$defs/A" } } },
    ],
  ])("%s accept any object", async (_says, schema) => {
    expect(await problems(schema, { anything: [1] })).toEqual([]);
    expect(await problems(schema, "text")).toEqual(["the arguments must be one JSON object"]);
  });

  test("one broken keyword takes nothing else with it", async () => {
    const schema = props({ a: { type: "string", minLength: -1 }, b: { type: "integer", required: true } });
    expect(await problems(schema, { a: 1, b: "x" })).toEqual(["a must be string", "b must be integer"]);
  });
});

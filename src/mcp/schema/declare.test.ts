import { describe, expect, test } from "vitest";
import type { Json } from "../../core/index.ts";
import type { JsonSchema } from "../contract.ts";
import { accepts, problemsOf } from "./declaration-checker.test-support.ts";
import { type Declaration, declare, type DeclarationForm } from "./index.ts";

const FORMS: readonly DeclarationForm[] = ["gemini-json", "gemini-openapi", "openai", "anthropic"];
const make = (form: DeclarationForm, inputSchema: unknown): Declaration =>
  declare(form, { name: "t", description: "Does it.", inputSchema: inputSchema as JsonSchema });

type Case = {
  readonly says: string;
  readonly schema: unknown;
  readonly valid?: readonly Json[];
  /** Parts every Gemini form has. */
  readonly both?: object;
  readonly json?: object;
  readonly openapi?: object | null;
};

const props = (properties: Record<string, unknown>, required?: readonly string[]) => ({
  type: "object",
  properties,
  ...(required === undefined ? {} : { required }),
});
const has = (properties: Record<string, unknown>) => ({ properties });

const CASES: readonly Case[] = [
  { says: "a tool without arguments", schema: props({}), valid: [{}], json: { type: "object", properties: {} }, openapi: null },
  {
    says: "a root that is only a type",
    schema: { type: "object" },
    valid: [{}, { a: 1 }],
    json: { type: "object", properties: {} },
    openapi: null,
  },
  {
    says: "a map of numbers",
    schema: props({ scores: { type: "object", additionalProperties: { type: "number" } } }),
    valid: [{ scores: { ann: 1 } }],
    json: has({ scores: { additionalProperties: { type: "number" } } }),
    openapi: has({ scores: { type: "object", description: "(any further name with number)" } }),
  },
  {
    says: "a shared definition written out where it is short",
    schema: { ...props({ from: { $ref: "#/$defs/P" }, to: { $ref: "#/$defs/P" } }), $defs: { P: props({ x: { type: "number" } }, ["x"]) } },
    valid: [{ from: { x: 1 }, to: { x: 2 } }],
    both: has({ to: { type: "object", required: ["x"], properties: { x: { type: "number" } } } }),
  },
  {
    says: "pointers with escapes, into properties, and anchors",
    schema: {
      ...props({ a: { $ref: "#/$defs/q~1r%20s" }, b: { $ref: "#/properties/a" }, c: { $ref: "#here" } }),
      $defs: { "q/r s": { type: "boolean" }, z: { $anchor: "here", type: "integer" } },
    },
    valid: [{ a: true, b: false, c: 3 }],
    both: has({ a: { type: "boolean" }, b: { type: "boolean" }, c: { type: "integer" } }),
  },
  {
    says: "references that lead nowhere or outside",
    schema: props({ a: { $ref: "https://127.0.0.1:1/s" }, b: { $ref: "#/$defs/none" }, c: { $ref: 7 } }),
    valid: [{ a: 1, b: "x", c: {} }],
    json: has({ a: {}, b: {} }),
  },
  {
    says: "description beside a reference",
    schema: { ...props({ a: { $ref: "#/$defs/A", description: "mine" } }), $defs: { A: { type: "string", description: "theirs" } } },
    valid: [{ a: "x" }],
    both: has({ a: { type: "string", description: "mine" } }),
  },
  {
    says: "rules beside a reference",
    schema: { ...props({ a: { $ref: "#/$defs/A", required: ["x"] } }), $defs: { A: props({ x: { type: "string" } }) } },
    valid: [{ a: { x: "1" } }],
    both: has({ a: { required: ["x"] } }),
  },
  {
    says: "const as a list of one, with its type",
    schema: props({ k: { const: "web" }, n: { const: 3 } }, ["k"]),
    valid: [{ k: "web", n: 3 }],
    both: has({ k: { type: "string", enum: ["web"] } }),
    openapi: has({ n: { type: "integer", minimum: 3, maximum: 3 } }),
  },
  {
    says: "alternatives that are single values",
    schema: props({ m: { oneOf: [{ const: "a", description: "first" }, { const: "b" }] } }),
    valid: [{ m: "b" }],
    both: has({ m: { type: "string", enum: ["a", "b"], description: '("a": first)' } }),
  },
  {
    says: "a list of several types",
    schema: props({ v: { enum: ["auto", 2, true, null] } }),
    valid: [{ v: null }, { v: 2 }, { v: true }, { v: "auto" }],
    openapi: has({ v: { nullable: true, anyOf: expect.anything() } }),
  },
  {
    says: "a list with an empty text",
    schema: props({ v: { type: "string", enum: ["", "x"] } }),
    valid: [{ v: "" }],
    both: has({ v: { type: "string", description: '(one of "", "x")' } }),
  },
  {
    says: "numbers listed",
    schema: props({ n: { type: "integer", enum: [5, 1, 3] } }),
    valid: [{ n: 3 }],
    json: has({ n: { type: "integer", enum: [5, 1, 3] } }),
    openapi: has({ n: { type: "integer", minimum: 1, maximum: 5, description: "(one of 5, 1, 3)" } }),
  },
  {
    says: "an optional value by anyOf null",
    schema: props({ n: { anyOf: [{ type: "integer", exclusiveMinimum: 0 }, { type: "null" }], default: 4, description: "how many" } }),
    valid: [{ n: null }, { n: 1 }],
    openapi: has({ n: { type: "integer", minimum: 1, nullable: true, description: "how many (default: 4)" } }),
    json: has({ n: { anyOf: [{ type: "integer", minimum: 1 }, { type: "null" }] } }),
  },
  {
    says: "exclusive bounds of numbers",
    schema: props({ t: { type: "number", exclusiveMinimum: 0, maximum: 2.5 } }),
    valid: [{ t: 0.1 }],
    both: has({ t: { minimum: 0, maximum: 2.5, description: "(greater than 0)" } }),
  },
  {
    says: "draft 4's boolean bounds",
    schema: props({ n: { type: "integer", minimum: 3, exclusiveMinimum: true } }),
    valid: [{ n: 4 }],
    both: has({ n: { minimum: 4 } }),
  },
  {
    says: "formats a provider does not know",
    schema: props({ u: { type: "string", format: "uri", description: "page" }, d: { type: "string", format: "date-time" } }),
    valid: [{ u: "http://a/", d: "2026-01-01T00:00:00Z" }],
    both: has({ u: { type: "string", description: "page (format: uri)" }, d: { format: "date-time" } }),
  },
  {
    says: "alternatives beside a type",
    schema: props({
      id: {
        type: "object",
        properties: { z: { type: "string" } },
        anyOf: [
          { properties: { a: { type: "string" } }, required: ["a"] },
          { properties: { b: { type: "string" } }, required: ["b"] },
        ],
      },
    }),
    valid: [{ id: { a: "1", z: "2" } }, { id: { b: "1" } }],
    both: has({
      id: {
        anyOf: [
          { properties: { z: {}, a: {} }, required: ["a"] },
          { properties: { z: {}, b: {} }, required: ["b"] },
        ],
      },
    }),
  },
  {
    says: "alternatives that only require",
    schema: props({
      id: {
        type: "object",
        properties: { a: { type: "string" }, b: { type: "string" } },
        anyOf: [{ required: ["a"] }, { required: ["b"] }],
      },
    }),
    valid: [{ id: { b: "1" } }],
    both: has({ id: { type: "object", properties: { a: {}, b: {} }, description: "(needs at least one of these: a, or b)" } }),
  },
  {
    says: "allOf of a reference and more",
    schema: {
      ...props({ l: { allOf: [{ $ref: "#/$defs/L" }], default: "low" } }),
      $defs: { L: { type: "string", enum: ["low", "high"] } },
    },
    valid: [{ l: "high" }],
    both: has({ l: { enum: ["low", "high"], description: '(default: "low")' } }),
  },
  {
    says: "allOf of objects",
    schema: {
      allOf: [
        props({ a: { type: "integer", minimum: 1 } }, ["a"]),
        props({ a: { type: "integer", maximum: 9 }, b: { type: "string" } }, ["b"]),
      ],
    },
    valid: [{ a: 1, b: "x" }],
    both: { required: ["a", "b"], properties: { a: { minimum: 1, maximum: 9 }, b: { type: "string" } } },
  },
  {
    says: "rules without a counterpart",
    schema: JSON.parse(
      '{"type":"object","properties":{"a":{"type":"string","not":{"const":"bad"}}},"if":{"required":["a"]},"then":{"properties":{"b":{"type":"integer"}}}}',
    ),
    valid: [{ a: "x", b: 1 }],
    both: has({ a: { description: '(must not match {"const":"bad"})' }, b: {} }),
  },
  {
    says: "arrays without items, nested too",
    schema: props({ t: { type: "array" }, g: { type: "array", items: { type: "array" } } }),
    valid: [{ t: [1, "a", ["b"]], g: [[1], ["a"]] }],
  },
  {
    says: "tuples of both drafts",
    schema: props({
      p: { type: "array", items: [{ type: "number" }, { type: "number" }], minItems: 2, maxItems: 2 },
      q: { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], items: false },
    }),
    valid: [{ p: [1, 2], q: ["a", 1] }],
    json: has({ p: { prefixItems: [{ type: "number" }, { type: "number" }] }, q: { maxItems: 2 } }),
    openapi: has({ p: { items: { type: "number" }, minItems: 2 }, q: { maxItems: 2 } }),
  },
  {
    says: "any value",
    schema: props({ x: true, y: {}, z: { description: "free" } }, ["x"]),
    valid: [{ x: [1, ["a"]], y: { a: 1 }, z: null }],
  },
  {
    says: "a property that may hold nothing",
    schema: props({ a: { type: "string" }, no: false }),
    valid: [{ a: "x" }],
    both: has({ no: { description: expect.stringContaining("not allowed") } }),
  },
  {
    says: "types that must be guessed",
    schema: props({ f: { properties: { a: { enum: ["x"] } } }, l: { items: { type: "string" } }, n: { minimum: 2 }, s: { maxLength: 3 } }),
    valid: [{ f: { a: "x" }, l: ["s"], n: 2, s: "abc" }],
    both: has({ f: { type: "object" }, l: { type: "array" }, n: { type: "number", minimum: 2 }, s: { type: "string" } }),
  },
  {
    says: "bounds beside alternatives of other types",
    schema: props({ v: { minimum: 2, anyOf: [{ type: "string" }, { type: "integer" }] } }),
    valid: [{ v: "a" }, { v: 2 }],
    both: has({ v: { anyOf: [{ type: "string" }, { type: "integer", minimum: 2 }] } }),
  },
  {
    says: "type lists",
    schema: props({ v: { type: ["array", "string", "null"], items: { type: "integer" }, minLength: 2 } }),
    valid: [{ v: [1] }, { v: "ab" }, { v: null }],
    openapi: has({
      v: {
        nullable: true,
        anyOf: [
          { type: "array", items: { type: "integer" } },
          { type: "string", minLength: 2 },
        ],
      },
    }),
  },
  {
    says: "required names nobody describes, twice or none",
    schema: props({ a: { type: "string" }, o: props({ z: { type: "string" } }, []) }, ["a", "a", "ghost"]),
    valid: [{ a: "x", ghost: 1 }],
    both: { required: ["a"] },
  },
  {
    says: "properties named like keywords",
    schema: props({
      title: { type: "string", title: "T" },
      default: { type: "string" },
      type: { type: "integer" },
      properties: props({ type: { type: "string" } }),
    }),
    valid: [{ title: "a", default: "b", type: 1, properties: { type: "c" } }],
    both: has({
      title: { type: "string" },
      default: { type: "string" },
      type: { type: "integer" },
      properties: { properties: { type: { type: "string" } } },
    }),
  },
  {
    says: "names of prototypes",
    schema: JSON.parse(
      '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{"type":"string"},"toString":{"type":"integer"}},"required":["constructor"]}',
    ),
    valid: [{ constructor: "x" } as unknown as Json],
    both: { required: ["constructor"] },
  },
  {
    says: "an alternative at the root",
    schema: {
      oneOf: [
        props({ op: { const: "get" }, id: { type: "string" } }, ["op", "id"]),
        props({ op: { const: "list" }, limit: { type: "integer" } }, ["op"]),
      ],
    },
    valid: [{ op: "list" }, { op: "get", id: "x" }],
    both: {
      type: "object",
      required: ["op"],
      properties: { op: { enum: ["get", "list"] }, id: { type: "string" }, limit: { type: "integer" } },
    },
  },
  {
    says: "a root that is a reference",
    schema: { $ref: "#/$defs/Args", $defs: { Args: props({ q: { type: "string" } }, ["q"]) } },
    valid: [{ q: "x" }],
    both: { type: "object", required: ["q"] },
  },
  {
    says: "OpenAPI's nullable",
    schema: props({ s: { type: "string", nullable: true } }),
    valid: [{ s: null }],
    openapi: has({ s: { type: "string", nullable: true } }),
  },
  { says: "a contradiction", schema: props({ s: { type: "string", enum: [1, 2] } }), both: has({ s: { type: "string" } }) },
];

describe.each(FORMS)("REQ-SCHEMA-3 as %s", (form) => {
  test.each(CASES)("$says", ({ schema, valid = [], both, json, openapi }) => {
    const { schema: declared } = make(form, schema);
    expect(problemsOf(form, declared)).toEqual([]);
    for (const value of valid)
      expect(declared === null || accepts(declared, value), `${JSON.stringify(value)} against ${JSON.stringify(declared)}`).toBe(true);
    const expected = form === "gemini-openapi" ? openapi : form === "gemini-json" ? json : undefined;
    if (expected === null) expect(declared).toBeNull();
    else if (form.startsWith("gemini")) expect(declared).toMatchObject({ ...both, ...expected });
  });
});

describe("REQ-SCHEMA-4 recursion", () => {
  const tree = {
    ...props({ e: { $ref: "#/$defs/E" } }, ["e"]),
    $defs: { E: props({ op: { type: "string" }, args: { type: "array", items: { $ref: "#/$defs/E" } } }, ["op", "args"]) },
  };
  const deep: Json = { e: { op: "a", args: [{ op: "b", args: [{ op: "c", args: [{ op: "d", args: [{ op: "e", args: [] }] }] }] }] } };

  test.each(FORMS)("through a required property ends as %s and accepts what is deeper than it declares", (form) => {
    const { schema, notes } = make(form, tree);
    expect(problemsOf(form, schema)).toEqual([]);
    expect(accepts(schema, deep)).toBe(true);
    expect(notes.join()).toMatch(/leads back|levels deep/);
  });

  test.each(FORMS)("of a whole schema, of lists and of any JSON as %s", (form) => {
    const json = {
      anyOf: [
        { type: "string" },
        { type: "number" },
        { type: "null" },
        { type: "array", items: { $ref: "#/$defs/J" } },
        { type: "object", additionalProperties: { $ref: "#/$defs/J" } },
      ],
    };
    const self = {
      type: "object",
      properties: { name: { type: "string" }, child: { $ref: "#" }, j: { $ref: "#/$defs/J" } },
      required: ["name"],
      $defs: { J: json },
    };
    const { schema } = make(form, self);
    expect(problemsOf(form, schema)).toEqual([]);
    expect(accepts(schema, { name: "a", child: { name: "b", child: { name: "c", child: { name: "d" } } }, j: { a: [1, "x"] } })).toBe(true);
  });

  test.each(FORMS)("that bites its own tail means any value as %s", (form) => {
    const { schema, notes } = make(form, {
      ...props({ a: { $ref: "#/$defs/A" }, c: { allOf: [{ $ref: "#/$defs/C" }] }, d: { $ref: "#/$defs/D", items: {} } }),
      $defs: {
        D: { oneOf: [{ $ref: "#/$defs/D", additionalProperties: {} }, {}] },
        A: { $ref: "#/$defs/B" },
        B: { $ref: "#/$defs/A" },
        C: { allOf: [{ $ref: "#/$defs/C" }] },
      },
    });
    expect(problemsOf(form, schema)).toEqual([]);
    expect(accepts(schema, { a: 1, c: "x", d: [] })).toBe(true);
    expect(notes.join()).not.toContain("could not be read");
  });

  test("a long definition used twice gets one place where the form has places", () => {
    const wide = props(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, { type: "string" }])));
    const { schema } = make("gemini-json", {
      ...props({ a: { $ref: "#/$defs/Wide" }, b: { $ref: "#/$defs/Wide" } }),
      $defs: { Wide: wide },
    });
    expect(schema).toMatchObject({
      properties: { a: { $ref: "#/$defs/Wide" }, b: { $ref: "#/$defs/Wide" } },
      $defs: { Wide: { type: "object" } },
    });
  });

  test("references that double at each level stay within the size of a declaration", () => {
    const definitions = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `D${index}`,
        props({ l: { $ref: `#/$defs/D${index + 1}` }, r: { $ref: `#/$defs/D${index + 1}` } }),
      ]),
    );
    for (const form of FORMS) {
      const { schema, notes } = make(form, { ...props({ a: { $ref: "#/$defs/D0" } }), $defs: { ...definitions, D30: { type: "string" } } });
      expect(JSON.stringify(schema).length).toBeLessThan(600_000);
      expect(problemsOf(form, schema)).toEqual([]);
      expect(notes.length).toBeGreaterThan(0);
    }
  });
});

describe("REQ-SCHEMA-5 nothing the model could use is lost", () => {
  test("what a root cannot say stands in the tool's description", () => {
    const { description, notes } = make("anthropic", {
      description: "Pick one.",
      anyOf: [props({ id: { type: "string" } }, ["id"]), props({ name: { type: "string" }, exact: { type: "boolean" } }, ["name"])],
    });
    expect(description).toBe("Does it.\nPick one.\nArguments follow one of these: (id) or (name, exact?).");
    expect(notes).toEqual(["#: alternatives at the root are declared as one object"]);
  });

  test("long texts and long lists are cut, and say so", () => {
    const zones = Array.from({ length: 700 }, (_, index) => `Zone/${index}`);
    const { schema } = make(
      "gemini-json",
      props({ tz: { type: "string", enum: zones }, long: { type: "string", description: "word ".repeat(5000), maxLength: 7 } }),
    );
    expect(problemsOf("gemini-json", schema)).toEqual([]);
    expect(schema).toMatchObject(
      has({
        tz: { description: expect.stringContaining('"Zone/0"') },
        long: { description: expect.stringMatching(/\(at most 7 characters\)$/) },
      }),
    );
  });

  test("each form keeps the keywords it knows and tells the rest", () => {
    const text = { type: "string", pattern: "^[a-z]+$", minLength: 2, format: "hostname", default: "ab" };
    expect(make("gemini-openapi", props({ text })).schema).toMatchObject(
      has({ text: { pattern: "^[a-z]+$", minLength: 2, description: '(format: hostname) (default: "ab")' } }),
    );
    expect(make("gemini-json", props({ text })).schema).toMatchObject(
      has({ text: { description: '(at least 2 characters) (pattern: ^[a-z]+$) (format: hostname) (default: "ab")' } }),
    );
    expect(make("openai", props({ text })).schema).toMatchObject(
      has({ text: { minLength: 2, format: "hostname", default: "ab", description: "(pattern: ^[a-z]+$)" } }),
    );
    expect(make("anthropic", props({ text })).schema).toMatchObject(has({ text: { pattern: "^[a-z]+$", format: "hostname" } }));
    expect(make("gemini-openapi", props({ text: { type: "string", pattern: "(?=a)a" } })).schema).toMatchObject(
      has({ text: { description: "(pattern: (?=a)a)" } }),
    );
  });
});

describe("REQ-SCHEMA-6 roots of OpenAI and Anthropic", () => {
  test.each(["openai", "anthropic"] as const)("%s gets an object without alternatives at the root", (form) => {
    for (const schema of [
      true,
      false,
      7,
      { type: "string" },
      { anyOf: [{ type: "string" }, props({ a: {} })] },
      { type: ["object", "null"] },
    ]) {
      expect(make(form, schema).schema).toMatchObject({ type: "object" });
      expect(problemsOf(form, make(form, schema).schema)).toEqual([]);
    }
  });
});

describe("REQ-SCHEMA-7 renamed properties", () => {
  const odd = props(
    {
      "Notion-Version": { type: "string" },
      Notion_Version: { type: "string" },
      "3d": props({
        "a b": { type: "array", items: { oneOf: [props({ "x.y": { type: "string" } }), props({ x_y: { type: "integer" } })] } },
      }),
      free: { type: "object", additionalProperties: { type: "object", properties: { "k-v": {} } } },
      ["p".repeat(80)]: { type: "string" },
      "✓": { type: "string" },
    },
    ["Notion-Version"],
  );

  test.each(FORMS)("come back as the server wrote them from %s", (form) => {
    const { schema, restore } = make(form, odd);
    expect(problemsOf(form, schema)).toEqual([]);
    const exposed = Object.keys((schema as { properties: object }).properties);
    expect(new Set(exposed).size).toBe(6);
    const [version, , three, , long, tick] = exposed as [string, string, string, string, string, string];
    const inner =
      Object.keys((schema as { properties: Record<string, { properties: object }> }).properties[three]?.properties ?? {})[0] ?? "";
    const input = {
      [version]: "1",
      Notion_Version: "2",
      [three]: { [inner]: [{ x_y: 3 }] },
      [long]: "l",
      [tick]: "t",
      free: { Notion_Version: { "k-v": 1 } },
    };
    expect(restore(input)).toEqual({
      "Notion-Version": "1",
      Notion_Version: "2",
      "3d": { "a b": [{ x_y: 3 }] },
      ["p".repeat(80)]: "l",
      "✓": "t",
      free: { Notion_Version: { "k-v": 1 } },
    });
  });

  test("a name inside a free-form value is the model's own", () => {
    const { restore } = make("gemini-json", props({ "a-b": { type: "string" }, any: {} }));
    expect(restore({ a_b: "1", any: { a_b: 2 } })).toEqual({ "a-b": "1", any: { a_b: 2 } });
  });

  test("the description tells the name the server uses, and __proto__ stays data", () => {
    const { schema, restore } = make("gemini-json", props({ "a-b": { type: "string", description: "first" } }));
    expect(schema).toMatchObject(has({ a_b: { description: 'first (sent as "a-b")' } }));
    const restored = restore(JSON.parse('{"a_b":"x","__proto__":{"polluted":true}}')) as object;
    expect(Object.hasOwn(restored, "__proto__")).toBe(true);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe("REQ-SCHEMA-8 limits", () => {
  test("lists of values that are too long only together are told, not declared", () => {
    const list = (from: number) => Array.from({ length: 300 }, (_, index) => from + index);
    const both = (map: (value: number) => Json) => ({ anyOf: [{ enum: list(0).map(map) }, { enum: list(300).map(map) }] });
    const schema = props({ words: both((value) => `w${value}`), numbers: both((value) => value) });
    for (const form of FORMS) expect(problemsOf(form, make(form, schema).schema)).toEqual([]);
    expect(JSON.stringify(make("openai", schema).schema)).toContain("(600 values)");
  });

  test("a schema nested ten thousand levels deep is cut, not followed", () => {
    let deep: unknown = { type: "string" };
    for (let level = 0; level < 10_000; level += 1) deep = props({ x: deep });
    for (const form of FORMS) expect(problemsOf(form, make(form, deep).schema)).toEqual([]);
  });

  test("a default nested past what can be serialised leaves the tool usable", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    for (const form of FORMS)
      expect(problemsOf(form, make(form, props({ a: { type: "string", default: deep } })).schema ?? null)).toEqual([]);
  });
});

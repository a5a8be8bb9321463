import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

/** The same with the keys of every object in another order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turned(member)]),
  );
}

test("is JSON of the same value, and one text whatever the order of the keys", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(turned(value))).toBe(text);
    }),
  );
});

test("sorts keys by their code units and leaves out members that are undefined", () => {
  expect(canonicalJson({ b: 1, a: [undefined, { d: undefined, c: null }], "10": "x", "9": true, B: 2 })).toBe(
    '{"10":"x","9":true,"B":2,"a":[null,{"c":null}],"b":1}',
  );
});

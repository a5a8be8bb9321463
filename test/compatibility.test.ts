// What the Python program could do stays possible, and its faults stay out: each row of the tables names requirements that tests prove.
import { describe, expect, test } from "vitest";
import { FAULTS, KEPT_14, KEPT_15 } from "./compatibility.ts";
import { REQUIREMENTS } from "./requirements.ts";

describe("the table of features and faults of the Python program", () => {
  const rows = Object.entries({ ...KEPT_14, ...KEPT_15, ...FAULTS });

  test("REQ-DOCS-9 every row names requirements that exist, or says why it is not kept", () => {
    const wrong = rows.filter(
      ([, { ids, reason }]) => (ids.length === 0 && reason === undefined) || ids.some((id) => !Object.hasOwn(REQUIREMENTS, id)),
    );
    expect(wrong.map(([name, { ids }]) => `${name}: ${ids.join(", ")}`)).toEqual([]);
  });

  test("no row is doubled and each says something", () => {
    const texts = rows.map(([, { what }]) => what);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => text.length < 20 || !text.endsWith("."))).toEqual([]);
  });
});

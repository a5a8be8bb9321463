// The gate of the requirements manifest: every id is cited by a test, and no test cites an id that does not exist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { REQUIREMENTS } from "./requirements.ts";

const ROOT = join(import.meta.dirname, "..");
const CITATION = /REQ-[A-Z]+-\d+(?:\.\d+)*/gu;

function citations(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const folder of ["src", "test"]) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".test.ts")) continue;
      for (const [id] of readFileSync(join(ROOT, folder, file), "utf8").matchAll(CITATION)) found.set(id, `${folder}/${file}`);
    }
  }
  return found;
}

describe("the requirements manifest", () => {
  const cited = citations();

  test("every requirement is cited by a test", () => {
    expect(Object.keys(REQUIREMENTS).filter((id) => !cited.has(id))).toEqual([]);
  });

  test("no test cites a requirement that does not exist", () => {
    expect([...cited].filter(([id]) => !Object.hasOwn(REQUIREMENTS, id)).map(([id, file]) => `${file}: ${id}`)).toEqual([]);
  });

  test("every requirement says something", () => {
    expect(Object.values(REQUIREMENTS).filter((text) => text.length < 20)).toEqual([]);
  });
});

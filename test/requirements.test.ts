// The gate of the requirements manifest: every id is cited by a test, and no test cites an id that does not exist.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AREAS, REQUIREMENTS } from "./requirements.ts";

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
    // a whole rule may be named too, where its parts have the ids
    const isKnown = (id: string): boolean =>
      Object.hasOwn(REQUIREMENTS, id) || Object.keys(REQUIREMENTS).some((part) => part.startsWith(`${id}.`));
    expect([...cited].filter(([id]) => !isKnown(id)).map(([id, file]) => `${file}: ${id}`)).toEqual([]);
  });

  test("no two areas use the same id, and every area's file is part of the manifest", () => {
    expect(Object.keys(REQUIREMENTS)).toHaveLength(AREAS.flatMap((area) => Object.keys(area)).length);
    const manifest = readFileSync(join(ROOT, "test", "requirements.ts"), "utf8");
    const files = readdirSync(join(ROOT, "test")).filter((file) => /^requirements-.*\.ts$/u.test(file));
    expect(files.filter((file) => !manifest.includes(`./${file}`))).toEqual([]);
  });

  test("every requirement says something", () => {
    expect(Object.values(REQUIREMENTS).filter((text) => text.length < 20)).toEqual([]);
  });
});

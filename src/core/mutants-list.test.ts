// The checked-in list of mistakes must fit the code it is about, or a rule would quietly lose its proof.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MUTANTS } from "../../scripts/mutants-list.ts";

test("every listed mistake has exactly one place in the core, and every rule has at least two", () => {
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const path = join(import.meta.dirname, file.replace(/^src\/core\//, ""));
    texts.set(file, texts.get(file) ?? readFileSync(path, "utf8"));
    return texts.get(file) ?? "";
  };
  expect(MUTANTS.filter(({ file, find }) => textOf(file).split(find).length !== 2).map(({ rule, find }) => `${rule}: ${find}`)).toEqual([]);
  const counts = Map.groupBy(MUTANTS, ({ rule }) => /\d+/.exec(rule)?.[0]);
  for (let rule = 1; rule <= 21; rule += 1)
    expect({ rule, count: counts.get(String(rule))?.length ?? 0 }).toEqual({ rule, count: expect.toSatisfy((n: number) => n >= 2) });
});

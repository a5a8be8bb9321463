// JSON read without the YAML library comes to the same tree, with the same places, as with it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { line } from "./config.test-support.ts";
import { parseTree } from "./parse-yaml.ts";
import { newReading, type Reading } from "./reading.ts";

const reading = (file: string): Reading => newReading(file, { env: {} });

test("any JSON, however it is laid out, is read as the YAML library reads it", async () => {
  const spaces = fc.constantFrom(undefined, "\t", 2, "  \n ", "\r\n");
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ depthSize: "medium" }), spaces, async (value, space) => {
      const text = JSON.stringify(value, null, space);
      const [json, yaml] = [reading("team.json"), reading("team.txt")];
      const [ours, theirs] = [await parseTree(text, json), await parseTree(text, yaml)];
      // The library knows fewer layouts of JSON than there are; where it refuses one, ours is the one that is right.
      if (yaml.problems.length === 0) expect(ours).toEqual(theirs);
      expect(json.problems).toEqual([]);
      expect(ours === null ? null : valueOf(ours)).toEqual(JSON.parse(text));
    }),
  );
});

type Tree = NonNullable<Awaited<ReturnType<typeof parseTree>>>;
function valueOf(tree: Tree): unknown {
  if (tree.kind === "scalar") return tree.value;
  return tree.kind === "list" ? tree.items.map(valueOf) : Object.fromEntries(tree.entries.map(({ key, value }) => [key, valueOf(value)]));
}

test("a key that stands twice is told with both places; too deep and too many stop with one line", async () => {
  const problems = async (text: string): Promise<readonly string[]> => {
    const at = reading("team.json");
    await parseTree(text, at);
    return at.problems.map(line);
  };
  expect(await problems('{\n "a": 1,\n "b": {"a": 1},\n "a": 2}')).toEqual(["4:2 `a` stands twice in the same mapping; first on line 2"]);
  expect(await problems("[".repeat(1000) + "]".repeat(1000))).toEqual(["1:66 Nested deeper than 64 levels"]);
  expect(await problems(`[${"1,".repeat(40_000)}1]`)).toEqual(["1:60002 The file has more parts than any configuration needs"]);
});

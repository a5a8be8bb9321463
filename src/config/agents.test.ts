// Mistakes of several agents at once.
import { expect, test } from "vitest";
import { parseConfigText } from "./load.ts";

test("two agents with one id are told also where one of them has another mistake (REQ-CONFIG-10)", async () => {
  const text = "agents:\n  - id: a\n    backend: {type: gemni}\n  - id: a\n    backend: {type: local}\n";
  const { problems } = await parseConfigText(text, "c.yaml", { env: {}, mode: "check" });
  expect(problems.map(({ code }) => code)).toEqual(expect.arrayContaining(["duplicate-id"]));
  expect(problems).toHaveLength(2);
});

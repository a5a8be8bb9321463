import { expect, test } from "vitest";
import type { Connection } from "./connection.ts";
import { callExtraTool } from "./extra-tools.ts";

test("a list of prompts that is too long for one answer says that there are more", async () => {
  const prompts = Array.from({ length: 501 }, (_, index) => ({ name: `p${index}` }));
  const connection = { request: async () => ({ prompts }) } as unknown as Connection;
  const result = (await callExtraTool(connection, { kind: "list-prompts", input: {} }, {})) as { content: [{ text: string }] };
  const lines = result.content[0].text.split("\n");
  expect(lines[499]).toBe("p499()");
  expect(lines.slice(500)).toEqual(["(There are more: the list has more than 500 entries.)"]);
});

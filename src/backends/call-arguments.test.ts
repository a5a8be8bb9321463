import { expect, test } from "vitest";
import { parseArguments } from "./call-arguments.ts";

test("arguments are read, and what cannot be read is kept as it stands", () => {
  expect(parseArguments('{"a":[1]}')).toEqual({ input: { a: [1] } });
  expect(parseArguments(" ")).toEqual({ input: {} });
  expect(parseArguments('{"a":')).toEqual({ malformed: '{"a":' });
});

test("arguments nested without end are no arguments: neither the log nor a digest could hold them", () => {
  const nested = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
  expect(parseArguments(nested(900))).toHaveProperty("input");
  expect(parseArguments(nested(100_000))).toEqual({ malformed: nested(100_000) });
});

// A provider's metadata comes in pieces; none may be lost, whatever order they come in.
import { expect, test } from "vitest";
import { mergeMetadata } from "./step-state.ts";

test("metadata of start, delta and end is merged per provider: later keys win, earlier ones stay", () => {
  const start = { openai: { itemId: "rs_1", reasoningEncryptedContent: null } };
  const end = { openai: { reasoningEncryptedContent: "enc" }, other: { a: 1 } };
  expect(mergeMetadata(start, end)).toEqual({ openai: { itemId: "rs_1", reasoningEncryptedContent: "enc" }, other: { a: 1 } });
  expect(mergeMetadata(undefined, end)).toBe(end);
  expect(mergeMetadata(start, undefined)).toBe(start);
});

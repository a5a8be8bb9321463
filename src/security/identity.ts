// A text to tell the arguments of calls apart by, equal for equal JSON whatever the order of properties.
import { hash } from "node:crypto";
import { canonicalJson } from "../core/index.ts";

/** Short arguments are told apart as they are: a digest costs more than everything else about them. */
const SHORT = 1_000;
/** The rules and the history of one call ask for the same text. */
const known = new WeakMap<object, string>();

/** Equal for equal arguments, for comparison in memory only; `input` must not change afterwards. */
export function identityOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return identity(input);
  const before = known.get(input);
  if (before !== undefined) return before;
  const fresh = identity(input);
  known.set(input, fresh);
  return fresh;
}

function identity(input: unknown): string {
  try {
    const text = canonicalJson(input);
    return text.length <= SHORT ? text : hash("sha256", text);
  } catch {
    return "unserialisable"; // Nested too deeply: such values all count as the same.
  }
}

// Short forms of the arguments of a call, equal for equal JSON whatever the order of properties: a digest that tells nothing of them, and a text to compare by.
import { hash } from "node:crypto";

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
  const text = canonical(input);
  return text.length <= SHORT ? text : hash("sha256", text);
}

/** SHA-256 in hex. Values nested past what can be serialised all get one digest of their own. */
export function digestOf(input: unknown): string {
  return hash("sha256", canonical(input));
}

function canonical(input: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(input, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
    return text ?? "undefined";
  } catch {
    return "unserialisable";
  }
}

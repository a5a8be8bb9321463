// A short name for the arguments of a call that tells nothing of them: equal for equal JSON, whatever the order of properties.
import { hash } from "node:crypto";

/** The rules and the history of one call ask for the same digest. */
const known = new WeakMap<object, string>();

/** SHA-256 in hex; `input` must not change afterwards. Values nested past what can be serialised all get one digest of their own. */
export function digestOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return digest(input);
  const before = known.get(input);
  if (before !== undefined) return before;
  const fresh = digest(input);
  known.set(input, fresh);
  return fresh;
}

function digest(input: unknown): string {
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

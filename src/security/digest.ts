// A short name for the arguments of a call that tells nothing of them: equal for equal JSON, whatever the order of properties.
import { createHash } from "node:crypto";

/** SHA-256 in hex. Values nested past what can be serialised all get one digest of their own. */
export function digestOf(input: unknown): string {
  return createHash("sha256").update(canonical(input)).digest("hex");
}

function canonical(input: unknown): string {
  try {
    const text: string | undefined = JSON.stringify(input, (_key, value: unknown) =>
      typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
    );
    return text ?? "undefined";
  } catch {
    return "unserialisable";
  }
}

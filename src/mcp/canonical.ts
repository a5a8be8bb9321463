// One text for one JSON value, whatever the order of its keys: for fingerprints, cache keys and digests.
import { createHmac, hash } from "node:crypto";

/** JSON with sorted keys; `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
}

/** Lower-case hex SHA-256. */
export const sha256 = (text: string): string => hash("sha256", text);
/** A digest that cannot be guessed back without the key. */
export const keyedDigest = (key: string, text: string): string => createHmac("sha256", key).update(text).digest("hex");

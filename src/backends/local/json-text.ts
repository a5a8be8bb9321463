// JSON that a model writes token by token.
import { isRecord, type Json } from "../../core/index.ts";

export type JsonObject = { readonly [key: string]: Json };

/** The object, or null where the text is none (yet). */
export function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as JsonObject) : null;
  } catch {
    return null; // Not finished, or cut off: both are "no object".
  }
}

/** True once the text is a whole object; cheap for every other ending than a brace. */
export function isCompleteObject(text: string): boolean {
  return text.trimEnd().endsWith("}") && parseObject(text) !== null;
}

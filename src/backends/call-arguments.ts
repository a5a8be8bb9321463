// The arguments of a tool call as a model wrote them.
import type { Json } from "../core/index.ts";

/** Far more than any tool takes, and few enough for everything that walks through them. */
const MOST_LEVELS = 1_000;

/** Nothing written counts as no arguments; what is no JSON, or nested without end, is kept as it stands. */
export function parseArguments(text: string): { readonly input: Json } | { readonly malformed: string } {
  if (text.trim() === "") return { input: {} };
  try {
    const input = JSON.parse(text) as Json;
    return isTooDeep(input) ? { malformed: text } : { input };
  } catch {
    return { malformed: text };
  }
}

function isTooDeep(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= MOST_LEVELS; depth += 1) {
    level = level.flatMap((node) => (typeof node === "object" && node !== null ? Object.values(node) : []));
    if (level.length === 0) return false;
  }
  return true;
}

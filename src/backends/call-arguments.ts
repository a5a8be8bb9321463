// The arguments of a tool call as a model wrote them.
import type { Json } from "../core/index.ts";

/** Nothing written counts as no arguments; what is no JSON is kept as it stands. */
export function parseArguments(text: string): { readonly input: Json } | { readonly malformed: string } {
  if (text.trim() === "") return { input: {} };
  try {
    return { input: JSON.parse(text) as Json };
  } catch {
    return { malformed: text };
  }
}

// Models write `null` for arguments they leave out; a schema that does not know null means the same by leaving the member away.
import { isRecord, type Json } from "../core/index.ts";
import type { JsonSchema } from "./contract.ts";

/** The arguments without those members that are null and not required. */
export function withoutOptionalNulls(input: Readonly<Record<string, unknown>>, schema: JsonSchema): { readonly [key: string]: Json } {
  const required: readonly unknown[] = isRecord(schema) && Array.isArray(schema["required"]) ? schema["required"] : [];
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => value !== null || required.includes(name))) as {
    readonly [key: string]: Json;
  };
}

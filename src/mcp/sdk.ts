// Loads the protocol library on first use, so that a run without MCP servers never pays for it.
import type * as Library from "@modelcontextprotocol/client";

type Sdk = typeof Library;
let loading: Promise<Sdk> | null = null;

export function loadSdk(): Promise<Sdk> {
  return (loading ??= import("@modelcontextprotocol/client"));
}

/** Accepts every result as it is: what a server sends is looked at field by field where it is used. */
export const ANY_RESULT = {
  "~standard": { version: 1 as const, vendor: "massgen", validate: (value: unknown) => ({ value }) },
};

/** Output schemas are a server's promise to itself; a broken one must not block a call. */
export const LENIENT_VALIDATOR: NonNullable<Library.ClientOptions["jsonSchemaValidator"]> = {
  getValidator<T>(): Library.JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as T, errorMessage: undefined });
  },
};

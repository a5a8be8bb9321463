// Function tools this program answers itself inside a model step: built-in abilities a provider cannot mix with functions, and waiting for servers.
import type { Json, Usage } from "../core/index.ts";
import type { JsonSchema } from "../mcp/contract.ts";

export type OwnResult = {
  /** What the model is told. */
  readonly output: Json;
  readonly isError?: boolean;
  /** Tokens of a nested model call; counted into the step. */
  readonly usage?: Usage;
  readonly sources?: readonly { readonly url: string; readonly title?: string }[];
};

export type OwnTool = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** Never rejects: trouble is told to the model in `output`. */
  run(input: Json, signal: AbortSignal): Promise<OwnResult>;
};

/** The name of the tool that is offered while servers are still connecting. */
export const WAIT_FOR_TOOLS = "wait_for_tools";

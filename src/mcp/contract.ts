// What the rest of the program knows of the MCP layer: tools offered to an agent, and calls that always come back as values.
import type { AgentId, CallId, TurnId } from "../core/index.ts";
import type { Content, Effect, Json, RunEvent } from "../core/index.ts";

/** JSON Schema as a server wrote it; never changed, arguments are validated against it. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

export type OfferedTool = {
  /** Unique, provider-safe, at most 64 characters; never parsed back. */
  readonly name: string;
  readonly server: string;
  /** The server's own name of the tool. */
  readonly tool: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly effect: Effect;
  /** The server's `readOnlyHint`/`idempotentHint`, where it gave them. */
  readonly readOnly: boolean;
  readonly idempotent: boolean;
};

export type ToolFailureCode =
  | "denied" | "invalid-input" | "unknown-tool" | "timeout" | "breaker-open" | "server-gone" | "server-error" | "tool-error"
  | "outcome-unknown" | "cancelled" | "budget";

/** Never thrown: a tool call's failure is a value the model is told. */
export type ToolOutcome =
  | { readonly ok: true; readonly content: readonly Content[]; readonly cached?: true }
  | { readonly ok: false; readonly code: ToolFailureCode; readonly message: string; readonly retryable: boolean; readonly content?: readonly Content[] };

export type ToolCallRequest = {
  readonly turn: TurnId;
  readonly step: number;
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input: Json;
  /** Aborts the call: the server gets a cancellation notice, the outcome is `cancelled` (read-only) or `outcome-unknown`. */
  readonly signal: AbortSignal;
};

/** One agent's view of the tools of the run. */
export type AgentTools = {
  /** The tools that can be called now; grows while servers connect, shrinks when one dies. Cheap, synchronous. */
  list(): readonly OfferedTool[];
  /** Servers of this agent that are still connecting. */
  pending(): readonly string[];
  /** Resolves when no server of this agent is connecting any more, at the latest after `graceMs`, or when the signal aborts. Never rejects. */
  settled(graceMs: number, signal: AbortSignal): Promise<void>;
  /** Records `tool-call`, `tool-verdict`, `tool-progress` and `tool-result`; times out by itself; never rejects. */
  call(request: ToolCallRequest): Promise<ToolOutcome>;
};

export type ToolBroker = {
  forAgent(agent: AgentId): AgentTools;
  /** Ends every server process and connection of the run; idempotent. */
  close(): Promise<void>;
};

/** Where the MCP layer reports facts. A resolved promise means the fact is in the log (and synced where it must be). */
export type Recorder = (event: RunEvent) => Promise<void>;

/** A run without any MCP server. */
export const NO_TOOLS: AgentTools = {
  list: () => [],
  pending: () => [],
  settled: async () => {},
  call: async ({ name }) => ({ ok: false, code: "unknown-tool", message: `There is no tool named ${name}.`, retryable: false }),
};

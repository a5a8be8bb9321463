// What the rest of the program knows of the MCP layer: tools offered to an agent, and calls that always come back as values.
import type { AgentId, CallId, TurnId } from "../core/index.ts";
import type { Content, Effect, Form, FormAnswer, FormValues, Json, RunEvent, Usage } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import type { Io } from "../io/io.ts";

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
  | "denied"
  | "invalid-input"
  | "unknown-tool"
  | "timeout"
  | "breaker-open"
  | "server-gone"
  | "server-error"
  | "tool-error"
  | "outcome-unknown"
  | "cancelled"
  | "budget";

/** Never thrown: a tool call's failure is a value the model is told. */
export type ToolOutcome =
  | { readonly ok: true; readonly content: readonly Content[]; readonly cached?: true }
  | {
      readonly ok: false;
      readonly code: ToolFailureCode;
      readonly message: string;
      readonly retryable: boolean;
      readonly content?: readonly Content[];
    };

/** What a server wants to know of a model; texts only. */
export type SamplingQuestion = {
  readonly system: string | null;
  readonly messages: readonly { readonly role: "user" | "assistant"; readonly text: string }[];
  readonly maxTokens: number | null;
};
/** What an answer cost, whatever became of it. */
export type Spent = {
  readonly requests: number;
  readonly usage: Usage | null;
  /** US dollars; null = unknown. */ readonly costUsd: number | null;
};
export type SamplingAnswer = ({ readonly text: string; readonly model: string | null } | { readonly refused: string }) & {
  readonly spent?: Spent;
};

export type ToolCallRequest = {
  readonly turn: TurnId;
  readonly step: number;
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input: Json;
  /** Lets the agent's model answer a question the server asks during this call, within the budget; absent = it is refused. Never rejects. */
  readonly sample?: (question: SamplingQuestion, signal: AbortSignal) => Promise<SamplingAnswer>;
  /** Aborts the call: the server gets a cancellation notice, the outcome is `cancelled` (read-only) or `outcome-unknown`. */
  readonly signal: AbortSignal;
  /** Several agents work on the question: where only the winner may change something, the call is recorded instead of sent. */
  readonly deliberating?: true;
};

/** A call that was recorded instead of sent. */
export type RecordedCall = Pick<ToolCallRequest, "turn" | "call" | "input" | "signal"> & { readonly server: string; readonly tool: string };

/** One agent's view of the tools of the run. */
export type AgentTools = {
  /** The tools that can be called now; grows while servers connect, shrinks when one dies. Cheap, synchronous. */
  list(): readonly OfferedTool[];
  /** Tools that can be called but are not in `list`, because the model should not carry so many: `search_tools` finds them. Absent = none. */
  hidden?(): readonly OfferedTool[];
  /** Servers of this agent that are still connecting. */
  pending(): readonly string[];
  /** Why servers offer nothing now, one sentence each, for a model: starting, off until when, or not there. Absent = none is missing. */
  missing?(): readonly string[];
  /** Resolves when no server of this agent is connecting any more, at the latest after `graceMs`, or when the signal aborts. Never rejects. */
  settled(graceMs: number, signal: AbortSignal): Promise<void>;
  /** Records `tool-call`, `tool-verdict`, `tool-progress` and `tool-result`; times out by itself; never rejects. */
  call(request: ToolCallRequest): Promise<ToolOutcome>;
  /**
   * Makes a recorded call: judges it again, asks a person where that is needed, records `intent-started` before it is sent and
   * `intent-executed`; times out by itself; never rejects. Absent = no call was ever recorded.
   */
  carryOut?(call: RecordedCall): Promise<ToolOutcome>;
};

export type ToolBroker = {
  forAgent(agent: AgentId): AgentTools;
  /** Tools an earlier process of the run had found for the agent: they are in `list` again once their servers are there. */
  foundBefore?(agent: AgentId, names: readonly string[]): void;
  /** Ends every server process and connection of the run; idempotent. */
  close(): Promise<void>;
};

/** Where the MCP layer reports facts. A resolved promise means the fact is in the log (and synced where it must be). */
export type Recorder = (event: RunEvent) => Promise<void>;

/** What a rule says; `rule` names it for people and the audit. */
export type PolicyVerdict = { readonly verdict: "allow" | "ask" | "deny"; readonly rule: string; readonly reason: string };
/** The verdict where no policy is asked. */
export const ALLOWED_BY_DEFAULT: PolicyVerdict = { verdict: "allow", rule: "default", reason: "no rule speaks against it" };
export type CallQuestion = {
  readonly agent: AgentId;
  readonly server: string;
  readonly tool: string;
  readonly effect: Effect;
  readonly input: Json;
};

/** A form of a server for a person: what they sent before, `filled`, and why that could not be taken. */
export type FormQuestion = {
  readonly agent: AgentId;
  readonly turn: TurnId;
  readonly call: CallId;
  readonly server: string;
  readonly form: Form;
  readonly filled: FormValues;
  readonly problem: string | null;
};

/** A tool as its server defined it, reduced to what is used. `kind` is "tool" for the server's own; others stand for its resources and prompts. */
export type CheckedTool = {
  readonly kind: string;
  readonly name: string;
  readonly title: string | null;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema | null;
  readonly readOnly: boolean;
  readonly idempotent: boolean;
  /** Null where the server does not say. */
  readonly destructive: boolean | null;
};

export type DefinitionDifference = {
  readonly server: string;
  readonly tool: string;
  /** The agent whose process says something else; null where agents share it. */
  readonly agent: AgentId | null;
  /** Line by line. */
  readonly diff: readonly string[];
};

/** The security layer as the broker sees it. Whatever throws or rejects here counts as "deny". */
export type BrokerPolicy = {
  /** Before anything of a server is started. */
  checkServer?(server: McpServerConfig, agent: AgentId): PolicyVerdict | Promise<PolicyVerdict>;
  /** When a server's tools are read; a reason keeps the tool from every agent. Must not throw. */
  checkTool?(server: McpServerConfig, tool: CheckedTool): string | null;
  /** Nothing is called before the server was asked for its tools on this very connection; what an earlier one or an earlier run saw is not believed. Default false. */
  readonly readsFirst?: boolean;
  /** Told where a process of a server describes a tool otherwise than the run's other processes of it: the tool is kept from its agent. Must not throw. */
  differs?(difference: DefinitionDifference): void;
  /** Before each call, after its arguments were found to fit. */
  checkCall?(question: CallQuestion): PolicyVerdict | Promise<PolicyVerdict>;
  /** Asks a person; absent = nobody can be asked, and "ask" means "deny". */
  ask?(
    question: CallQuestion & { readonly turn: TurnId; readonly call: CallId },
    signal: AbortSignal,
  ): Promise<{ readonly allow: boolean; readonly by: "person" | "policy" }>;
  /**
   * Has a person fill in a form that a server sends in the middle of a call; what comes back is checked, and asked for again where it does not
   * fit. Absent = `ask` is asked whether the form may be sent with what it proposes itself.
   */
  fillIn?(question: FormQuestion, signal: AbortSignal): Promise<FormAnswer>;
  /** Whether somebody can be asked now; absent = whenever there is `ask` or `fillIn`. */
  canAsk?(): boolean;
  /** Bytes of text a model is given of one result. Default 262144. */
  readonly resultBytes?: number;
  /** Keeps the whole text of a larger result, already harmless; resolves with the file, null where it is not kept. Must not reject. */
  keepResult?(result: { readonly server: string; readonly tool: string; readonly text: string }): Promise<string | null>;
  /** The way to a remote server's addresses, checked and pinned; absent = `Io.fetch`. */
  fetchFor?(server: McpServerConfig): Io["fetch"];
};

/** A run without any MCP server. */
export const NO_TOOLS: AgentTools = {
  list: () => [],
  pending: () => [],
  settled: async () => {},
  call: async ({ name }) => ({ ok: false, code: "unknown-tool", message: `There is no tool named ${name}.`, retryable: false }),
};

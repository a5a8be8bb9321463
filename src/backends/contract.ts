// The one contract between a run and whatever thinks: a turn goes in, a stream of parts comes out, and nothing is ever thrown.
import type { AgentId, CallId, EventOf, Failure, FinishReason, Json, Label, Message, RunId, TurnId } from "../core/index.ts";
import type { AgentTools, JsonSchema } from "../mcp/contract.ts";

export type Capabilities = {
  /** What the user writes as `type`. */
  readonly type: string;
  readonly title: string;
  /** Environment variables looked up for a key, in order; empty where none is needed. */
  readonly keyVariables: readonly string[];
  readonly defaultBaseUrl: string | null;
  readonly builtins: readonly ("web_search" | "code_execution" | "files" | "shell")[];
  readonly mcp: boolean;
  readonly thinking: boolean;
  readonly structuredOutput: boolean;
  readonly notes: string;
};

/** A workflow tool (`new_answer`, `vote`) as offered to the model. */
export type WorkflowTool = {
  readonly name: "new_answer" | "vote";
  readonly description: string;
  readonly inputSchema: JsonSchema;
};

/** The vote as data, for models that decide by likelihood instead of by a tool call. */
export type Ballot = {
  readonly question: string;
  readonly candidates: readonly { readonly label: Label; readonly content: string }[];
};

export type TurnRequest = {
  readonly run: RunId;
  readonly agent: AgentId;
  readonly turn: TurnId;
  readonly kind: "first" | "evaluation" | "chat" | "presentation";
  readonly system: string;
  /** The agent's whole conversation, the newest message last. Ends with a user or a tool message. */
  readonly messages: readonly Message[];
  /** Index of the first message that no earlier request of this agent has held. */
  readonly freshFrom: number;
  readonly workflow: readonly WorkflowTool[];
  /** Every label of the run, for backends whose tool schemas are frozen for a session. */
  readonly allLabels: readonly Label[];
  readonly ballot: Ballot | null;
  /** False for presentations and for turns that can only vote: no MCP tools are declared. */
  readonly useTools: boolean;
  /** Most tokens of one reply, below the configuration's own limit; absent = that limit alone. */
  readonly maxTokens?: number;
  /** It answers a question that came up while the agent's own turn waits for a tool call, and is no part of the conversation. */
  readonly beside?: true;
  /** The number of the next step within the turn, from 1 (a resumed turn starts above 1). */
  readonly firstStep: number;
  /** True when the first step must not be dropped for news. */
  readonly letFinish: boolean;
  readonly limits: {
    readonly modelCallTimeoutMs: number;
    readonly toolRounds: number;
    /** How long the first step may wait for servers that were never seen before. */
    readonly toolGraceMs: number;
  };
};

export type DecisionCall = {
  readonly call: CallId;
  readonly providerCall: string;
  readonly name: string;
  readonly input?: Json;
  readonly malformed?: string;
};

/** What became of the decisions of one step. */
export type DecisionReply = {
  /** The turn is over: a decision was accepted, or the attempts are used up. */
  readonly over: boolean;
  readonly accepted: boolean;
  /** One result per decision call, already recorded as `tool-result`. */
  readonly results: readonly { readonly call: CallId; readonly isError: boolean; readonly text: string }[];
  /** Said to the model as a user message where there was no call to answer. */
  readonly nudge: string | null;
};

export type TurnPorts = {
  readonly tools: AgentTools;
  /** Judges the decisions of a finished step; call it with an empty list when a step held neither a decision nor any other tool call. */
  decide(step: number, calls: readonly DecisionCall[]): Promise<DecisionReply>;
  /** Asked before every model request; null = go ahead, else the failure that ends the turn (budget). */
  admit(): Promise<Failure | null>;
  /** Aborts when news arrived: a step that has begun nothing but text, reasoning or a vote is dropped at once; anything else is let finish, then the turn ends as interrupted. */
  readonly news: AbortSignal;
  /** Aborts when the turn must stop now. */
  readonly abort: AbortSignal;
};

type Block = { readonly block: string };
export type TurnPart =
  | (Block & { readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end" })
  | (Block & { readonly type: "text-delta" | "reasoning-delta"; readonly delta: string })
  /** A finished (or, with finish `interrupted`, dropped) model response. Recorded before the generator is resumed. */
  | Omit<EventOf<"model-step">, "agent" | "turn">
  | Omit<EventOf<"retry-scheduled">, "agent" | "turn">
  /** A tool the backend runs by itself (Claude Code's file and shell tools): recorded as `tool-call` / `tool-result` without a server. */
  | {
      readonly type: "own-tool-call";
      readonly step: number;
      readonly call: CallId;
      readonly providerCall: string;
      readonly name: string;
      readonly input: Json;
    }
  | {
      readonly type: "own-tool-result";
      readonly call: CallId;
      readonly providerCall: string;
      readonly name: string;
      readonly isError: boolean;
      readonly text: string;
    }
  | { readonly type: "warning"; readonly code: string; readonly message: string; readonly next?: string }
  /** Always the last part, exactly once. `finished` only for chat and presentation turns, with the last step's text. */
  | {
      readonly type: "turn-finished";
      readonly outcome: "decided" | "interrupted" | "finished" | "failed";
      readonly text?: string;
      readonly finish?: FinishReason;
      readonly failure?: Failure;
    };

export type Backend = {
  readonly capabilities: Capabilities;
  /** True where a turn `beside` another one can be run; absent = one at a time. */
  readonly answersBeside?: true;
  /** Never throws: failures of models, networks and tools are the last part. */
  runTurn(request: TurnRequest, ports: TurnPorts): AsyncIterable<TurnPart>;
  /** Ends processes and models this agent's backend owns; idempotent, never throws. */
  close(): Promise<void>;
};

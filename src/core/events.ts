// The vocabulary of a run: every fact that can stand in its log. Plain JSON, past tense, no behaviour.
// A reader ignores types it does not know and refuses a higher major schema version (docs/contracts.md §1).
import type { Form, FormAction, FormAnswer, FormValues } from "./forms.ts";
import type { AgentId, AnswerId, CallId, Label, RunId, TurnId } from "./ids.ts";
import type { AssistantPart, Content, HistoryMessage, Json, ProviderMetadata } from "./message.ts";
import type { CoordinationSettings } from "./settings.ts";

/** Major version of the log's schema. */
export const LOG_SCHEMA_VERSION = 1;

/** What the log adds to every event. */
export type EntryHeader = {
  readonly v: number;
  /** Dense, from 1. */
  readonly seq: number;
  /** Milliseconds since the epoch, from the injected clock; for people, never for decisions. */
  readonly at: number;
  /** Milliseconds during which a process held the run; all deadlines count in it. */
  readonly activeMs: number;
  readonly run: RunId;
};
export type Entry = EntryHeader & RunEvent;

export type RunAgent = {
  readonly id: AgentId;
  readonly label: Label;
  readonly backend: string;
  readonly model: string | null;
  /** The agent's whole system prompt, the same in every request of the run. */
  readonly system: string;
  /** False for models that only demonstrate the machinery: their stored answer is the result. */
  readonly presents: boolean;
};

export type Usage = {
  readonly inputTokens: number | null;
  readonly cachedTokens: number | null;
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
};

export type FinishReason =
  | "stop"
  | "tool-calls"
  | "length"
  | "content-filter"
  | "refusal"
  | "malformed-call"
  /** The response failed or is asked for again; no part of the conversation. */
  | "error"
  | "other"
  /** Dropped whole because news arrived or the run was decided; no part of the conversation. */
  | "interrupted";

/** Why something failed, in one of the categories that rules and recovery tables look at. */
export type FailureCategory =
  | "authentication"
  | "configuration"
  | "quota"
  | "rate-limit"
  | "overloaded"
  | "network"
  | "timeout"
  | "bad-request"
  | "refused"
  | "protocol"
  | "budget"
  | "interrupted"
  | "internal";
export type Failure = {
  readonly category: FailureCategory;
  /** A code of the registry in `src/errors`, `E_…`. */
  readonly code: string;
  readonly message: string;
  /** What the user can do next. */
  readonly next?: string;
};

export type TurnKind = "first" | "evaluation" | "chat";
export type DecisionFault = "none" | "several" | "unknown-label" | "duplicate" | "malformed" | "empty" | "not-offered";
export type Cause = "votes" | "unanimous" | "single" | "tie" | "timeout" | "answer-now" | "budget";
export type Effect = "read-only" | "unknown" | "destructive";
export type DeadlineName = "first-answers" | "orchestrator";
export type Command =
  | { readonly name: "answer-now" }
  | { readonly name: "cancel" }
  | { readonly name: "pause" }
  | { readonly name: "resume" }
  | { readonly name: "permission"; readonly call: CallId; readonly allow: boolean; readonly remember: "once" | "run" | "always" }
  | ({ readonly name: "form"; readonly call: CallId } & FormAnswer);

type InTurn = { readonly agent: AgentId; readonly turn: TurnId };
type InBlock = InTurn & { readonly block: string };
type InCall = InTurn & { readonly call: CallId };

export type RunEvent =
  | {
      readonly type: "run-start";
      readonly question: string;
      readonly history: readonly HistoryMessage[];
      readonly agents: readonly RunAgent[];
      readonly settings: CoordinationSettings;
      readonly program: string;
    }
  /**
   * A process took the run up again; turns that were open have been closed. A run that the time or the budget had ended goes on from
   * before that decision; `orchestratorTimeoutMs` is its new limit, in milliseconds of active run time.
   */
  | { readonly type: "run-resumed"; readonly program: string; readonly orchestratorTimeoutMs?: number }
  | { readonly type: "run-end"; readonly result: RunOutcome }
  // ---- turns
  | (InTurn & {
      readonly type: "turn-start";
      readonly kind: TurnKind;
      readonly shown: readonly AnswerId[];
      readonly mayAnswer: boolean;
      readonly mayVote: readonly Label[];
      readonly prompt: string;
    })
  | (InTurn & { readonly type: "turn-end"; readonly outcome: "done" | "interrupted" | "failed"; readonly failure?: Failure })
  | (InTurn & { readonly type: "answer-submitted"; readonly answer: AnswerId; readonly content: string; readonly late: boolean })
  | (InTurn & { readonly type: "vote-submitted"; readonly for: AnswerId; readonly reason: string; readonly shown: readonly AnswerId[] })
  | (InTurn & {
      readonly type: "decision-invalid";
      readonly fault: DecisionFault;
      readonly attempt: number;
      readonly message: string;
      /** Appended to the conversation as a user message when there was no call to answer. */ readonly nudge?: string;
    })
  | { readonly type: "deadline-reached"; readonly deadline: DeadlineName }
  // ---- presentation; its steps use the turn id it names
  | (InTurn & { readonly type: "presentation-start"; readonly prompt: string })
  | (InTurn & {
      readonly type: "presentation-end";
      readonly outcome: "done" | "failed" | "interrupted";
      readonly text: string;
      readonly failure?: Failure;
    })
  // ---- streaming
  | (InBlock & { readonly type: "text-start" | "text-end" | "reasoning-start" | "reasoning-end" })
  | (InBlock & { readonly type: "text-delta" | "reasoning-delta"; readonly delta: string })
  | (InTurn & {
      readonly type: "model-step";
      readonly step: number;
      readonly parts: readonly AssistantPart[];
      readonly finish: FinishReason;
      readonly usage: Usage;
      readonly costUsd: number | null;
      readonly model: string | null;
      readonly metadata?: ProviderMetadata;
      /** Estimated output tokens not paid for because the step was aborted. */
      readonly savedTokens?: number;
    })
  | (InTurn & { readonly type: "retry-scheduled"; readonly attempt: number; readonly delayMs: number; readonly failure: Failure })
  // ---- tools
  | (InCall & {
      readonly type: "tool-call";
      readonly step: number;
      readonly providerCall: string;
      readonly name: string;
      readonly server: string | null;
      readonly tool: string;
      readonly input: Json;
      readonly effect: Effect;
      /** Left to the winner: nothing of it is sent, it is only recorded. */
      readonly recorded?: true;
    })
  | (InCall & { readonly type: "tool-verdict"; readonly verdict: "allow" | "ask" | "deny"; readonly rule: string; readonly reason: string })
  | (InCall & { readonly type: "tool-progress"; readonly progress: number; readonly total: number | null; readonly message: string | null })
  | (InCall & {
      readonly type: "tool-result";
      readonly providerCall: string;
      readonly name: string;
      readonly isError: boolean;
      readonly code: string | null;
      readonly content: readonly Content[];
      readonly durationMs: number;
      readonly cached?: true;
      readonly unused?: true;
      /** Tools that are declared to the agent from its next step on, because this search found them. */
      readonly found?: readonly string[];
      /** What answers of the agent's model cost that the server asked for during the call. */
      readonly sampled?: { readonly requests: number; readonly usage: Usage | null; readonly costUsd: number | null };
    })
  | (InCall & { readonly type: "permission-asked"; readonly server: string; readonly tool: string; readonly input: Json })
  | (InCall & { readonly type: "permission-answered"; readonly allow: boolean; readonly by: "person" | "policy" })
  /** A server asks a person to fill in a form. `problem`: why what they sent before, `filled`, could not be taken. */
  | (InCall & {
      readonly type: "form-asked";
      readonly server: string;
      readonly form: Form;
      readonly filled: FormValues;
      readonly problem: string | null;
    })
  | (InCall & { readonly type: "form-answered"; readonly action: FormAction })
  | (InCall & {
      readonly type: "intent-recorded";
      readonly server: string;
      readonly tool: string;
      readonly name: string;
      readonly input: Json;
    })
  /** The call is about to be sent: whatever happens now, it is never begun again. */
  | { readonly type: "intent-started"; readonly call: CallId }
  | {
      readonly type: "intent-executed";
      readonly call: CallId;
      readonly isError: boolean;
      /** Why it failed, as in `tool-result`; `outcome-unknown` where it may have been carried out. */
      readonly code?: string;
      readonly content: readonly Content[];
      readonly durationMs?: number;
    }
  // ---- surroundings
  | {
      readonly type: "mcp-server-state";
      readonly server: string;
      readonly agent: AgentId | null;
      readonly state: "connecting" | "ready" | "failed" | "closed" | "reconnecting";
      readonly tools?: number;
      readonly message?: string;
      readonly next?: string;
    }
  | { readonly type: "breaker-state"; readonly scope: string; readonly state: "closed" | "open" | "half-open"; readonly until?: number }
  | {
      readonly type: "catalog-changed";
      readonly server: string;
      readonly added: readonly string[];
      readonly removed: readonly string[];
      readonly changed: readonly string[];
    }
  | { readonly type: "command-received"; readonly command: Command }
  | {
      readonly type: "budget-state";
      readonly agent: AgentId | null;
      readonly used: { readonly [limit: string]: number };
      readonly percent: number;
      readonly exhausted: boolean;
    }
  /** `path` is relative to the run's folder where it lies in it. `final`: the files of the chosen answer, kept for the person who asked. */
  | { readonly type: "snapshot-saved"; readonly agent: AgentId; readonly answer: AnswerId; readonly path: string; readonly final?: true }
  /** What the chosen answer changed in its copy of a folder was carried over to the folder; names are relative to it. */
  | {
      readonly type: "changes-applied";
      readonly answer: AnswerId;
      readonly path: string;
      readonly written: number;
      /** Left as they are, because somebody else had changed them meanwhile. */
      readonly conflicts: readonly string[];
      /** Removed in the copy, left in the folder. */
      readonly kept: readonly string[];
    }
  | { readonly type: "warning"; readonly code: string; readonly message: string; readonly agent?: AgentId; readonly next?: string };

/** How a run ended, as a fact of the log; `RunResult` (runtime) adds statistics to it. */
export type RunOutcome = {
  readonly outcome: "answered" | "no-answer" | "interrupted";
  readonly answer: string | null;
  readonly source: "presentation" | "stored" | null;
  readonly winner: { readonly id: AgentId; readonly label: Label; readonly answer: AnswerId } | null;
  readonly cause: Cause | null;
  /** Why the run is degraded, one line each; empty where nothing went wrong. */
  readonly degraded: readonly string[];
};

/** Streaming events that are merged before they are stored and shown at once to live followers. */
export type DeltaEvent = Extract<RunEvent, { type: "text-delta" | "reasoning-delta" }>;
/** The event of one type, also where several types share a member of the union. */
export type EventOf<Type extends RunEvent["type"], Member = RunEvent> = Member extends { readonly type: infer Own }
  ? Type extends Own
    ? Own extends Type
      ? Member
      : Omit<Member, "type"> & { readonly type: Type }
    : never
  : never;

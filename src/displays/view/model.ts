// What the views show of a run: a plain data structure, made from the log by `fold` and read by everything that draws.
import type { AgentId, AnswerId, CallId, Form, FormValues, Json } from "../../core/index.ts";
import type { RunResult } from "../../runtime/result.ts";
import type { ToolView } from "./tool-view.ts";
import { emptyTranscript, type Transcript } from "./transcript.ts";

export type AgentStatus =
  | "waiting"
  | "working"
  | "thinking"
  | "writing"
  | "tool"
  | "asking"
  | "retrying"
  | "answered"
  | "voted"
  | "abstained"
  | "presenting"
  | "done"
  | "out";

export type AnswerView = { readonly id: AnswerId; readonly content: string; readonly late: boolean };

export type AgentView = {
  readonly id: AgentId;
  readonly index: number;
  readonly backend: string;
  readonly model: string | null;
  readonly transcript: Transcript;
  status: AgentStatus;
  /** What the status line adds: the tool's name, why it is out … */
  detail: string;
  runningTools: number;
  answers: AnswerView[];
  /** A standing vote; shown to people only once voting is closed. */
  vote: { readonly for: AnswerId; readonly reason: string } | null;
  tokensIn: number;
  tokensOut: number;
  /** Null while no step had a known price. */
  costUsd: number | null;
  steps: number;
  restarts: number;
  /** True while it compares answers: a failure is then an abstention. */
  evaluating: boolean;
};

export type ServerView = {
  readonly name: string;
  state: "connecting" | "ready" | "failed" | "closed" | "reconnecting";
  /** When this state began, in milliseconds since the epoch. */
  since: number;
  tools: number | null;
  message: string;
  breaker: "closed" | "open" | "half-open";
};
export type EventView = {
  /** Milliseconds of active run time. */
  readonly at: number;
  readonly agent: AgentId | null;
  readonly tone: "note" | "good" | "bad";
  readonly text: string;
};
export type PermissionView = {
  /** The number of its entry in the log: one call can ask several times. */
  readonly id: number;
  readonly call: CallId;
  readonly agent: AgentId;
  readonly server: string;
  readonly tool: string;
  readonly input: Json;
};
/** A form that a server asks a person to fill in; `filled` and `problem`: what they sent before, and why it could not be taken. */
export type FormView = {
  readonly id: number;
  readonly call: CallId;
  readonly agent: AgentId;
  readonly server: string;
  readonly form: Form;
  readonly filled: FormValues;
  readonly problem: string | null;
};
export type Phase = "starting" | "answering" | "voting" | "presenting" | "done";

export type RunView = {
  question: string;
  phase: Phase;
  /** Milliseconds since the epoch: when the run would have begun, had it been worked on without a pause; null before the first entry. */
  startedAt: number | null;
  /** Milliseconds since the epoch of the newest entry; null before the first. */
  lastAt: number | null;
  readonly agents: Map<AgentId, AgentView>;
  readonly servers: Map<string, ServerView>;
  tools: ToolView[];
  events: EventView[];
  droppedEvents: number;
  permissions: PermissionView[];
  forms: FormView[];
  /** True once ballots may be shown. */
  votingClosed: boolean;
  presentation: { readonly agent: AgentId; text: string } | null;
  budget: { readonly percent: number; readonly exhausted: boolean } | null;
  paused: boolean;
  warnings: number;
  result: RunResult | null;
};

export const emptyView = (): RunView => ({
  question: "",
  phase: "starting",
  startedAt: null,
  lastAt: null,
  agents: new Map(),
  servers: new Map(),
  tools: [],
  events: [],
  droppedEvents: 0,
  permissions: [],
  forms: [],
  votingClosed: false,
  presentation: null,
  budget: null,
  paused: false,
  warnings: 0,
  result: null,
});

export function newAgent(id: AgentId, index: number, known: { readonly backend: string; readonly model: string | null }): AgentView {
  return {
    id,
    index,
    backend: known.backend,
    model: known.model,
    transcript: emptyTranscript(),
    status: "waiting",
    detail: "",
    runningTools: 0,
    answers: [],
    vote: null,
    tokensIn: 0,
    tokensOut: 0,
    costUsd: null,
    steps: 0,
    restarts: 0,
    evaluating: false,
  };
}

/** An agent by its id. Logs cut at the front may name agents that no `run-start` introduced: they are added. */
export function agentOf(view: RunView, id: AgentId): AgentView {
  const known = view.agents.get(id);
  if (known !== undefined) return known;
  const added = newAgent(id, view.agents.size, { backend: "", model: null });
  view.agents.set(id, added);
  return added;
}

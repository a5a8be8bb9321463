// Which fields each event has and what they hold: the door for lines read from a file, and the list of what redaction may change.
import type { EventOf, RunEvent } from "../core/index.ts";

/**
 * `id` names something or is a word of a fixed list: never redacted, because coordination compares it.
 * `text` is free text, `tree` any JSON; the others are objects or lists of objects with fixed fields among free ones.
 * A question mark: the field may be missing or null.
 */
export type FieldKind = BaseKind | `${BaseKind}?`;
export type BaseKind =
  | "id"
  | "ids"
  | "count"
  | "flag"
  | "fixed"
  | "command"
  | "text"
  | "texts"
  | "tree"
  | "history"
  | "agents"
  | "parts"
  | "contents"
  | "outcome"
  | "failure"
  | "metadata";

type Fields = Readonly<Record<string, FieldKind>>;
/** Every field an event has; one that is forgotten here breaks the build. */
type FieldsOf<Type extends RunEvent["type"]> = { readonly [Name in Exclude<keyof EventOf<Type>, "type">]-?: FieldKind };

const turn = { agent: "id", turn: "id" } as const;
const block = { ...turn, block: "id" } as const;
const call = { ...turn, call: "id" } as const;

export const FIELDS: { readonly [Type in RunEvent["type"]]: FieldsOf<Type> } = {
  "run-start": { question: "text", history: "history", agents: "agents", settings: "fixed", program: "text" },
  "run-resumed": { program: "text", orchestratorTimeoutMs: "count?" },
  "run-end": { result: "outcome" },
  "turn-start": { ...turn, kind: "id", shown: "ids", mayAnswer: "flag", mayVote: "ids", prompt: "text" },
  "turn-end": { ...turn, outcome: "id", failure: "failure?" },
  "answer-submitted": { ...turn, answer: "id", content: "text", late: "flag" },
  "vote-submitted": { ...turn, for: "id", reason: "text", shown: "ids" },
  "decision-invalid": { ...turn, fault: "id", attempt: "count", message: "text", nudge: "text?" },
  "deadline-reached": { deadline: "id" },
  "presentation-start": { ...turn, prompt: "text" },
  "presentation-end": { ...turn, outcome: "id", text: "text", failure: "failure?" },
  "text-start": block,
  "text-end": block,
  "reasoning-start": block,
  "reasoning-end": block,
  "text-delta": { ...block, delta: "text" },
  "reasoning-delta": { ...block, delta: "text" },
  "model-step": {
    ...turn,
    step: "count",
    parts: "parts",
    finish: "id",
    usage: "fixed",
    costUsd: "count?",
    model: "text?",
    metadata: "metadata?",
    savedTokens: "count?",
  },
  "retry-scheduled": { ...turn, attempt: "count", delayMs: "count", failure: "failure" },
  "tool-call": {
    ...call,
    step: "count",
    providerCall: "text",
    name: "text",
    server: "text?",
    tool: "text",
    input: "tree",
    effect: "id",
    recorded: "flag?",
  },
  "tool-verdict": { ...call, verdict: "id", rule: "text", reason: "text" },
  "tool-progress": { ...call, progress: "count", total: "count?", message: "text?" },
  "tool-result": {
    ...call,
    providerCall: "text",
    name: "text",
    isError: "flag",
    code: "id?",
    content: "contents",
    durationMs: "count",
    cached: "flag?",
    unused: "flag?",
    found: "texts?",
    sampled: "fixed?",
  },
  "permission-asked": { ...call, server: "text", tool: "text", input: "tree" },
  "permission-answered": { ...call, allow: "flag", by: "id" },
  "form-asked": { ...call, server: "text", form: "tree", filled: "tree", problem: "text?" },
  "form-answered": { ...call, action: "id" },
  "intent-recorded": { ...call, server: "text", tool: "text", name: "text", input: "tree" },
  "intent-started": { call: "id" },
  "intent-executed": { call: "id", isError: "flag", code: "id?", content: "contents", durationMs: "count?" },
  "mcp-server-state": { server: "text", agent: "id?", state: "id", tools: "count?", message: "text?", next: "text?" },
  "breaker-state": { scope: "text", state: "id", until: "count?" },
  "catalog-changed": { server: "text", added: "texts", removed: "texts", changed: "texts" },
  "command-received": { command: "command" },
  "budget-state": { agent: "id?", used: "fixed", percent: "count", exhausted: "flag" },
  "snapshot-saved": { agent: "id", answer: "id", path: "text", final: "flag?" },
  "changes-applied": { answer: "id", path: "text", written: "count", conflicts: "texts", kept: "texts" },
  warning: { code: "id", message: "text", agent: "id?", next: "text?" },
};

export function fieldsOf(type: string): Fields | null {
  return Object.hasOwn(FIELDS, type) ? FIELDS[type as RunEvent["type"]] : null;
}

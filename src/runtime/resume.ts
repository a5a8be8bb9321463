// What is recorded when a process takes a run up again: results that were there but not noted, that the run goes on, and the end of all that was open.
import {
  agentsOf,
  currentTurn,
  decisionOf,
  evolve,
  initialState,
  nextAnswerId,
  OUTCOME_UNKNOWN,
  presentationState,
  type Entry,
  type EventOf,
  type OpenTurn,
  type RunEvent,
  type State,
  type TurnId,
} from "../core/index.ts";
import { MassgenError, UsageError } from "../errors/index.ts";
import type { AgentSpec } from "./options.ts";
import { faultOfText, textOf } from "./whole-text.ts";

/** Of a chat turn or a presentation only the noting of its end was cut off, where its whole text is in the log: it is not asked for again. */
export function completionEvents(before: State, entries: readonly Entry[]): readonly RunEvent[] {
  const events: RunEvent[] = [];
  for (const { id } of agentsOf(before)) {
    const turn = currentTurn(before, id);
    if (turn?.kind === "chat" && !turn.decided) events.push(...chatCompletion(before, turn, entries));
  }
  const presentation = presentationState(before);
  if (presentation === null || presentation.end !== null) return events;
  const text = wholeText(entries, presentation.turn);
  if (text !== null) events.push({ type: "presentation-end", agent: presentation.agent, turn: presentation.turn, outcome: "done", text });
  return events;
}

function chatCompletion(before: State, { agent, turn }: OpenTurn, entries: readonly Entry[]): readonly RunEvent[] {
  const content = wholeText(entries, turn);
  if (content === null) return [];
  return [
    { type: "answer-submitted", agent, turn, answer: nextAnswerId(before, agent), content, late: false },
    { type: "turn-end", agent, turn, outcome: "done" },
  ];
}

function wholeText(entries: readonly Entry[], turn: TurnId): string | null {
  const step = entries.findLast((entry): entry is Entry & EventOf<"model-step"> => entry.type === "model-step" && entry.turn === turn);
  if (step === undefined || step.parts.some((part) => part.type === "tool-call" && part.providerExecuted !== true)) return null;
  const text = textOf(step.parts);
  return faultOfText(text, step.finish) === null ? text : null;
}

export type Resuming = { readonly program: string; readonly activeMs: number; readonly orchestratorTimeoutMs: number };

/** `run-resumed` closes what was open for the core; the ends behind it tell readers of the log. A run whose time was over gets its time once more. */
export function resumeEvents(before: State, { program, activeMs, orchestratorTimeoutMs }: Resuming): readonly RunEvent[] {
  const ends: RunEvent[] = [];
  for (const { id } of agentsOf(before)) {
    const turn = currentTurn(before, id);
    if (turn !== null) ends.push({ type: "turn-end", agent: id, turn: turn.turn, outcome: "interrupted" });
  }
  const presentation = presentationState(before);
  if (presentation !== null && presentation.end === null) {
    ends.push({ type: "presentation-end", agent: presentation.agent, turn: presentation.turn, outcome: "interrupted", text: "" });
  }
  for (const { call, started, result } of before.intents) {
    if (!started || result !== null) continue;
    const content = [{ type: "text", text: OUTCOME_UNKNOWN }] as const;
    ends.push({ type: "intent-executed", call, isError: true, code: "outcome-unknown", content });
  }
  const limitMs = before.run?.settings.orchestratorTimeoutMs ?? Number.POSITIVE_INFINITY;
  const more = before.ended?.cause === "timeout" || (decisionOf(before) === null && activeMs >= limitMs);
  return [{ type: "run-resumed", program, ...(more ? { orchestratorTimeoutMs: activeMs + orchestratorTimeoutMs } : {}) }, ...ends];
}

/** Throws where the log cannot be resumed with these agents. */
export function checkResumable(entries: readonly Entry[], agents: readonly AgentSpec[]): void {
  const [first] = entries;
  if (first?.type !== "run-start") throw new MassgenError("E_LOG_CORRUPT", "The run's log does not begin with its start.");
  const known = new Set(agents.map(({ id }) => id));
  const missing = agentsOf(evolve(initialState, first)).filter(({ id }) => !known.has(id));
  if (missing.length === 0) return;
  throw new UsageError(
    "E_USAGE",
    `The run cannot go on without its agents: ${missing.map(({ id }) => id).join(", ")} missing in the configuration.`,
  );
}

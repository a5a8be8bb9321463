// What is recorded when a process takes a run up again: that it does, and the end of everything that was open.
import { agentsOf, currentTurn, evolve, initialState, presentationState, type Entry, type RunEvent, type State } from "../core/index.ts";
import { MassgenError, UsageError } from "../errors/index.ts";
import type { AgentSpec } from "./options.ts";

/** `run-resumed` closes what was open for the core; the ends behind it tell readers of the log. */
export function resumeEvents(before: State, program: string): readonly RunEvent[] {
  const ends: RunEvent[] = [];
  for (const { id } of agentsOf(before)) {
    const turn = currentTurn(before, id);
    if (turn !== null) ends.push({ type: "turn-end", agent: id, turn: turn.turn, outcome: "interrupted" });
  }
  const presentation = presentationState(before);
  if (presentation !== null && presentation.end === null) {
    ends.push({ type: "presentation-end", agent: presentation.agent, turn: presentation.turn, outcome: "interrupted", text: "" });
  }
  return [{ type: "run-resumed", program }, ...ends];
}

/** Throws where the log cannot be resumed with these agents. */
export function checkResumable(entries: readonly Entry[], agents: readonly AgentSpec[]): void {
  const [first] = entries;
  if (first?.type !== "run-start") throw new MassgenError("E_LOG_CORRUPT", "The run's log does not begin with its start.");
  const known = new Set(agents.map(({ id }) => id));
  const missing = agentsOf(evolve(initialState, first)).filter(({ id }) => !known.has(id));
  if (missing.length === 0) return;
  throw new UsageError("E_USAGE", `The run cannot go on without its agents: ${missing.map(({ id }) => id).join(", ")} missing in the configuration.`);
}

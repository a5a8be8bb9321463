// What a client is told of a run while it goes on: one short line for each thing that brings the answer nearer.
import type { Entry } from "../core/index.ts";
import { neutraliseLine } from "../security/index.ts";

const LONGEST = 200;

/** Null = not worth a line. Agents are named, not labelled: their order tells a client nothing. */
export function progressOf(entry: Entry): string | null {
  const words = wordsFor(entry);
  return words === null ? null : neutraliseLine(words, LONGEST);
}

function wordsFor(entry: Entry): string | null {
  switch (entry.type) {
    case "run-start":
      return `${entry.agents.length} agents: ${entry.agents.map(({ id, backend, model }) => `${id} (${model ?? backend})`).join(", ")}`;
    case "answer-submitted":
      return entry.late ? null : `${entry.agent} answered (${entry.answer})`;
    case "vote-submitted":
      return `${entry.agent} voted for ${entry.for}: ${entry.reason}`;
    case "tool-call":
      return entry.server === null ? null : `${entry.agent} calls ${entry.server}/${entry.tool}`;
    case "turn-end":
      return entry.outcome === "failed" ? `${entry.agent} failed: ${entry.failure?.message ?? "no reason given"}` : null;
    case "deadline-reached":
      return entry.deadline === "orchestrator" ? "The time is over: deciding with what is there" : "The time for first answers is over";
    case "presentation-start":
      return `${entry.agent} was chosen and presents the answer`;
    case "permission-asked":
      return `${entry.agent} asks for permission: ${entry.server}/${entry.tool}`;
    case "form-asked":
      return `The server ${entry.server} has a question for you`;
    case "budget-state":
      return entry.exhausted ? "The budget is used up: deciding with what is there" : `${entry.percent} % of the budget is used`;
  }
  return null;
}

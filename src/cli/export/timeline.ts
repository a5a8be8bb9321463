// What happened in a run, one line per fact that a reader cares about; text and tool results stand elsewhere in the export.
import type { Entry } from "../../core/index.ts";
import { shortArguments } from "../../displays/index.ts";

export type Moment = { readonly at: number; readonly who: string; readonly text: string };

/** Milliseconds of active run time, who, and what. */
export function timelineOf(entries: readonly Entry[]): readonly Moment[] {
  return entries.flatMap((entry) => {
    const text = textOf(entry);
    if (text === null) return [];
    return [{ at: entry.activeMs, who: "agent" in entry && typeof entry.agent === "string" ? entry.agent : "", text }];
  });
}

function textOf(entry: Entry): string | null {
  switch (entry.type) {
    case "run-start":
      return `started by ${entry.program}`;
    case "run-resumed":
      return `taken up again by ${entry.program}`;
    case "run-end":
      return `ended: ${entry.result.outcome}`;
    case "turn-start":
      return entry.kind === "evaluation" ? `compares ${entry.shown.join(", ")}` : "works on the question";
    case "turn-end":
      return entry.outcome === "done" ? null : `${entry.outcome}${entry.failure === undefined ? "" : `: ${entry.failure.message}`}`;
    case "answer-submitted":
      return `answers: ${entry.answer}${entry.late ? " (too late to count)" : ""}`;
    case "vote-submitted":
      return `votes for ${entry.for}`;
    case "decision-invalid":
      return `is asked to decide again: ${entry.message}`;
    case "deadline-reached":
      return `the time for ${entry.deadline === "orchestrator" ? "the run" : "first answers"} is over`;
    case "presentation-start":
      return "presents";
    case "presentation-end":
      return entry.outcome === "done" ? "has presented" : `could not present: ${entry.failure?.message ?? entry.outcome}`;
    case "retry-scheduled":
      return `tries again: ${entry.failure.message}`;
    case "tool-call":
      return `calls ${entry.tool} ${shortArguments(entry.input, 120)}`;
    case "tool-verdict":
      return entry.verdict === "allow" ? null : `${entry.verdict}: ${entry.reason} (${entry.rule})`;
    case "command-received":
      return `a person said: ${entry.command.name}`;
    case "budget-state":
      return `${entry.percent} % of the budget used`;
    case "warning":
      return entry.message;
    default:
      return null;
  }
}

// The entries that change a run's state, each as one line of its status file.
import type { AgentId, Entry } from "../core/index.ts";

export type StatusLine = { readonly agent: AgentId | null; readonly text: string; readonly at: number };

/** Null for what only the log and the agents' files tell, unknown types among them. */
export function lineOf(entry: Entry): StatusLine | null {
  const text = ofRun(entry) ?? ofTurn(entry) ?? ofTools(entry);
  if (text === null) return null;
  const agent = "agent" in entry && typeof entry.agent === "string" ? entry.agent : null;
  return { agent, text, at: entry.at };
}

function ofRun(entry: Entry): string | null {
  switch (entry.type) {
    case "run-start":
      return "the run begins";
    case "run-resumed":
      return "the run goes on";
    case "run-end":
      return `the run ends: ${entry.result.outcome}${entry.result.winner === null ? "" : `, the answer is ${entry.result.winner.answer}`}`;
    case "deadline-reached":
      return entry.deadline === "orchestrator" ? "the time is over" : "the time for first answers is over";
    case "command-received":
      return `command: ${entry.command.name}`;
    case "budget-state":
      return `budget: ${Math.round(entry.percent)} %${entry.exhausted ? ", used up" : ""}`;
    case "warning":
      return `warning: ${entry.message}`;
    default:
      return null;
  }
}

function ofTurn(entry: Entry): string | null {
  switch (entry.type) {
    case "turn-start":
      return entry.kind === "evaluation" ? "compares the answers" : "starts working";
    case "turn-end":
      return entry.outcome === "done" ? null : `${entry.outcome}${entry.failure === undefined ? "" : `: ${entry.failure.message}`}`;
    case "answer-submitted":
      return `answers: ${entry.answer}${entry.late ? ", too late to count" : ""}`;
    case "vote-submitted":
      return "votes";
    case "decision-invalid":
      return `decides again: ${entry.message}`;
    case "presentation-start":
      return "presents the answer";
    case "presentation-end":
      return entry.outcome === "done" ? "has presented" : `could not present: ${entry.failure?.message ?? entry.outcome}`;
    case "retry-scheduled":
      return `tries again in ${Math.round(entry.delayMs / 100) / 10} s: ${entry.failure.message}`;
    default:
      return null;
  }
}

function ofTools(entry: Entry): string | null {
  switch (entry.type) {
    case "tool-call":
      return `calls ${entry.server === null ? entry.tool : `${entry.server}/${entry.tool}`}`;
    case "tool-result":
      return entry.isError ? `${entry.name} failed` : null;
    case "permission-asked":
      return `asks for permission: ${entry.server}/${entry.tool}`;
    case "permission-answered":
      return `permission ${entry.allow ? "given" : "refused"}`;
    case "form-asked":
      return `${entry.server} asks a person to fill in a form`;
    case "form-answered":
      return `the form was ${FORM_ENDS[entry.action]}`;
    case "mcp-server-state":
      return `MCP server ${entry.server}: ${entry.state}${entry.message === undefined ? "" : `, ${entry.message}`}`;
    case "breaker-state":
      return `${entry.scope}: breaker ${entry.state}`;
    default:
      return null;
  }
}

const FORM_ENDS = { accept: "filled in", decline: "declined", cancel: "left" } as const;

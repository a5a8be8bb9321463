// One entry as a person reads it in an agent's text file; a pure function of the log.
import type { AgentId, Content, Entry, RunAgent } from "../core/index.ts";

export type AgentText = { readonly agent: AgentId; readonly text: string };

/** The beginning of an agent's file: every agent has one, also one that never says anything. */
export const agentHeader = ({ id, backend, model }: RunAgent, question: string): string =>
  `Agent ${id} (${[backend, model].filter((part) => part !== null && part !== "").join(" ")})\nQuestion: ${question}\n`;

/** Null for entries that do not belong in an agent's file, unknown types among them. */
export function agentText(entry: Entry): AgentText | null {
  if (!("agent" in entry) || entry.agent === undefined || entry.agent === null) return null;
  const text = textOf(entry);
  return text === null ? null : { agent: entry.agent, text };
}

function textOf(entry: Entry): string | null {
  switch (entry.type) {
    case "turn-start":
      return `\n=== turn ${entry.turn} (${entry.kind}) ===\n`;
    case "turn-end":
      return ended("turn", entry.outcome, entry.failure?.message);
    case "presentation-start":
      return `\n=== presentation (${entry.turn}) ===\n`;
    case "presentation-end":
      return ended("presentation", entry.outcome, entry.failure?.message);
    case "reasoning-start":
      return "[thinking] ";
    case "text-delta":
    case "reasoning-delta":
      return entry.delta;
    case "text-end":
    case "reasoning-end":
      return "\n";
    default:
      return factOf(entry);
  }
}

function factOf(entry: Entry): string | null {
  switch (entry.type) {
    case "answer-submitted":
      return `[answer ${entry.answer}${entry.late ? ", too late to count" : ""}]\n${entry.content}\n[end of answer]\n`;
    case "vote-submitted":
      return `[vote for ${entry.for}] ${entry.reason}\n`;
    case "decision-invalid":
      return `[not accepted] ${entry.message}\n`;
    case "tool-call":
      return `[tool ${entry.name}] ${JSON.stringify(entry.input)}\n`;
    case "tool-result":
      return `[tool ${entry.name}: ${entry.isError ? (entry.code ?? "error") : "done"}, ${Math.round(entry.durationMs)} ms]${resultText(entry.content)}\n`;
    case "retry-scheduled":
      return `[trying again in ${Math.round(entry.delayMs / 100) / 10} s] ${entry.failure.message}\n`;
    case "warning":
      return `[warning] ${entry.message}\n`;
    default:
      return null;
  }
}

/** Characters of a tool's result; the log keeps all. */
const LONGEST_RESULT = 2000;

function resultText(content: readonly Content[]): string {
  const text = content.map((part) => (part.type === "text" || part.type === "resource" ? part.text : `(${part.type})`)).join("\n");
  return text === "" ? "" : `\n${text.length > LONGEST_RESULT ? `${text.slice(0, LONGEST_RESULT)}…` : text}`;
}

function ended(what: string, outcome: string, reason: string | undefined): string {
  return reason === undefined ? `[${what} ${outcome}]\n` : `[${what} ${outcome}] ${reason}\n`;
}

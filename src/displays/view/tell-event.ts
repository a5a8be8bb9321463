// One line for each entry that belongs into the list of events.
import type { AgentId, Command, Entry } from "../../core/index.ts";
import { duration, failureText, withNext } from "../format.ts";
import type { EventView } from "./model.ts";

const REMEMBERED = { once: "", run: " for this run", always: " always" } as const;
const FORM_ENDS = { accept: "filled in a form", decline: "declined a form", cancel: "left a form" } as const;
const wordsOf = (command: Command): string =>
  command.name === "permission"
    ? `${command.allow ? "allowed" : "refused"} a call${REMEMBERED[command.remember]}`
    : command.name === "form"
      ? FORM_ENDS[command.action]
      : command.name.replaceAll("-", " ");

/** The entry's line in the list of events, or null for what only the transcript shows. */
export function tellEvent(entry: Entry): EventView | null {
  const event = (agent: AgentId | null, tone: EventView["tone"], text: string): EventView => ({ at: entry.activeMs, agent, tone, text });
  switch (entry.type) {
    case "turn-start":
      return event(entry.agent, "note", entry.kind === "evaluation" ? `compares ${entry.mayVote.length} answers` : "starts working");
    case "turn-end":
      return entry.outcome === "failed"
        ? event(entry.agent, "bad", `failed: ${failureText(entry.failure)}`)
        : entry.outcome === "interrupted"
          ? event(entry.agent, "note", "was interrupted")
          : null;
    case "answer-submitted":
      return event(entry.agent, "good", `answered: ${entry.answer}${entry.late ? ", too late" : ""}`);
    case "vote-submitted":
      return event(entry.agent, "good", "voted");
    case "decision-invalid":
      return event(entry.agent, "note", `decides again: ${entry.message}`);
    case "deadline-reached":
      return event(null, "bad", entry.deadline === "orchestrator" ? "the time is over" : "the time for first answers is over");
    case "presentation-start":
      return event(entry.agent, "good", "presents the answer");
    case "presentation-end":
      return entry.outcome === "done" ? null : event(entry.agent, "bad", `could not present: ${entry.failure?.message ?? entry.outcome}`);
    case "retry-scheduled":
      return event(entry.agent, "bad", `tries again in ${duration(entry.delayMs)}: ${entry.failure.message}`);
    case "tool-call":
      return event(entry.agent, "note", `calls ${entry.server === null ? entry.tool : `${entry.server}/${entry.tool}`}`);
    case "tool-result":
      return entry.isError ? event(entry.agent, "bad", `${entry.name} failed`) : null;
    case "intent-recorded":
      return event(entry.agent, "note", `plans ${entry.server}/${entry.tool}`);
    case "intent-executed":
      return event(null, entry.isError ? "bad" : "good", `a planned call ${entry.isError ? "failed" : "was made"}`);
    case "mcp-server-state":
      return event(
        entry.agent,
        entry.state === "failed" ? "bad" : "note",
        `MCP server ${entry.server}: ${entry.state}${entry.message === undefined ? "" : `, ${entry.message}`}`,
      );
    case "breaker-state":
      return event(null, entry.state === "open" ? "bad" : "note", `${entry.scope}: breaker ${entry.state}`);
    case "command-received":
      return event(null, "note", `you: ${wordsOf(entry.command)}`);
    case "warning":
      return event(entry.agent ?? null, "bad", withNext(entry.message, entry.next));
    case "run-end":
      return event(null, entry.result.outcome === "answered" ? "good" : "bad", `the run ended: ${entry.result.outcome}`);
    default:
      return null;
  }
}

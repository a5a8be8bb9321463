// An agent's state as a word, a mark and a colour.
import type { AgentStatus, AgentView, RunView } from "./model.ts";
import type { Span } from "./spans.ts";
import { harmless } from "./text-rows.ts";
import type { Style } from "./theme.ts";

type Look = { readonly mark: string; readonly word: string; readonly style: Style };

const LOOKS: Readonly<Record<AgentStatus, Look>> = {
  waiting: { mark: "○", word: "waiting", style: "dim" },
  working: { mark: "●", word: "working", style: "accent" },
  thinking: { mark: "●", word: "thinking", style: "accent" },
  writing: { mark: "●", word: "writing", style: "accent" },
  tool: { mark: "⚙", word: "tool", style: "tool" },
  asking: { mark: "?", word: "asks you", style: "warn" },
  retrying: { mark: "↻", word: "retrying", style: "warn" },
  answered: { mark: "✓", word: "answered", style: "good" },
  voted: { mark: "✓", word: "voted", style: "good" },
  abstained: { mark: "−", word: "abstained", style: "warn" },
  presenting: { mark: "▶", word: "presenting", style: "accent" },
  done: { mark: "✓", word: "done", style: "dim" },
  out: { mark: "✗", word: "out", style: "bad" },
};

/** `● writing`, `⚙ tool fs/read` */
export function statusSpan({ status, detail }: AgentView): Span {
  const { mark, word, style } = LOOKS[status];
  return [style, `${mark} ${word}${detail === "" ? "" : ` ${harmless(detail)}`}`];
}

const isWinner = ({ id }: AgentView, { result }: RunView): boolean => result?.winner?.id === id;

/** `✓ alice v2 voted`: how far an agent is, in the coordination strip. */
export function progressSpan(agent: AgentView, view: RunView): Span {
  const { mark, style }: Pick<Look, "mark" | "style"> = isWinner(agent, view) ? { mark: "★", style: "good" } : LOOKS[agent.status];
  const versions = agent.answers.length === 0 ? "" : ` v${agent.answers.length}`;
  const vote = agent.vote === null ? "" : view.votingClosed ? ` → ${harmless(agent.vote.for)}` : " voted";
  const restarts = agent.restarts === 0 ? "" : ` ↻${agent.restarts}`;
  return [style, `${mark} ${harmless(agent.id)}${versions}${vote}${restarts}`];
}

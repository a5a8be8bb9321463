// What everybody is doing right now, in one line.
import type { AgentId } from "../core/index.ts";
import type { LiveItem } from "../log/contract.ts";
import { shorten } from "./format.ts";
import { neutralise } from "../security/index.ts";

export type Activity = { note(item: LiveItem): void; summary(): string };

export function activity(): Activity {
  const doing = new Map<AgentId, string>();
  const coming = new Set<string>();
  return {
    note: (item) => {
      if (item.kind === "delta") return void doing.set(item.delta.agent, item.delta.type === "text-delta" ? "writing" : "thinking");
      const { entry } = item;
      if (entry.type === "mcp-server-state") {
        if (entry.state === "connecting" || entry.state === "reconnecting") coming.add(entry.server);
        else coming.delete(entry.server);
      }
      if (entry.type === "run-start") for (const agent of entry.agents) doing.set(agent.id, "waiting");
      if (!("agent" in entry) || typeof entry.agent !== "string") return;
      // A decision has a result too, but its agent is done and not thinking about it.
      if (entry.type === "tool-result" && doing.get(entry.agent)?.startsWith(CALLING) !== true) return;
      const word = WORDS[entry.type];
      if (word !== undefined) doing.set(entry.agent, entry.type === "tool-call" ? `${word} ${entry.tool}` : word);
    },
    summary: () =>
      [...servers(coming), ...[...doing].map(([agent, word]) => `${neutralise(agent)}: ${shorten(neutralise(word), 24)}`)].join("  "),
  };
}

const CALLING = "calling";

const servers = (coming: ReadonlySet<string>): readonly string[] =>
  coming.size === 0 ? [] : [`connecting ${shorten(neutralise([...coming].join(", ")), 40)}`];

const WORDS: Readonly<Record<string, string>> = {
  "turn-start": "asking the model",
  "tool-call": CALLING,
  "tool-result": "thinking",
  "answer-submitted": "answered",
  "vote-submitted": "voted",
  "presentation-start": "presenting",
  "retry-scheduled": "waiting to retry",
  "permission-asked": "waiting for you",
  "form-asked": "waiting for you",
};

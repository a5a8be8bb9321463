// Remembers what an agent has said in its turn, so that an answer it just streamed is not shown a second time.
import type { AgentId, DeltaEvent } from "../core/index.ts";

/** Characters remembered per agent; a longer speech is simply shown again as the answer. */
const MAX_CHARS = 200_000;

export type Said = {
  hear(delta: DeltaEvent): void;
  /** A new turn begins. */
  forget(agent: AgentId): void;
  /** True where the answer is the end of what was said. */
  already(agent: AgentId, answer: string): boolean;
};

export function rememberSpeech(): Said {
  const spoken = new Map<AgentId, string>();
  return {
    hear: ({ type, agent, delta }) => {
      if (type !== "text-delta") return;
      const text = spoken.get(agent) ?? "";
      if (text.length <= MAX_CHARS) spoken.set(agent, text + delta);
    },
    forget: (agent) => void spoken.delete(agent),
    already: (agent, answer) => answer.trim() !== "" && (spoken.get(agent) ?? "").trimEnd().endsWith(answer.trim()),
  };
}

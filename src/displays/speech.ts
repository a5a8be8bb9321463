// Gathers an agent's streamed text into whole lines, so that no display prints a line per token.
import type { AgentId, DeltaEvent } from "../core/index.ts";
import type { Line } from "./line.ts";

/** A line longer than this is broken at a space, so that text without line breaks still appears, in characters. */
const MAX_LINE = 1000;

export type Speech = {
  /** The lines that this piece completes. */
  hear(delta: DeltaEvent): readonly Line[];
  /** What is left of an agent's open line. */
  flush(agent: AgentId): readonly Line[];
};

type OpenLine = { readonly tone: "speech" | "thought"; text: string };

export function lineBuffer(): Speech {
  const open = new Map<AgentId, OpenLine>();
  const flush = (agent: AgentId): Line[] => {
    const line = open.get(agent);
    open.delete(agent);
    return line === undefined || line.text.trim() === "" ? [] : [{ agent, tone: line.tone, text: line.text }];
  };
  return {
    flush,
    hear: ({ agent, type, delta }) => {
      const tone = type === "text-delta" ? "speech" : "thought";
      const changed = open.get(agent)?.tone !== tone;
      const before = changed ? flush(agent) : [];
      const line = open.get(agent) ?? { tone, text: "" };
      open.set(agent, line);
      const pieces = (line.text + delta).split("\n");
      line.text = pieces.pop() ?? "";
      const whole = pieces.map((text): Line => ({ agent, tone, text: text.replace(/\r$/, "") }));
      return [...before, ...whole, ...breakOff(agent, line)];
    },
  };
}

function breakOff(agent: AgentId, line: OpenLine): Line[] {
  const lines: Line[] = [];
  while (line.text.length > MAX_LINE) {
    const space = line.text.lastIndexOf(" ", MAX_LINE);
    const at = space > MAX_LINE / 2 ? space : MAX_LINE;
    lines.push({ agent, tone: line.tone, text: line.text.slice(0, at) });
    line.text = line.text.slice(at).trimStart();
  }
  return lines;
}

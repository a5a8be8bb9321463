// The question without anything around it: a tiny model answers a question, but loses itself in instructions.
import type { Message, ToolResult } from "../../core/index.ts";
import type { TurnRequest } from "../contract.ts";

/** The program fences what people wrote; the token of a fence occurs nowhere inside it. */
const FENCED = /<question-([0-9a-f]{8,})>\n([\s\S]*?)\n<\/question-\1>/g;

export function bareQuestion({ ballot, messages }: Pick<TurnRequest, "ballot" | "messages">): string {
  if (ballot !== null) return ballot.question;
  const asked = messages.flatMap((message) => (message.role === "user" ? [message.text] : []));
  const fenced = asked.flatMap((text) => [...text.matchAll(FENCED)].map((match) => match[2] ?? ""));
  return (fenced.at(-1) ?? asked.at(-1) ?? "").trim();
}

/** What the turn's tools have returned already: a turn that is taken up again does not call twice. */
export function lastToolResult(messages: readonly Message[]): ToolResult | null {
  const last = messages.findLast((message) => message.role === "tool");
  return last?.role === "tool" ? (last.results.at(-1) ?? null) : null;
}

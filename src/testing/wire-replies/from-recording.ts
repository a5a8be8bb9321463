// Recorded replies of requests that did not stream, as the stream the same provider would have sent.
import { bagOf, bagsOf, type Bag } from "../wire-checks/wire-check.ts";
import { anthropicReply, type AnthropicBlock } from "./anthropic.ts";
import { sse } from "./gemini.ts";

export type RecordedWire = "gemini" | "anthropic" | "openai-responses" | "chat";

function fromAnthropic(message: Bag): string {
  const usage = bagOf(message["usage"]);
  const end = {
    stop: String(message["stop_reason"]),
    usage: { input: Number(usage["input_tokens"]), output: Number(usage["output_tokens"]) },
  };
  return String(anthropicReply(bagsOf(message["content"]) as unknown as readonly AnthropicBlock[], end).body);
}

function fromChat(completion: Bag): string {
  const choices = bagsOf(completion["choices"]);
  const head = { id: completion["id"], created: completion["created"], model: completion["model"], object: "chat.completion.chunk" };
  const deltas = choices.map((choice) => ({ index: 0, delta: bagOf(choice["message"]), finish_reason: choice["finish_reason"] }));
  return `${sse({ ...head, choices: deltas }, { ...head, choices: [], usage: completion["usage"] })}data: [DONE]\n\n`;
}

/** A JSON array holds the chunks of a stream that was asked for without server-sent events. */
export function replayBody(wire: RecordedWire, json: string): string {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return sse(...(value as object[]));
  if (wire === "anthropic") return fromAnthropic(bagOf(value));
  return wire === "chat" ? fromChat(bagOf(value)) : sse(bagOf(value));
}

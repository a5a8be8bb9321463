// Replies of the Anthropic Messages API in its own words, for tests: one builder per class of reply.
import type { ReplayReply } from "../replay-types.ts";

export type AnthropicBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: object }
  | { readonly type: "server_tool_use"; readonly id: string; readonly name: string; readonly input: object }
  | {
      readonly type: "web_search_tool_result";
      readonly tool_use_id: string;
      readonly content: readonly object[] | { readonly type: "web_search_tool_result_error"; readonly error_code: string };
    };

export type AnthropicEnd = {
  readonly stop?: string;
  readonly usage?: { readonly input: number; readonly output: number; readonly cacheRead?: number; readonly cacheWrite?: number };
};

type Event = { readonly type: string; readonly [key: string]: unknown };

const frame = (events: readonly Event[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("");

function halves(text: string): [string, string] {
  const middle = Math.floor(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

/** Where a block streams, it comes in two deltas. */
function blockEvents(block: AnthropicBlock, index: number): Event[] {
  const delta = (value: object): Event => ({ type: "content_block_delta", index, delta: value });
  const start = (content_block: object): Event => ({ type: "content_block_start", index, content_block });
  const stop: Event = { type: "content_block_stop", index };
  switch (block.type) {
    case "text":
      return [start({ type: "text", text: "" }), ...halves(block.text).map((text) => delta({ type: "text_delta", text })), stop];
    case "thinking":
      return [
        start({ type: "thinking", thinking: "", signature: "" }),
        ...halves(block.thinking).map((thinking) => delta({ type: "thinking_delta", thinking })),
        delta({ type: "signature_delta", signature: block.signature }),
        stop,
      ];
    case "tool_use":
    case "server_tool_use":
      return [
        start({ ...block, input: {} }),
        ...halves(JSON.stringify(block.input)).map((partial_json) => delta({ type: "input_json_delta", partial_json })),
        stop,
      ];
    default:
      return [start(block), stop];
  }
}

function startEvent({ usage = { input: 20, output: 9 } }: AnthropicEnd): Event {
  const counts = {
    input_tokens: usage.input,
    output_tokens: 1,
    cache_read_input_tokens: usage.cacheRead ?? 0,
    cache_creation_input_tokens: usage.cacheWrite ?? 0,
  };
  return {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-under-test",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: counts,
    },
  };
}

export function anthropicReply(blocks: readonly AnthropicBlock[], end: AnthropicEnd = {}): ReplayReply {
  const calls = blocks.some((block) => block.type === "tool_use");
  const stop_reason = end.stop ?? (calls ? "tool_use" : "end_turn");
  return {
    body: frame([
      startEvent(end),
      { type: "ping" },
      ...blocks.flatMap(blockEvents),
      { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: end.usage?.output ?? 9 } },
      { type: "message_stop" },
    ]),
  };
}

/** Some text, then the error the service sends inside a stream that began with 200. */
export function anthropicMidstreamError(text: string): ReplayReply {
  const [first] = halves(`${text}${text}`);
  return {
    body: frame([
      startEvent({}),
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: first } },
      { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    ]),
  };
}

export function anthropicError(status: number, type: string, message: string): ReplayReply {
  return { status, body: JSON.stringify({ type: "error", error: { type, message } }) };
}

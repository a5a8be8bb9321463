// Replies of the OpenAI Responses API in its own words, for tests: one builder per class of reply.
import type { ReplayReply } from "../replay-types.ts";

export type ResponsesItem =
  | { readonly type: "message"; readonly text: string }
  | { readonly type: "refusal"; readonly text: string }
  | { readonly type: "reasoning"; readonly summary: string; readonly encrypted: string }
  | { readonly type: "function_call"; readonly call_id: string; readonly name: string; readonly arguments: object }
  | { readonly type: "web_search_call"; readonly query: string };

export type ResponsesEnd = {
  /** `max_output_tokens` or `content_filter`: the reply is incomplete. */
  readonly incomplete?: string;
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number; readonly reasoning?: number };
};

type Event = { readonly type: string; readonly [key: string]: unknown };

const frame = (events: readonly Event[]): string =>
  events.map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`).join("");

function itemEvents(item: ResponsesItem, output_index: number): Event[] {
  const id = `item_${output_index}`;
  const added = (value: object): Event => ({ type: "response.output_item.added", output_index, item: { id, ...value } });
  const done = (value: object): Event => ({ type: "response.output_item.done", output_index, item: { id, ...value } });
  switch (item.type) {
    case "message": {
      const content = [{ type: "output_text", text: item.text, annotations: [] }];
      return [
        added({ type: "message", status: "in_progress", role: "assistant", content: [] }),
        { type: "response.output_text.delta", item_id: id, output_index, content_index: 0, delta: item.text },
        done({ type: "message", status: "completed", role: "assistant", content }),
      ];
    }
    case "refusal":
      return [
        added({ type: "message", status: "in_progress", role: "assistant", content: [] }),
        { type: "response.refusal.delta", item_id: id, output_index, content_index: 0, delta: item.text },
        { type: "response.refusal.done", item_id: id, output_index, content_index: 0, refusal: item.text },
        done({ type: "message", status: "completed", role: "assistant", content: [{ type: "refusal", refusal: item.text }] }),
      ];
    case "reasoning":
      return [
        added({ type: "reasoning", summary: [], encrypted_content: null }),
        {
          type: "response.reasoning_summary_part.added",
          item_id: id,
          output_index,
          summary_index: 0,
          part: { type: "summary_text", text: "" },
        },
        { type: "response.reasoning_summary_text.delta", item_id: id, output_index, summary_index: 0, delta: item.summary },
        {
          type: "response.reasoning_summary_part.done",
          item_id: id,
          output_index,
          summary_index: 0,
          part: { type: "summary_text", text: item.summary },
        },
        done({ type: "reasoning", summary: [{ type: "summary_text", text: item.summary }], encrypted_content: item.encrypted }),
      ];
    case "function_call": {
      const text = JSON.stringify(item.arguments);
      const base = { type: "function_call", call_id: item.call_id, name: item.name };
      return [
        added({ ...base, status: "in_progress", arguments: "" }),
        { type: "response.function_call_arguments.delta", item_id: id, output_index, delta: text },
        { type: "response.function_call_arguments.done", item_id: id, output_index, arguments: text },
        done({ ...base, status: "completed", arguments: text }),
      ];
    }
    case "web_search_call": {
      const action = { type: "search", query: item.query };
      return [added({ type: "web_search_call", status: "in_progress" }), done({ type: "web_search_call", status: "completed", action })];
    }
  }
}

export function responsesReply(items: readonly ResponsesItem[], end: ResponsesEnd = {}): ReplayReply {
  const { input, output, cached, reasoning } = { cached: 0, reasoning: 0, ...(end.usage ?? { input: 30, output: 12 }) };
  const usage = {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: { cached_tokens: cached },
    output_tokens_details: { reasoning_tokens: reasoning },
  };
  const base = { id: "resp_1", object: "response", created_at: 1_700_000_000, model: "gpt-under-test" };
  const last: Event =
    end.incomplete === undefined
      ? { type: "response.completed", response: { ...base, status: "completed", output: [], usage } }
      : {
          type: "response.incomplete",
          response: { ...base, status: "incomplete", incomplete_details: { reason: end.incomplete }, output: [], usage },
        };
  return {
    body: frame([
      { type: "response.created", response: { ...base, status: "in_progress", output: [] } },
      ...items.flatMap(itemEvents),
      last,
    ]),
  };
}

/** The error the service sends inside a stream that began with 200. */
export function responsesFailure(code: string, message: string): ReplayReply {
  const base = { id: "resp_1", object: "response", created_at: 1_700_000_000, model: "gpt-under-test" };
  return {
    body: frame([
      { type: "response.created", response: { ...base, status: "in_progress", output: [] } },
      { type: "error", error: { type: code, code, message, param: null } },
      { type: "response.failed", response: { ...base, status: "failed", error: { code, message }, output: [] } },
    ]),
  };
}

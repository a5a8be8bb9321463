// A scripted server that speaks the Anthropic Messages API on loopback (streaming and not), for Claude and Claude Code tests without a key.
import type { ServerResponse } from "node:http";
import { loopbackServer, type LoopbackServer } from "./loopback-server.ts";

export type MessagesRequest = {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_tokens?: number;
  readonly system?: unknown;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly tools?: readonly { readonly name: string; readonly description?: string; readonly input_schema?: unknown }[];
};

export type MessagesReply = {
  readonly thinking?: string;
  readonly text?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input: unknown }[];
  /** Default: `tool_use` with calls, else `end_turn`. */
  readonly stop?: string;
  /** An HTTP error instead of a message. */
  readonly error?: { readonly status: number; readonly type: string; readonly message: string; readonly retryAfterSeconds?: number };
  /** Awaited after the first half of the text, so that a test can interrupt a stream. */
  readonly hold?: Promise<void>;
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number };
};

export type MessagesScript = (request: MessagesRequest, index: number) => MessagesReply;

export type MessagesServer = LoopbackServer & {
  readonly requests: readonly MessagesRequest[];
  /** Requests whose client went away before the reply was complete. */
  readonly aborted: () => number;
};

export async function startMessagesServer(script: MessagesScript): Promise<MessagesServer> {
  const requests: MessagesRequest[] = [];
  let aborted = 0;
  const server = await loopbackServer(async ({ method, path, body, response, gone }) => {
    if (method !== "POST" || !path.startsWith("/v1/messages")) return void response.writeHead(200).end();
    if (path.includes("count_tokens")) return json(response, { input_tokens: 10 });
    const parsed = JSON.parse(body) as MessagesRequest;
    const index = requests.push(parsed) - 1;
    gone.addEventListener("abort", () => (aborted += 1));
    const reply = script(parsed, index);
    if (reply.error !== undefined) return fail(response, reply.error);
    if (parsed.stream === true) await stream(response, parsed, reply);
    else json(response, wholeMessage(parsed, reply));
  });
  return { ...server, requests, aborted: () => aborted };
}

function json(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

function fail(response: ServerResponse, error: NonNullable<MessagesReply["error"]>): void {
  const headers: Record<string, string> = error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) };
  json(response, { type: "error", error: { type: error.type, message: error.message } }, { status: error.status, headers });
}

let made = 0;
const nextId = (prefix: string): string => `${prefix}_${String((made += 1)).padStart(12, "0")}`;

const usageOf = (reply: MessagesReply) => ({
  input_tokens: (reply.usage?.input ?? 100) - (reply.usage?.cached ?? 0),
  cache_read_input_tokens: reply.usage?.cached ?? 0,
  cache_creation_input_tokens: 0,
  output_tokens: reply.usage?.output ?? 20,
});

type Block = Record<string, unknown> & { type: string };

function blocksOf(reply: MessagesReply): Block[] {
  const blocks: Block[] = [];
  if (reply.thinking !== undefined) blocks.push({ type: "thinking", thinking: reply.thinking, signature: "c2lnbmF0dXJl" });
  if (reply.text !== undefined) blocks.push({ type: "text", text: reply.text });
  for (const call of reply.toolCalls ?? []) blocks.push({ type: "tool_use", id: nextId("toolu"), name: call.name, input: call.input });
  return blocks;
}

const stopReason = (reply: MessagesReply): string => reply.stop ?? ((reply.toolCalls?.length ?? 0) > 0 ? "tool_use" : "end_turn");

function wholeMessage(request: MessagesRequest, reply: MessagesReply): unknown {
  return {
    id: nextId("msg"),
    type: "message",
    role: "assistant",
    model: request.model,
    content: blocksOf(reply),
    stop_reason: stopReason(reply),
    stop_sequence: null,
    usage: usageOf(reply),
  };
}

async function stream(response: ServerResponse, request: MessagesRequest, reply: MessagesReply): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (type: string, data: object): void => void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`);
  const usage = usageOf(reply);
  send("message_start", {
    message: {
      id: nextId("msg"),
      type: "message",
      role: "assistant",
      model: request.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1 },
    },
  });
  for (const [index, block] of blocksOf(reply).entries()) {
    send("content_block_start", { index, content_block: emptied(block) });
    for (const delta of deltasOf(block)) {
      send("content_block_delta", { index, delta });
      if (reply.hold !== undefined && block.type === "text") await reply.hold;
    }
    send("content_block_stop", { index });
  }
  send("message_delta", { delta: { stop_reason: stopReason(reply), stop_sequence: null }, usage: { output_tokens: usage.output_tokens } });
  send("message_stop", {});
  response.end();
}

function emptied(block: Block): Block {
  if (block.type === "text") return { type: "text", text: "" };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  return { ...block, input: {} };
}

function deltasOf(block: Block): object[] {
  if (block.type === "thinking")
    return [
      { type: "thinking_delta", thinking: block["thinking"] },
      { type: "signature_delta", signature: block["signature"] },
    ];
  const text = block.type === "text" ? String(block["text"]) : JSON.stringify(block["input"]);
  const half = Math.ceil(text.length / 2);
  const pieces = [text.slice(0, half), text.slice(half)].filter((piece) => piece !== "");
  return pieces.map((piece) =>
    block.type === "text" ? { type: "text_delta", text: piece } : { type: "input_json_delta", partial_json: piece },
  );
}

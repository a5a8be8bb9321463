// A scripted OpenAI-compatible server: what it answers is a function of the request. No latency of its own, every request counted.
import { loopbackServer, type HttpExchange, type LoopbackServer } from "./loopback-server.ts";

export type ChatRequest = {
  /** From 1, over the whole server. */
  readonly number: number;
  readonly model: string;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: unknown;
    readonly tool_calls?: readonly unknown[];
    readonly tool_call_id?: string;
  }[];
  /** Names of the offered tools. */
  readonly tools: readonly string[];
  readonly headers: HttpExchange["headers"];
  /** The parsed body. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Aborts when the client gave up. */
  readonly gone: AbortSignal;
};

export type ChatToolCall = { readonly name: string; readonly arguments: object | string; readonly id?: string };

export type ChatReply = {
  readonly text?: string;
  readonly reasoning?: string;
  readonly toolCalls?: readonly ChatToolCall[];
  /** Default: `tool_calls` with calls, else `stop`; null = the stream ends without a reason. */
  readonly finish?: string | null;
  /** Default: 10 in, 5 out. */
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number; readonly reasoning?: number } | null;
  /** Answers with this status and body instead. */
  readonly error?: { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> };
  /** Pieces the text is streamed in. Default 1. */
  readonly pieces?: number;
  /** Awaited after the first piece of text or reasoning was sent; for tests of aborts. */
  readonly hold?: () => Promise<void>;
};

export type ChatScript = (request: ChatRequest) => ChatReply | Promise<ChatReply>;

export type ChatServer = LoopbackServer & {
  /** The base URL for a configuration, `…/v1`. */
  readonly baseUrl: string;
  /** Chat requests in the order of their arrival. */
  readonly requests: readonly ChatRequest[];
};

type Tool = { readonly function?: { readonly name?: string } };

function toRequest({ body, headers, gone }: HttpExchange, number: number): ChatRequest {
  const parsed = JSON.parse(body) as Record<string, unknown>;
  const tools = (Array.isArray(parsed["tools"]) ? (parsed["tools"] as Tool[]) : []).map((tool) => tool.function?.name ?? "");
  return {
    number,
    model: String(parsed["model"]),
    messages: (parsed["messages"] ?? []) as ChatRequest["messages"],
    tools,
    headers,
    body: parsed,
    gone,
  };
}

function cut(text: string, pieces: number): string[] {
  const size = Math.max(1, Math.ceil(text.length / pieces));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.slice(index * size, (index + 1) * size));
}

function deltasOf(reply: ChatReply, id: string): object[] {
  const reasoning =
    reply.reasoning === undefined ? [] : cut(reply.reasoning, reply.pieces ?? 1).map((piece) => ({ reasoning_content: piece }));
  const text = reply.text === undefined ? [] : cut(reply.text, reply.pieces ?? 1).map((piece) => ({ content: piece }));
  const calls = (reply.toolCalls ?? []).map((call, index) => ({
    tool_calls: [
      {
        index,
        id: call.id ?? `call_${id}_${index}`,
        type: "function",
        function: { name: call.name, arguments: typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments) },
      },
    ],
  }));
  return [...reasoning, ...text, ...calls];
}

function usageOf({ usage }: ChatReply): object | null {
  if (usage === null) return null;
  const { input, output, cached = 0, reasoning = 0 } = usage ?? { input: 10, output: 5 };
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}

async function stream(reply: ChatReply, request: ChatRequest, { response }: HttpExchange): Promise<void> {
  const id = String(request.number);
  const head = { id: `chatcmpl-${id}`, object: "chat.completion.chunk", created: 1_700_000_000, model: request.model };
  const event = (rest: object): string => `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
  const events = deltasOf(reply, id).map((delta) => event({ choices: [{ index: 0, delta, finish_reason: null }] }));
  const finish = reply.finish === undefined ? ((reply.toolCalls ?? []).length > 0 ? "tool_calls" : "stop") : reply.finish;
  if (finish !== null) events.push(event({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }));
  const usage = usageOf(reply);
  if (usage !== null) events.push(event({ choices: [], usage }));
  response.writeHead(200, { "content-type": "text/event-stream" });
  if (reply.hold !== undefined) {
    response.write(events.shift() ?? "");
    await reply.hold();
  }
  response.end(`${events.join("")}data: [DONE]\n\n`);
}

type JsonAnswer = NonNullable<ChatReply["error"]>;

function sendJson({ response }: HttpExchange, { status, body, headers }: JsonAnswer): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

/** Serves `POST …/chat/completions` (streamed) and `GET …/models` under `/v1`. Close it in the test that opened it. */
export async function chatServer(script: ChatScript, options: { readonly models?: readonly string[] } = {}): Promise<ChatServer> {
  const requests: ChatRequest[] = [];
  const server = await loopbackServer(async (exchange) => {
    const [path = ""] = exchange.path.split("?");
    if (exchange.method === "GET" && path.endsWith("/models")) {
      const data = (options.models ?? ["scripted"]).map((id) => ({ id, object: "model" }));
      return sendJson(exchange, { status: 200, body: { object: "list", data } });
    }
    if (exchange.method !== "POST" || !path.endsWith("/chat/completions")) {
      return sendJson(exchange, { status: 404, body: { error: { message: `nothing at ${exchange.path}` } } });
    }
    const request = toRequest(exchange, requests.length + 1);
    requests.push(request);
    const reply = await script(request);
    if (reply.error !== undefined) return sendJson(exchange, reply.error);
    return stream(reply, request, exchange);
  });
  return { ...server, baseUrl: `${server.url}/v1`, requests };
}

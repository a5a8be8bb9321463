// Models played on this machine over the providers' own wires: what a step answers is a function of the tools offered and of the results so far.
import {
  geminiReply,
  loopbackServer,
  responsesReply,
  startMessagesServer,
  type HttpExchange,
  type MessagesRequest,
} from "../testing/index.ts";

export type Asked = {
  /** Names as they were declared to the model. */
  readonly tools: readonly string[];
  /** Results of tools in the conversation so far. */
  readonly results: number;
};

export type Step = { readonly calls: readonly { readonly name: string; readonly input: object }[] } | { readonly text: string };
export type ModelScript = (asked: Asked) => Step;

export type ScriptedModels = {
  /** What an agent's `backend:` says to be answered by the script. */
  backendOf(type: string): Readonly<Record<string, unknown>>;
  close(): Promise<void>;
};

type Message = { readonly content?: unknown };
const listOf = (value: unknown): readonly Record<string, unknown>[] => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
const count = (items: readonly Record<string, unknown>[], isResult: (item: Record<string, unknown>) => boolean): number =>
  items.filter(isResult).length;

function ofGemini(body: Record<string, unknown>): Asked {
  const parts = listOf(body["contents"]).flatMap(({ parts: inside }) => listOf(inside));
  const tools = listOf(body["tools"]).flatMap(({ functionDeclarations }) => listOf(functionDeclarations).map(({ name }) => String(name)));
  return { tools, results: count(parts, (part) => "functionResponse" in part) };
}

function ofResponses(body: Record<string, unknown>): Asked {
  const tools = listOf(body["tools"]).map(({ name }) => String(name));
  return { tools, results: count(listOf(body["input"]), ({ type }) => type === "function_call_output") };
}

function ofMessages({ tools = [], messages }: MessagesRequest): Asked {
  const blocks = (messages as readonly Message[]).flatMap(({ content }) => listOf(content));
  return { tools: tools.map(({ name }) => name), results: count(blocks, ({ type }) => type === "tool_result") };
}

function send(exchange: HttpExchange, body: string): void {
  exchange.response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
}

function geminiBody(step: Step): string {
  const parts = "text" in step ? [{ text: step.text }] : step.calls.map(({ name, input }) => ({ functionCall: { name, args: input } }));
  return String(geminiReply({ parts, finish: "STOP" }).body);
}

function responsesBody(step: Step, number: number): string {
  const items =
    "text" in step
      ? [{ type: "message" as const, text: step.text }]
      : step.calls.map(({ name, input }, index) => ({
          type: "function_call" as const,
          call_id: `call_${number}_${index}`,
          name,
          arguments: input,
        }));
  return String(responsesReply(items).body);
}

/** Speaks Gemini's, OpenAI's (Responses) and Anthropic's wire on loopback. */
export async function scriptedModels(script: ModelScript): Promise<ScriptedModels> {
  let number = 0;
  const wires = await loopbackServer((exchange) => {
    const body = JSON.parse(exchange.body === "" ? "{}" : exchange.body) as Record<string, unknown>;
    number += 1;
    if (exchange.path.includes("/v1beta/")) return send(exchange, geminiBody(script(ofGemini(body))));
    if (exchange.path.includes("/responses")) return send(exchange, responsesBody(script(ofResponses(body)), number));
    exchange.response.writeHead(404).end();
  });
  const messages = await startMessagesServer((request) => {
    const step = script(ofMessages(request));
    return "text" in step ? { text: step.text } : { toolCalls: step.calls };
  });
  const key = { api_key: "scripted" };
  const backends: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    gemini: { model: "gemini-2.5-flash", base_url: `${wires.url}/v1beta`, ...key },
    openai: { model: "gpt-5-mini", base_url: `${wires.url}/v1`, ...key },
    claude: { model: "claude-sonnet-4-5", base_url: `${messages.url}/v1`, ...key },
    claude_code: { model: "claude-sonnet-4-5", base_url: messages.url, allowed_tools: [], ...key },
  };
  return {
    backendOf: (type) => ({ type, ...backends[type] }),
    close: async () => {
      await Promise.all([wires.close(), messages.close()]);
    },
  };
}

// What a server may ask of us, and what it gets: roots if we know some, an answer to a form if somebody can give one, a model's answer only where its entry allows it.
import type { Client } from "@modelcontextprotocol/client";
import { isRecord, type Json } from "../core/index.ts";
import type { SamplingAnswer, SamplingQuestion } from "./contract.ts";

export type Root = { readonly uri: string; readonly name?: string };
export type ElicitationQuestion = { readonly server: string; readonly message: string; readonly schema: Json; readonly url?: string };
export type ElicitationAnswer = {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: { readonly [key: string]: string | number | boolean | string[] };
};

export type ServerRequests = {
  readonly roots: readonly Root[];
  /** Answers or declines; `why` is for people, not for the server. */
  elicit(question: ElicitationQuestion): Promise<ElicitationAnswer & { readonly why?: string }>;
  /** Null = the server is told that nobody can be asked. */
  readonly sample: ((question: SamplingQuestion) => Promise<SamplingAnswer>) | null;
  /** Something was refused; told once per kind and reason by the caller. */
  refused(kind: "elicitation" | "sampling" | "request", detail: string): void;
};

export const clientCapabilities = ({ roots, sample }: ServerRequests) => ({
  ...(sample ? { sampling: {} } : {}),
  elicitation: { form: { applyDefaults: true }, url: {} },
  ...(roots.length > 0 ? { roots: { listChanged: false } } : {}),
});

/** "User rejected the request", as the specification of sampling has it. */
const REFUSED = -1;

/** Texts only: what else stands in a message is named, not shown. */
function readSampling(
  params: { readonly messages: readonly { readonly role: string; readonly content: unknown }[] } & object,
): SamplingQuestion {
  const { systemPrompt, maxTokens } = params as { readonly systemPrompt?: unknown; readonly maxTokens?: unknown };
  return {
    system: typeof systemPrompt === "string" ? systemPrompt : null,
    messages: params.messages.map(({ role, content }) => ({
      role: role === "assistant" ? "assistant" : "user",
      text: (Array.isArray(content) ? content : [content]).map(textOfBlock).join("\n"),
    })),
    maxTokens: typeof maxTokens === "number" ? maxTokens : null,
  };
}

function textOfBlock(block: unknown): string {
  if (!isRecord(block)) return "";
  return block["type"] === "text" && typeof block["text"] === "string" ? block["text"] : `[${String(block["type"])}]`;
}

export function answerServerRequests(client: Client, server: string, requests: ServerRequests): void {
  if (requests.roots.length > 0) client.setRequestHandler("roots/list", () => ({ roots: requests.roots.map((root) => ({ ...root })) }));
  client.setRequestHandler("elicitation/create", async (request) => {
    const { params } = request;
    const url = "url" in params && typeof params.url === "string" ? params.url : undefined;
    const schema = "requestedSchema" in params ? (params.requestedSchema as unknown as Json) : null;
    const answer = await requests.elicit({ server, message: params.message, schema, ...(url === undefined ? {} : { url }) });
    if (answer.action === "decline") requests.refused("elicitation", answer.why ?? "");
    return answer.content === undefined ? { action: answer.action } : { action: answer.action, content: { ...answer.content } };
  });
  const { sample } = requests;
  if (sample) {
    client.setRequestHandler("sampling/createMessage", async ({ params }) => {
      const answer = await sample(readSampling(params));
      if ("text" in answer)
        return { role: "assistant" as const, model: answer.model ?? "unknown", content: { type: "text" as const, text: answer.text } };
      requests.refused("sampling", answer.refused);
      throw Object.assign(new Error(answer.refused), { code: REFUSED });
    });
  }
  client.fallbackRequestHandler = (request) => {
    requests.refused(request.method === "sampling/createMessage" ? "sampling" : "request", request.method);
    return Promise.reject(Object.assign(new Error(`This client does not offer ${request.method}.`), { code: -32_601 }));
  };
}

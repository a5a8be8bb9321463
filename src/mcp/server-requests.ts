// What a server may ask of us, and what it gets: roots if we know some, an answer to a form if somebody can give one, never a model call.
import type { Client } from "@modelcontextprotocol/client";
import type { Json } from "../core/index.ts";

export type Root = { readonly uri: string; readonly name?: string };
export type ElicitationQuestion = { readonly server: string; readonly message: string; readonly schema: Json; readonly url?: string };
export type ElicitationAnswer = {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: { readonly [key: string]: string | number | boolean | string[] };
};

export type ServerRequests = {
  readonly roots: readonly Root[];
  /** Null = nobody can answer: the server is told "declined". */
  readonly elicit: ((question: ElicitationQuestion) => Promise<ElicitationAnswer>) | null;
  /** Something was refused; told once per kind and connection by the caller. */
  refused(kind: "elicitation" | "sampling" | "request", detail: string): void;
};

export const clientCapabilities = ({ roots }: ServerRequests) => ({
  elicitation: { form: { applyDefaults: true }, url: {} },
  ...(roots.length > 0 ? { roots: { listChanged: false } } : {}),
});

export function answerServerRequests(client: Client, server: string, requests: ServerRequests): void {
  if (requests.roots.length > 0) client.setRequestHandler("roots/list", () => ({ roots: requests.roots.map((root) => ({ ...root })) }));
  client.setRequestHandler("elicitation/create", async (request) => {
    const { params } = request;
    const url = "url" in params && typeof params.url === "string" ? params.url : undefined;
    if (!requests.elicit) {
      requests.refused("elicitation", params.message);
      return { action: "decline" as const };
    }
    const schema = "requestedSchema" in params ? (params.requestedSchema as unknown as Json) : null;
    const answer = await requests.elicit({ server, message: params.message, schema, ...(url === undefined ? {} : { url }) });
    return answer.content === undefined ? { action: answer.action } : { action: answer.action, content: { ...answer.content } };
  });
  client.fallbackRequestHandler = (request) => {
    requests.refused(request.method === "sampling/createMessage" ? "sampling" : "request", request.method);
    return Promise.reject(Object.assign(new Error(`This client does not offer ${request.method}.`), { code: -32_601 }));
  };
}

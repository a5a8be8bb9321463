// The client of a served connection, as somebody who can be asked: what it said about itself, and the forms that wait for its answer.
import { isRecord } from "../core/index.ts";
import type { JsonSchema } from "./contract.ts";
import type { ElicitationAnswer } from "./server-requests.ts";
import { type RpcId, type RpcMessage } from "./wire.ts";

const NO_ANSWER: ElicitationAnswer = { action: "cancel" };

export class AskedClient {
  readonly #send: (message: RpcMessage, about: RpcId | null) => void;
  readonly #open = new Map<RpcId, (answer: ElicitationAnswer) => void>();
  #asked = 0;
  #canAsk = false;
  #name = "";

  constructor(send: (message: RpcMessage, about: RpcId | null) => void) {
    this.#send = send;
  }

  get name(): string {
    return this.#name;
  }

  get canAsk(): boolean {
    return this.#canAsk;
  }

  /** Takes the parameters of `initialize`. An elicitation capability without modes means forms. */
  introduced(params: Record<string, unknown>): void {
    const { capabilities, clientInfo } = params;
    const elicitation = isRecord(capabilities) ? capabilities["elicitation"] : undefined;
    this.#canAsk = isRecord(elicitation) && (Object.keys(elicitation).length === 0 || isRecord(elicitation["form"]));
    if (isRecord(clientInfo)) this.#name = [clientInfo["name"], clientInfo["version"]].filter((part) => typeof part === "string").join(" ");
  }

  ask(
    form: { readonly message: string; readonly requestedSchema: JsonSchema },
    { about, signal }: { readonly about: RpcId; readonly signal: AbortSignal },
  ): Promise<ElicitationAnswer> {
    if (!this.#canAsk || signal.aborted) return Promise.resolve(NO_ANSWER);
    this.#asked += 1;
    const id = `ask-${this.#asked}`;
    return new Promise((resolve) => {
      const withdraw = (): void => {
        this.#send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: "No longer needed." } }, about);
        settle(NO_ANSWER);
      };
      const settle = (answer: ElicitationAnswer): void => {
        this.#open.delete(id);
        signal.removeEventListener("abort", withdraw);
        resolve(answer);
      };
      this.#open.set(id, settle);
      signal.addEventListener("abort", withdraw);
      this.#send({ jsonrpc: "2.0", id, method: "elicitation/create", params: form }, about);
    });
  }

  reply({ id, result }: RpcMessage): void {
    if (id === undefined) return;
    this.#open.get(id)?.(isRecord(result) ? answerOf(result) : NO_ANSWER);
  }

  gone(): void {
    for (const settle of this.#open.values()) settle(NO_ANSWER);
  }
}

function answerOf({ action, content }: Record<string, unknown>): ElicitationAnswer {
  if (action !== "accept" && action !== "decline") return NO_ANSWER;
  return isRecord(content) ? { action, content: content as NonNullable<ElicitationAnswer["content"]> } : { action };
}

// The serving side of one MCP connection: answers what a client asks, and asks the client where a call needs a person. Knows no transport.
import { isRecord } from "../core/index.ts";
import type { JsonSchema } from "./contract.ts";
import { CallClient, type CallPorts, type LogLevel } from "./call-client.ts";
import { AskedClient } from "./asked-client.ts";
import { isReply, isRequest, isRpcMessage, type RpcError, type RpcId, type RpcMessage } from "./wire.ts";

/** Newest first; a client that wants another one is offered the first. */
export const SERVED_REVISIONS: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];
const LEVELS: readonly LogLevel[] = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"];
const [METHOD_UNKNOWN, PARAMS_WRONG, REQUEST_WRONG, FAILED] = [-32_601, -32_602, -32_600, -32_603];

export type ToolDeclaration = {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema?: JsonSchema;
  readonly annotations?: { readonly readOnlyHint?: boolean; readonly openWorldHint?: boolean };
  readonly _meta?: { readonly [key: string]: unknown };
};
export type ServedContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly data: string; readonly mimeType: string };
export type ServedResult = {
  readonly isError: boolean;
  readonly content: readonly ServedContent[];
  readonly structuredContent?: { readonly [key: string]: unknown };
};

export type ServedCall = {
  readonly id: RpcId;
  readonly tool: string;
  readonly input: unknown;
  readonly meta: { readonly [key: string]: unknown };
  /** Aborts when the client cancels the call (`CANCELLED`), is gone (`GONE`) or the server ends (`STOPPING`). */
  readonly signal: AbortSignal;
  readonly client: CallClient;
};

/** Why a call was aborted. Only a call that ends because the server does is still answered. */
export const CANCELLED = "cancelled";
export const GONE = "gone";
export const STOPPING = "stopping";

export type EndpointPorts = {
  readonly name: string;
  readonly version: string;
  readonly instructions?: string;
  /** `notifications/message` is offered. Default false. */
  readonly logging?: boolean;
  tools(): readonly ToolDeclaration[];
  /** False = a call of this tool is a mistake of the client's. */
  knows(tool: string): boolean;
  /** What it throws is a bug: the client is told that the call failed, `failed` what it was. */
  call(call: ServedCall): Promise<ServedResult>;
  failed(error: unknown): void;
};

type Answer = { readonly result: unknown } | { readonly error: RpcError };
type Work = { readonly tool: string; readonly params: Record<string, unknown>; readonly id: RpcId; readonly signal: AbortSignal };
type Running = { readonly controller: AbortController; readonly over: Promise<void> };

const wrong = (code: number, message: string): Answer => ({ error: { code, message } });

export class Endpoint {
  readonly #ports: EndpointPorts;
  readonly #send: (message: RpcMessage, about: RpcId | null) => void;
  readonly #running = new Map<RpcId, Running>();
  readonly #client: AskedClient;
  #level: LogLevel = "notice";

  /** `send` gets every message for the client, and the client's request it belongs to (null = none). Must not throw. */
  constructor(ports: EndpointPorts, send: (message: RpcMessage, about: RpcId | null) => void) {
    this.#ports = ports;
    this.#send = send;
    this.#client = new AskedClient(send);
  }

  get isBusy(): boolean {
    return this.#running.size > 0;
  }

  /** Takes a message from the client. Resolves when it is dealt with: a request is answered, or was cancelled and will not be. Rejects only with what `failed` throws. */
  async receive(message: unknown): Promise<void> {
    if (!isRpcMessage(message)) return this.#send({ jsonrpc: "2.0", ...wrong(REQUEST_WRONG, "Not a JSON-RPC 2.0 message.") }, null);
    if (isReply(message)) return this.#client.reply(message);
    const params = isRecord(message.params) ? message.params : {};
    if (!isRequest(message)) return this.#notified(message.method ?? "", params);
    const { id = "", method = "" } = message;
    if (method === "tools/call") await this.#call(params, id);
    else this.#reply(id, this.#answer(method, params));
  }

  /** Tells the client that the tools are others now. */
  listChanged(): void {
    this.#send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" }, null);
  }

  /** The client does not wait for this call any more. */
  forget(id: RpcId): void {
    this.#running.get(id)?.controller.abort(GONE);
  }

  /** The client is gone (`GONE`: nothing is answered) or the server ends (`STOPPING`: calls are answered with what there is). Resolves when no call is left. */
  async end(reason: typeof GONE | typeof STOPPING): Promise<void> {
    if (reason === GONE) this.#client.gone();
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort(reason);
    await Promise.all(running.map(({ over }) => over));
  }

  #notified(method: string, params: Record<string, unknown>): void {
    if (method === "notifications/cancelled") this.#running.get(params["requestId"] as RpcId)?.controller.abort(CANCELLED);
  }

  #answer(method: string, params: Record<string, unknown>): Answer {
    switch (method) {
      case "initialize":
        return { result: this.#initialize(params) };
      case "ping":
        return { result: {} };
      case "tools/list":
        return { result: { tools: this.#ports.tools() } };
      case "logging/setLevel":
        if (this.#ports.logging === true) return this.#setLevel(params["level"]);
    }
    return wrong(METHOD_UNKNOWN, `Unknown method ${method}`);
  }

  #initialize(params: Record<string, unknown>): unknown {
    const { name, version, instructions, logging = false } = this.#ports;
    const wanted = String(params["protocolVersion"]);
    this.#client.introduced(params);
    return {
      protocolVersion: SERVED_REVISIONS.includes(wanted) ? wanted : SERVED_REVISIONS[0],
      capabilities: { tools: { listChanged: true }, ...(logging ? { logging: {} } : {}) },
      serverInfo: { name, version },
      ...(instructions === undefined ? {} : { instructions }),
    };
  }

  #setLevel(wanted: unknown): Answer {
    const level = LEVELS.find((each) => each === wanted);
    if (level === undefined) return wrong(PARAMS_WRONG, `A level is one of ${LEVELS.join(", ")}.`);
    this.#level = level;
    return { result: {} };
  }

  #reply(id: RpcId, answer: Answer): void {
    this.#send({ jsonrpc: "2.0", id, ...answer }, id);
  }

  async #call(params: Record<string, unknown>, id: RpcId): Promise<void> {
    const tool = String(params["name"]);
    if (!this.#ports.knows(tool)) return this.#reply(id, wrong(PARAMS_WRONG, `Unknown tool: ${tool}`));
    if (this.#running.has(id)) return this.#reply(id, wrong(REQUEST_WRONG, `The request ${id} is already being worked on.`));
    const controller = new AbortController();
    const over = Promise.withResolvers<void>();
    this.#running.set(id, { controller, over: over.promise });
    const answer = await this.#work({ tool, params, id, signal: controller.signal });
    this.#running.delete(id);
    if (answer !== null) this.#reply(id, answer);
    over.resolve();
  }

  /** Null = cancelled, and therefore not answered. Never rejects. */
  async #work({ tool, params, id, signal }: Work): Promise<Answer | null> {
    const meta = isRecord(params["_meta"]) ? params["_meta"] : {};
    const client = new CallClient({ ...this.#callPorts(id), token: meta["progressToken"], isOver: () => !this.#running.has(id) });
    try {
      const result = await this.#ports.call({ id, tool, input: params["arguments"] ?? {}, meta, signal, client });
      return signal.aborted && signal.reason !== STOPPING ? null : { result };
    } catch (error) {
      this.#ports.failed(error);
      return wrong(FAILED, "The call failed by a mistake in the server.");
    }
  }

  #callPorts(id: RpcId): Pick<CallPorts, "send" | "wants" | "asked"> {
    return {
      send: (message) => this.#send(message, id),
      wants: (level) => this.#ports.logging === true && LEVELS.indexOf(level) >= LEVELS.indexOf(this.#level),
      asked: { client: this.#client, about: id },
    };
  }
}

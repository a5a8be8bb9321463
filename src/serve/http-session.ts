// One client over HTTP: its endpoint, and the response on which each of its requests is answered.
import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "../io/index.ts";
import { Endpoint, GONE, STOPPING, type EndpointPorts, type RpcId, type RpcMessage } from "../mcp/index.ts";

const KEEP_ALIVE_MS = 15_000;

export class HttpSession {
  readonly id: string;
  readonly endpoint: Endpoint;
  readonly #clock: Clock;
  readonly #streams = new Map<RpcId, ServerResponse>();
  readonly #replies = new Map<RpcId, (message: RpcMessage) => void>();
  /** By the monotonic clock, in milliseconds. */
  lastUsed: number;

  constructor(id: string, ports: EndpointPorts, clock: Clock) {
    this.id = id;
    this.#clock = clock;
    this.lastUsed = clock.monotonic();
    this.endpoint = new Endpoint(ports, (message, about) => this.#send(message, about));
  }

  /** The reply to a request that is answered at once. */
  async answer(message: RpcMessage & { readonly id: RpcId }): Promise<RpcMessage | null> {
    let reply: RpcMessage | null = null;
    this.#replies.set(message.id, (given) => void (reply = given));
    try {
      await this.endpoint.receive(message);
      return reply;
    } finally {
      this.#replies.delete(message.id);
    }
  }

  /** Answers a call on a stream of events. A client that closes it does not wait for the answer any more: there is no other way to fetch it. */
  async stream(message: RpcMessage & { readonly id: RpcId }, response: ServerResponse): Promise<void> {
    const { id } = message;
    if (this.#streams.has(id)) return void response.writeHead(400).end();
    this.#streams.set(id, response);
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" });
    response.flushHeaders();
    const life = this.#keepAlive(response);
    const gone = (): void => this.endpoint.forget(id);
    response.once("close", gone);
    try {
      await this.endpoint.receive(message);
    } finally {
      life.cancel();
      response.off("close", gone);
      this.#streams.delete(id);
      response.end();
    }
  }

  /** The client has said farewell. */
  async close(): Promise<void> {
    await this.endpoint.end(GONE);
  }

  /** The server ends: resolves when the answers are sent. */
  async stop(): Promise<void> {
    // A client that has gone reads no answer, and its stream says nothing any more.
    const streams = [...this.#streams.values()].filter((stream) => !stream.destroyed);
    const sent = streams.map((stream) => new Promise<void>((resolve) => stream.once("close", resolve).once("finish", resolve)));
    await this.endpoint.end(STOPPING);
    await Promise.all(sent);
  }

  #keepAlive(response: ServerResponse): Timer {
    const again = (): Timer =>
      this.#clock.after(KEEP_ALIVE_MS, () => {
        response.write(": still here\n\n");
        timer = again();
      });
    let timer = again();
    return { cancel: () => timer.cancel() };
  }

  #send(message: RpcMessage, about: RpcId | null): void {
    if (about === null) return;
    const reply = message.method === undefined ? this.#replies.get(about) : undefined;
    if (reply !== undefined) return reply(message);
    this.#streams.get(about)?.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
  }
}

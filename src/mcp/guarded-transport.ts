// Stands between a transport and the SDK's client and lets only replies through that answer exactly what was asked, once.
import { isRecord } from "../core/index.ts";
import type { Transport, TransportSendOptions } from "@modelcontextprotocol/client";
import { DirectRequests } from "./direct-requests.ts";
import type { StdioTransport } from "./stdio-transport.ts";
import { isReply, isRequest, STREAM_ENDED, type RpcId, type RpcMessage } from "./wire.ts";

type Inner = {
  start(): Promise<void>;
  send(message: RpcMessage, options?: TransportSendOptions): Promise<void>;
  close(): Promise<void>;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: ((message: RpcMessage) => void) | undefined;
  readonly sessionId?: string | undefined;
  readonly hasPerRequestStream?: boolean;
  setProtocolVersion?(version: string): void;
};

/** The SDK takes a reply whose id is `"5"` for the answer to 5, and reports each late or repeated reply as an error with its whole content. */
export class GuardedTransport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport["onmessage"];
  /** Replies that answered nothing: wrong id, repeated, or too late. */
  ignoredReplies = 0;
  /** Bytes cannot be told on HTTP; messages can on every transport. */
  received = 0;
  /** Requests past the library, on the same connection. */
  readonly direct: DirectRequests;
  readonly #inner: Inner;
  /** Requests without a reply, and whether they spoke the revision whose results say what they are. */
  readonly #waiting = new Map<RpcId, boolean>();

  constructor(inner: Inner) {
    this.#inner = inner;
    this.direct = new DirectRequests((message) => inner.send(message));
    inner.onclose = () => {
      this.onclose?.();
      this.direct.close();
    };
    inner.onerror = (error) => this.onerror?.(error);
    inner.onmessage = (message) => this.#receive(message);
  }

  get sessionId(): string | undefined {
    return this.#inner.sessionId;
  }

  get hasPerRequestStream(): boolean {
    return this.#inner.hasPerRequestStream === true;
  }

  start(): Promise<void> {
    return this.#inner.start();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  setProtocolVersion(version: string): void {
    this.#inner.setProtocolVersion?.(version);
  }

  send(message: RpcMessage, options?: TransportSendOptions): Promise<void> {
    this.#forgetCancelled(message);
    if (!isRequest(message) || message.id === undefined) return this.#inner.send(message, options);
    const { id } = message;
    this.#waiting.set(id, isModern(message));
    if (!this.hasPerRequestStream) return this.#inner.send(message, options);
    options?.requestSignal?.addEventListener("abort", () => this.#waiting.delete(id), { once: true });
    return this.#inner.send(message, { ...options, onRequestStreamEnd: () => this.#streamEnded(id, options) });
  }

  /** A cut HTTP stream would otherwise leave its call waiting for the deadline. */
  #streamEnded(id: RpcId, options: TransportSendOptions | undefined): void {
    options?.onRequestStreamEnd?.();
    if (!this.#waiting.has(id)) return;
    this.#receive({ jsonrpc: "2.0", id, error: { code: STREAM_ENDED, message: "The connection was cut before the reply came." } });
  }

  #forgetCancelled(message: RpcMessage): void {
    if (message.method !== "notifications/cancelled" || !isRecord(message.params)) return;
    const { requestId } = message.params;
    if (typeof requestId === "number" || typeof requestId === "string") this.#waiting.delete(requestId);
  }

  #receive(message: RpcMessage): void {
    this.received += 1;
    if (isReply(message)) {
      if (this.direct.answer(message)) return;
      const modern = message.id === undefined ? undefined : this.#waiting.get(message.id);
      if (message.id === undefined || modern === undefined) {
        this.ignoredReplies += 1;
        return;
      }
      this.#waiting.delete(message.id);
      return this.#pass(modern ? completed(message) : message);
    }
    if (message.method === "notifications/progress" && (this.direct.progress(message) || !this.#awaitsProgress(message))) return;
    this.#pass(message);
  }

  #pass(message: RpcMessage): void {
    this.onmessage?.(message as Parameters<NonNullable<Transport["onmessage"]>>[0]);
  }

  #awaitsProgress({ params }: RpcMessage): boolean {
    if (!isRecord(params)) return false;
    const { progressToken, progress } = params;
    return (
      (typeof progressToken === "number" || typeof progressToken === "string") &&
      this.#waiting.has(progressToken) &&
      typeof progress === "number"
    );
  }
}

const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";

function isModern({ params }: RpcMessage): boolean {
  const meta = isRecord(params) ? params["_meta"] : undefined;
  return isRecord(meta) && typeof meta[VERSION_KEY] === "string";
}

/** A result that does not say what it is counts as complete; the SDK would throw it away, although the call was carried out. */
function completed(message: RpcMessage): RpcMessage {
  const { result } = message;
  return isRecord(result) && result["resultType"] === undefined ? { ...message, result: { ...result, resultType: "complete" } } : message;
}

/** The same for a stdio connection, which the SDK recognises by these two properties. */
export class GuardedStdioTransport extends GuardedTransport {
  readonly #stdio: StdioTransport;

  constructor(stdio: StdioTransport) {
    super(stdio);
    this.#stdio = stdio;
  }

  get pid(): number | null {
    return this.#stdio.pid;
  }

  get stderr(): string {
    return this.#stdio.stderr;
  }
}

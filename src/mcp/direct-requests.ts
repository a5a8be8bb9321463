// Requests that are answered without the protocol library, which parses every reply twice to find what is matched here by its id.
// Only for connections whose replies need no more than that: stdio, revisions before 2026-07-28.
import { isRecord } from "../core/index.ts";
import { type RpcError, type RpcId, type RpcMessage } from "./wire.ts";

export type DirectProgress = { readonly progress: number; readonly total?: number; readonly message?: string };
export type DirectOptions = { readonly signal: AbortSignal; readonly onprogress: (progress: DirectProgress) => void };

type Waiting = {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly onprogress: DirectOptions["onprogress"];
  readonly forget: () => void;
};

/** The library counts from zero on the same connection. */
const FIRST_ID = 1_000_000_000;
const INTERNAL_ERROR = -32_603;

export class DirectRequests {
  readonly #send: (message: RpcMessage) => Promise<void>;
  readonly #waiting = new Map<RpcId, Waiting>();
  #next = FIRST_ID;
  #closed = false;

  constructor(send: (message: RpcMessage) => Promise<void>) {
    this.#send = send;
  }

  /** The result as the server sent it. Rejects with the server's error, the signal's reason, or `CONNECTION_CLOSED`; with `NOT_CONNECTED` when nothing was sent. */
  ask(method: string, params: Readonly<Record<string, unknown>>, { signal, onprogress }: DirectOptions): Promise<unknown> {
    if (this.#closed) return Promise.reject(endedWith("NOT_CONNECTED"));
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      const abort = (): void => this.#cancel(id, signal.reason);
      const forget = (): void => signal.removeEventListener("abort", abort);
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.set(id, { resolve, reject, onprogress, forget });
      this.#send({ jsonrpc: "2.0", id, method, params: { ...params, _meta: { progressToken: id } } }).catch((error: unknown) =>
        this.#take(id)?.reject(error),
      );
    });
  }

  /** True when the reply answered one of these requests. */
  answer({ id, error, result }: RpcMessage): boolean {
    const waiting = id === undefined ? null : this.#take(id);
    if (!waiting) return false;
    if (isRecord(error)) waiting.reject(errorOf(error));
    else if (isRecord(result)) waiting.resolve(result);
    else waiting.reject(Object.assign(new Error("Its result is no object."), { code: "INVALID_RESULT" }));
    return true;
  }

  /** True when the notice belongs to one of these requests. */
  progress({ params }: RpcMessage): boolean {
    if (!isRecord(params)) return false;
    const { progressToken, progress, total, message } = params;
    const waiting = typeof progressToken === "number" ? this.#waiting.get(progressToken) : undefined;
    if (!waiting || typeof progress !== "number") return false;
    waiting.onprogress({
      progress,
      ...(typeof total === "number" ? { total } : {}),
      ...(typeof message === "string" ? { message } : {}),
    });
    return true;
  }

  /** Nothing more will come: whoever waits is told. */
  close(): void {
    this.#closed = true;
    for (const id of this.#waiting.keys()) this.#take(id)?.reject(endedWith("CONNECTION_CLOSED"));
  }

  #cancel(id: number, reason: unknown): void {
    const waiting = this.#take(id);
    if (!waiting) return;
    waiting.reject(reason);
    // A server that cannot be told any more has ended, and its end is reported by itself.
    this.#send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id, reason: String(reason) } }).catch(() => {});
  }

  #take(id: RpcId): Waiting | null {
    const waiting = this.#waiting.get(id);
    if (!waiting) return null;
    this.#waiting.delete(id);
    waiting.forget();
    return waiting;
  }
}

/** Codes of the protocol library: before anything was sent, or afterwards. */
const endedWith = (code: "NOT_CONNECTED" | "CONNECTION_CLOSED"): Error => Object.assign(new Error("The connection was closed."), { code });

/** What a server calls an error may be anything. */
function errorOf({ code, message }: RpcError | Record<string, unknown>): Error {
  return Object.assign(new Error(typeof message === "string" ? message : "The server gave no reason."), {
    code: Number.isSafeInteger(code) ? code : INTERNAL_ERROR,
  });
}

// The words of the replay server: what it sends, and what it was sent.
import type { HttpExchange } from "./loopback-server.ts";

export type ReplayReply = {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The bytes of the body; text is sent as UTF-8. Default content type: SSE where it begins like one, else JSON. */
  readonly body: string | Uint8Array;
  /** Sizes of the pieces the body is written in, repeated over its length. Default: all at once. */
  readonly pieces?: readonly number[];
  /** Milliseconds between two pieces. */
  readonly delayMs?: number;
  /** Cuts the connection after so many bytes of the body. */
  readonly abortAt?: number;
  /** Awaited after the first piece, with the request: for tests that act in the middle of a reply. */
  readonly hold?: (request: ReplayRequest) => Promise<void>;
  /** Sent instead where the request asks for `stream: false`. */
  readonly whole?: string;
};

export type ReplayEntry = ReplayReply & {
  /** In a matched script: which requests it answers. Ignored in a queue. */
  readonly when?: (request: ReplayRequest) => boolean;
  /** Looks at the request; what it throws is a problem. A request without one must be taken by the test. */
  readonly assert?: (request: ReplayRequest) => void;
  /** How often it may be played. Default 1. */
  readonly times?: number;
  /** A client that sends the same body again is all right here (a retry). */
  readonly repeats?: true;
};

export type ReplayRequest = {
  /** From 1. */
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly headers: HttpExchange["headers"];
  /** As it came. */
  readonly raw: string;
  /** Parsed; null where it is no JSON. */
  readonly body: Readonly<Record<string, unknown>> | null;
  /** Aborts when the client gave the reply up. */
  readonly gone: AbortSignal;
};

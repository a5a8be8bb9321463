// An HTTP server on one address: slow and greedy clients are cut off by it, everything else is decided by whoever answers.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UsageError } from "../errors/index.ts";
import { systemErrorCode } from "./files.ts";

const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const MOST_CONNECTIONS = 256;
const MOST_HEADER_BYTES = 16 * 1024;

export type HttpListener = {
  readonly host: string;
  readonly port: number;
  /** Ends open connections; idempotent. */
  close(): Promise<void>;
};
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** `port` 0 = any that is free. Throws UsageError where the address cannot be used. */
export async function listenHttp(
  { host, port }: { readonly host: string; readonly port: number },
  handle: HttpHandler,
): Promise<HttpListener> {
  const server = createServer({ maxHeaderSize: MOST_HEADER_BYTES, headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, handle);
  server.maxConnections = MOST_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(notUsable(error, `${host}:${port}`)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    host: address.address,
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function notUsable(error: Error, address: string): UsageError {
  const code = systemErrorCode(error);
  const why = code === "EADDRINUSE" ? "another program uses it" : code === "EACCES" ? "it needs more rights" : error.message;
  return new UsageError("E_USAGE", `The address ${address} cannot be used: ${why}.`, { next: "Give another port, or 0 for any." });
}

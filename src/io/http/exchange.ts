// One request and its answer over Node's own HTTP client.
import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import type { LookupFunction, Socket } from "node:net";
import { VERSION } from "../version.ts";
import { connectTimeout } from "./connect-timeout.ts";
import type { Connections } from "./connections.ts";
import { HttpHeaders } from "./http-headers.ts";
import { HttpResponse } from "./http-response.ts";
import type { Outgoing } from "./outgoing.ts";
import { bodyOf, ENCODINGS } from "./response-body.ts";

/** Resolves with the head of the answer. Rejects with the signal's reason, or with `TypeError: fetch failed` whose cause says what happened. */
export async function exchange(outgoing: Outgoing, via: Connections, redirected: boolean): Promise<HttpResponse> {
  const { signal } = outgoing;
  const agent = await via.agentFor(outgoing.url);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = send(outgoing, agent, via.options.lookup);
    const abort = (): void => void request.destroy();
    signal?.addEventListener("abort", abort, { once: true });
    const failed =
      (message: string) =>
      (cause: Error): unknown =>
        signal?.aborted === true ? signal.reason : new TypeError(message, { cause });
    const lost = failed("fetch failed");
    request.on("error", (error) => reject(lost(error)));
    request.once("close", () => {
      signal?.removeEventListener("abort", abort);
      reject(lost(new Error("the connection was closed before an answer came")));
    });
    request.once("response", (message) => resolve(answerOf(message, outgoing, { redirected, broken: failed("terminated") })));
    limitConnecting(request, via.options.connectTimeoutMs);
    request.end(outgoing.body ?? undefined);
  });
}

function send({ url, method, headers }: Outgoing, agent: Agent, lookup: LookupFunction | undefined): ClientRequest {
  const { request } = process.getBuiltinModule(url.protocol === "https:" ? "node:https" : "node:http");
  return request(url, {
    method,
    headers: {
      accept: "*/*",
      // A part of a packed file cannot be unpacked.
      "accept-encoding": headers.has("range") ? "identity" : ENCODINGS,
      "user-agent": `massgen/${VERSION}`,
      ...Object.fromEntries(headers),
    },
    agent,
    ...(lookup === undefined ? {} : { lookup }),
  });
}

/** A host that swallows packets fails in the time the caller gave, not in the system's minutes. */
function limitConnecting(request: ClientRequest, ms: number): void {
  request.once("socket", (socket: Socket & { readonly secureConnecting?: boolean }) => {
    // A socket out of a tunnel is connected already, and encrypted not before now.
    const connected = socket.secureConnecting === undefined ? "connect" : "secureConnect";
    if (!socket.connecting && socket.secureConnecting !== true) return;
    const timer = setTimeout(() => request.destroy(connectTimeout(ms)), ms);
    const stop = (): void => clearTimeout(timer);
    for (const event of [connected, "close"]) socket.once(event, stop);
  });
}

type Around = { readonly redirected: boolean; readonly broken: (error: Error) => unknown };

function answerOf(message: IncomingMessage, { url, method }: Outgoing, { redirected, broken }: Around): HttpResponse {
  const headers = new HttpHeaders();
  const raw = message.rawHeaders;
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at] ?? "", raw[at + 1] ?? "");
  return new HttpResponse({
    url: url.href.replace(/#.*$/, ""),
    redirected,
    status: message.statusCode ?? 0,
    statusText: message.statusMessage ?? "",
    headers,
    body: bodyOf(message, method, broken),
  });
}

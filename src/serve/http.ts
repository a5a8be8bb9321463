// The streamable HTTP transport: one path, sessions by header, calls answered on streams; everything else is refused by name.
import type { IncomingMessage, ServerResponse } from "node:http";
import { listenHttp, type Io } from "../io/index.ts";
import { SERVED_REVISIONS, type EndpointPorts, type RpcMessage } from "../mcp/index.ts";
import { readBody } from "./http-body.ts";
import { isLoopbackName, refusalOf } from "./http-guard.ts";
import { HttpSession } from "./http-session.ts";

export const HTTP_PATH = "/mcp";
const MOST_SESSIONS = 100;
const IDLE_MS = 60 * 60_000;

export type HttpOptions = {
  readonly io: Pick<Io, "clock" | "randomHex">;
  readonly host: string;
  /** 0 = any that is free. */
  readonly port: number;
  readonly token: string;
  readonly hosts: readonly string[];
  /** What each client's endpoint is made with. */
  ports(): EndpointPorts;
  /** A bug while a request was answered. */
  failed(error: unknown): void;
};
export type HttpServer = {
  readonly url: string;
  /** Answers what is being worked on with what there is, then ends everything; idempotent. */
  close(): Promise<void>;
};

/** Throws UsageError where the address cannot be used. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { failed } = options;
  const sessions = new Map<string, HttpSession>();
  const guard = { token: options.token, hosts: options.hosts, beyond: !isLoopbackName(options.host) };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // Not read as a URL: whoever asks has shown no token yet, and may write what is none.
    if ((request.url ?? "").split("?", 1)[0] !== HTTP_PATH) return refuse(response, 404, "There is only /mcp here.");
    const { host, origin, authorization } = request.headers;
    const refused = refusalOf({ host, origin, authorization }, guard);
    if (refused !== null) {
      if (refused.status === 401) response.setHeader("www-authenticate", 'Bearer realm="massgen"');
      return refuse(response, refused.status, refused.message);
    }
    await exchange({ request, response, sessions, options });
  };
  const listener = await listenHttp(options, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) return; // The client went away in the middle of its request.
      failed(error);
      if (!response.headersSent) refuse(response, 500, "The server made a mistake.");
      response.destroy();
    });
  });
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    await Promise.all([...sessions.values()].map((session) => session.stop()));
    sessions.clear();
    await listener.close();
  };
  const name = listener.host.includes(":") ? `[${listener.host}]` : listener.host;
  return { url: `http://${name}:${listener.port}${HTTP_PATH}`, close: () => (closing ??= close()) };
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly sessions: Map<string, HttpSession>;
  readonly options: HttpOptions;
};

async function exchange(with_: Exchange): Promise<void> {
  const { request, response, sessions } = with_;
  if (request.method === "POST") return post(with_);
  if (request.method !== "DELETE") {
    response.setHeader("allow", "POST, DELETE");
    return refuse(response, 405, "Only POST and DELETE are answered: nothing is sent that belongs to no request.");
  }
  const session = sessionOf(request, sessions);
  if (session === undefined) return refuse(response, 404, "There is no such session.");
  sessions.delete(session.id);
  await session.close();
  response.writeHead(200).end();
}

async function post({ request, response, sessions, options }: Exchange): Promise<void> {
  const { "content-type": type = "", accept = "", "mcp-protocol-version": revision } = request.headers;
  if (!/^application\/json\b/i.test(type)) return refuse(response, 415, "The body must be application/json.");
  if (!accept.includes("*/*") && !(accept.includes("application/json") && accept.includes("text/event-stream")))
    return refuse(response, 406, "The client must accept application/json and text/event-stream.");
  if (typeof revision === "string" && !SERVED_REVISIONS.includes(revision))
    return refuse(response, 400, `The protocol revision is not served; there are ${SERVED_REVISIONS.join(", ")}.`);
  const body = await readBody(request);
  if ("status" in body) return refuse(response, body.status, body.message);
  const message = body.value as RpcMessage;
  if (typeof message !== "object" || message === null || Array.isArray(message))
    return refuse(response, 400, "The body must be one JSON-RPC message; batches are not served.");
  const session = isIntroduction(message) ? introduce(sessions, options) : sessionOf(request, sessions);
  if (session === "full") return refuse(response, 503, "The server has no place for another client now.");
  if (session === undefined)
    return request.headers["mcp-session-id"] === undefined
      ? refuse(response, 400, "The header Mcp-Session-Id is missing: begin with `initialize`.")
      : refuse(response, 404, "There is no such session; begin again with `initialize`.");
  session.lastUsed = options.io.clock.monotonic();
  response.setHeader("mcp-session-id", session.id);
  await deliver(session, message, response);
}

async function deliver(session: HttpSession, message: RpcMessage, response: ServerResponse): Promise<void> {
  const { id, method } = message;
  if (method === undefined || id === undefined) {
    // A reply or a notice; dealt with on its own, a cancelled call ends on its own stream.
    await session.endpoint.receive(message);
    return void response.writeHead(202).end();
  }
  if (typeof id !== "string" && typeof id !== "number") return refuse(response, 400, "The id of a request is a text or a number.");
  if (method === "tools/call") return session.stream({ ...message, id }, response);
  const reply = await session.answer({ ...message, id });
  response.writeHead(reply === null ? 400 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(reply ?? rpcError("Not a JSON-RPC 2.0 message.")));
}

const isIntroduction = ({ method, id }: RpcMessage): boolean => method === "initialize" && id !== undefined;

function sessionOf({ headers }: IncomingMessage, sessions: ReadonlyMap<string, HttpSession>): HttpSession | undefined {
  const id = headers["mcp-session-id"];
  return typeof id === "string" ? sessions.get(id) : undefined;
}

/** A new client; the ones that were not heard of for an hour make place. */
function introduce(sessions: Map<string, HttpSession>, { io, ports }: HttpOptions): HttpSession | "full" {
  const idle = [...sessions.values()].filter(({ endpoint, lastUsed }) => !endpoint.isBusy && io.clock.monotonic() - lastUsed > IDLE_MS);
  for (const { id } of idle) sessions.delete(id);
  if (sessions.size >= MOST_SESSIONS) return "full";
  const session = new HttpSession(io.randomHex(16), ports(), io.clock);
  sessions.set(session.id, session);
  return session;
}

const rpcError = (message: string) => ({ jsonrpc: "2.0", id: null, error: { code: -32_600, message } });

function refuse(response: ServerResponse, status: number, message: string): void {
  // What was not read of a refused body is not waited for.
  response.writeHead(status, { "content-type": "application/json", ...(status === 413 ? { connection: "close" } : {}) });
  response.end(JSON.stringify(rpcError(message)));
}

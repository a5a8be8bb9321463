// The server over HTTP ("streamable HTTP" with plain JSON answers), for this machine alone: POST /mcp.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answer } from "./protocol.ts";

const MAX_BYTES = 1024 * 1024;
/** PORT=0 takes any free port. */
const PORT = Number(process.env["PORT"] ?? 8931);
/** Set it, and clients must send `Authorization: Bearer …`. */
const TOKEN = process.env["WEATHER_TOKEN"];

function reply(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, body === undefined ? {} : { "content-type": "application/json" });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

const refuse = (response: ServerResponse, status: number, message: string): void =>
  reply(response, status, { jsonrpc: "2.0", id: null, error: { code: -32000, message } });

/** A page in a browser must not reach this server through a name that leads here. */
function isFromHere({ headers }: IncomingMessage): boolean {
  const local = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
  const origin = headers.origin;
  return local.test(headers.host ?? "") && (origin === undefined || local.test(origin.replace(/^https?:\/\//, "")));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new RangeError("The message is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const server = createServer(async (request, response) => {
  if (!isFromHere(request)) return refuse(response, 403, "Only this machine may ask.");
  if (TOKEN !== undefined && request.headers.authorization !== `Bearer ${TOKEN}`)
    return refuse(response, 401, "The token is missing or wrong.");
  if (request.url?.split("?")[0] !== "/mcp") return refuse(response, 404, "The server is at /mcp.");
  if (request.method !== "POST") return refuse(response, 405, "Only POST is served.");
  try {
    const result = await answer(JSON.parse(await bodyOf(request)));
    if (result === null) reply(response, 202);
    else reply(response, 200, result);
  } catch (error) {
    refuse(response, error instanceof RangeError ? 413 : 400, error instanceof RangeError ? error.message : "The body is not JSON.");
  }
});

server.listen(PORT, "127.0.0.1", () =>
  console.log(`The weather server listens on http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`),
);

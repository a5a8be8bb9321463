// An MCP server over streamable HTTP (POST /mcp), in revision 2025-11-25 or, with --modern, 2026-07-28. Prints its URL as the first line of standard output.
// Usage: node http-server.mjs [--log=FILE] [--modern] [--stream] [--need-token=TOKEN] [--forget-session-after=N calls] [--cut-call] [--status-on-call=CODE]
//   [--bomb=BYTES] [--endless-event] [--mute] [--stall] [--redirect=URL] [--port=N] [--change-after-call] [--busy=N requests]
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";

const flags = new Map(
  process.argv.slice(2).map((flag) => {
    const [name, ...rest] = flag.replace(/^--/, "").split("=");
    return [name, rest.join("=")];
  }),
);
const number = (name, fallback = 0) => (flags.has(name) ? Number(flags.get(name)) : fallback);
const note = (entry) => flags.has("log") && appendFileSync(flags.get("log"), `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
const modern = flags.has("modern");
let busy = number("busy");
const schema = { type: "object", properties: { n: { type: "integer" } } };
const sessions = new Set();
const listeners = new Set();
let calls = 0;
let extraTool = false;

const tools = () => [
  { name: "read", description: "Returns its argument.", inputSchema: schema, annotations: { readOnlyHint: true } },
  { name: "write", description: "Pretends to write.", inputSchema: schema },
  ...(modern
    ? [
        {
          name: "region",
          description: "An argument that travels in a header.",
          inputSchema: { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } },
          annotations: { readOnlyHint: true },
        },
      ]
    : []),
  ...(extraTool ? [{ name: "extra", description: "Appeared later.", inputSchema: schema }] : []),
];
const complete = (result) => (modern ? { resultType: "complete", ...result } : result);
const capabilities = { tools: { listChanged: true } };

function answer({ method, params }, request) {
  switch (method) {
    case "initialize":
      return { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: "http", version: "1.0.0" } };
    case "server/discover":
      return complete({
        supportedVersions: ["2026-07-28"],
        capabilities,
        ttlMs: 60_000,
        cacheScope: "private",
        _meta: { "io.modelcontextprotocol/serverInfo": { name: "http", version: "1.0.0" } },
      });
    case "ping":
      return {};
    case "tools/list":
      return complete({ tools: tools(), ...(modern ? { ttlMs: 60_000, cacheScope: "private" } : {}) });
    case "tools/call": {
      if (flags.has("change-after-call")) {
        extraTool = true;
        setTimeout(announce, 10);
      }
      const value =
        params.name === "region"
          ? `${params.arguments?.region} in header ${request.headers["mcp-param-region"]}`
          : `${params.name} ${JSON.stringify(params.arguments ?? {})}`;
      return complete({ content: [{ type: "text", text: flags.has("bomb") ? "b".repeat(number("bomb")) : value }] });
    }
    default:
      throw Object.assign(new Error("Method not found"), { code: -32601 });
  }
}

const event = (message) => `event: message\ndata: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;
function announce() {
  for (const { response, id } of listeners) {
    response.write(
      event({
        method: "notifications/tools/list_changed",
        ...(id === undefined ? {} : { params: { _meta: { "io.modelcontextprotocol/subscriptionId": id } } }),
      }),
    );
  }
}

function openStream(response, id) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const listener = { response, id };
  listeners.add(listener);
  response.on("close", () => listeners.delete(listener));
  if (id !== undefined)
    response.write(
      event({
        method: "notifications/subscriptions/acknowledged",
        params: { notifications: { toolsListChanged: true }, _meta: { "io.modelcontextprotocol/subscriptionId": id } },
      }),
    );
  else response.write(": open\n\n");
}

function refuse(request, response, message) {
  const session = request.headers["mcp-session-id"];
  if (busy > 0) {
    busy -= 1;
    return response.writeHead(503).end("starting up");
  }
  if (flags.has("redirect")) return response.writeHead(307, { location: flags.get("redirect") }).end();
  if (flags.has("need-token") && request.headers["authorization"] !== `Bearer ${flags.get("need-token")}`)
    return response.writeHead(401, { "www-authenticate": "Bearer" }).end("who are you");
  if (!modern && message.method !== "initialize" && !sessions.has(session))
    return response
      .writeHead(404, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32001, message: "Session not found" } }));
  if (message.method === "tools/call") {
    calls += 1;
    if (flags.has("status-on-call")) return response.writeHead(number("status-on-call")).end("refused on purpose");
    if (flags.has("forget-session-after") && calls === number("forget-session-after") + 1) {
      sessions.delete(session);
      return response.writeHead(404).end("Session not found");
    }
  }
  return null;
}

function deliver(request, response, message) {
  if (message.method === "subscriptions/listen") return openStream(response, message.id);
  const isCall = message.method === "tools/call";
  if (isCall && flags.has("mute")) return;
  if (isCall && flags.has("stall")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    return response.write(": waiting\n\n");
  }
  if (isCall && flags.has("cut-call")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(": begun\n\n");
    return setTimeout(() => response.destroy(), 20);
  }
  if (isCall && flags.has("endless-event")) {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write("data: ");
    const flood = () => {
      while (!response.destroyed && response.write("x".repeat(65_536)));
    };
    response.on("drain", flood);
    return flood();
  }
  let reply;
  try {
    reply = { id: message.id, result: answer(message, request) };
  } catch (error) {
    reply = { id: message.id, error: { code: error.code ?? -32603, message: error.message } };
  }
  const headers = message.method === "initialize" ? { "mcp-session-id": randomUUID() } : {};
  if (headers["mcp-session-id"]) sessions.add(headers["mcp-session-id"]);
  if (flags.has("stream")) {
    response.writeHead(200, { ...headers, "content-type": "text/event-stream" });
    return response.end(event(reply));
  }
  const body = JSON.stringify({ jsonrpc: "2.0", ...reply });
  if (isCall && flags.has("bomb"))
    return response.writeHead(200, { ...headers, "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(body));
  return response.writeHead(200, { ...headers, "content-type": "application/json" }).end(body);
}

const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces).toString("utf8");
  if (request.method === "GET") return modern ? response.writeHead(405).end() : openStream(response);
  if (request.method === "DELETE") {
    note({ method: "DELETE" });
    sessions.delete(request.headers["mcp-session-id"]);
    return response.writeHead(200).end();
  }
  const message = JSON.parse(body);
  note({ method: message.method, id: message.id, params: message.params, headers: request.headers });
  if (refuse(request, response, message)) return;
  if (message.id === undefined) return response.writeHead(202).end();
  deliver(request, response, message);
});
server.listen(number("port"), "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`));
process.stdin.on("end", () => process.exit(0)).resume();

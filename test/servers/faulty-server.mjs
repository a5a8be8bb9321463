// An MCP server that fails as each call asks it to, and writes down what it carried out; over stdio, or with --http=PORT over streamable HTTP.
// Usage: node faulty-server.mjs --log=FILE [--http=PORT] [--late=MILLISECONDS] [--child]
// A call is {id, fault?}; every effect is one line {id, tool} in FILE before anything is answered. With --child a grandchild is started that outlives its parent.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { appendFileSync, closeSync } from "node:fs";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const flags = new Map(
  process.argv.slice(2).map((flag) => {
    const [name, ...rest] = flag.replace(/^--/, "").split("=");
    return [name, rest.join("=")];
  }),
);
const late = Number(flags.get("late") ?? "1000");
const note = (entry) => appendFileSync(flags.get("log"), `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
const input = { type: "object", properties: { id: { type: "string" }, fault: { type: "string" } }, required: ["id"] };
const TOOLS = [
  { name: "read", description: "Looks something up.", inputSchema: input, annotations: { readOnlyHint: true } },
  { name: "write", description: "Stores something.", inputSchema: input },
];

/** Carries the call out and gives the reply's result. */
function carryOut({ name, arguments: { id } }) {
  note({ id, tool: name });
  return { content: [{ type: "text", text: `${name} ${id}` }] };
}

/** The result of anything but a call; undefined for what is not known. */
function answer({ method, params }) {
  if (method === "initialize")
    return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "faulty", version: "1.0.0" } };
  if (method === "tools/list") return { tools: TOOLS };
  return method === "ping" ? {} : undefined;
}

/** What a call does to its connection; `reply` sends the result, `cut` breaks the connection off in the middle. */
function suffer(params, { reply, cut, half, more }) {
  const fault = params.arguments.fault ?? "none";
  switch (fault) {
    case "crash-before":
      return process.exit(1);
    case "crash-after":
      carryOut(params);
      return process.exit(1);
    case "hang-before":
      return undefined;
    case "hang-after":
      return void carryOut(params);
    case "late": {
      const result = carryOut(params);
      return void setTimeout(() => reply(result), late);
    }
    case "cut-before":
      return cut();
    case "cut-after":
      carryOut(params);
      return cut();
    case "half":
      return half(carryOut(params));
    default:
      return more(fault, () => carryOut(params)) ?? reply(carryOut(params));
  }
}

function serveStdio() {
  const write = (text) => process.stdout.write(text);
  const rpc = (message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`;
  const call = ({ id, params }) =>
    suffer(params, {
      reply: (result) => write(rpc({ id, result })),
      cut: () => closeSync(1),
      half: (result) => write(rpc({ id, result }).slice(0, 40), () => process.exit(1)),
      more: (fault, carry) => {
        if (fault === "junk") write("Loading model weights …\n{not json\n");
        if (fault === "wrong-id") write(rpc({ id: id + 1000, result: {} }) + rpc({ id: String(id), result: {} }));
        if (fault !== "twice") return undefined;
        const text = rpc({ id, result: carry() });
        return write(text + text);
      },
    });
  createInterface({ input: process.stdin }).on("line", (line) => {
    const message = JSON.parse(line);
    if (message.id === undefined) return;
    if (message.method === "tools/call") return call(message);
    const result = answer(message);
    write(rpc({ id: message.id, ...(result ? { result } : { error: { code: -32601, message: "Method not found" } }) }));
  });
}

function serveHttp(port) {
  const sessions = new Set();
  const json = { "content-type": "application/json" };
  const call = ({ id, params }, response, session) => {
    const body = (result) => JSON.stringify({ jsonrpc: "2.0", id, result });
    suffer(params, {
      reply: (result) => response.writeHead(200, json).end(body(result)),
      cut: () => response.destroy(),
      half: (result) => {
        response.writeHead(200, { ...json, "content-length": String(Buffer.byteLength(body(result))) });
        response.write(body(result).slice(0, 40), () => response.destroy());
      },
      more: (fault, carry) => {
        const status = /^(5\d\d|429)-(before|after)$/.exec(fault);
        if (status?.[2] === "after") carry();
        if (status) return response.writeHead(Number(status[1])).end("refused on purpose");
        if (fault !== "forget") return undefined;
        sessions.delete(session);
        return response.writeHead(404).end("Session not found");
      },
    });
  };
  const server = createServer(async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const session = request.headers["mcp-session-id"];
    if (request.method === "DELETE") return response.writeHead(sessions.delete(session) ? 200 : 404).end();
    if (request.method !== "POST") return response.writeHead(405).end();
    const message = JSON.parse(Buffer.concat(pieces).toString("utf8"));
    if (message.method !== "initialize" && !sessions.has(session)) return response.writeHead(404).end("Session not found");
    if (message.id === undefined) return response.writeHead(202).end();
    if (message.method === "tools/call") return call(message, response, session);
    const result = answer(message);
    const made = message.method === "initialize" ? { "mcp-session-id": randomUUID() } : {};
    if (made["mcp-session-id"]) sessions.add(made["mcp-session-id"]);
    const reply = result ? { result } : { error: { code: -32601, message: "Method not found" } };
    return response.writeHead(200, { ...json, ...made }).end(JSON.stringify({ jsonrpc: "2.0", id: message.id, ...reply }));
  });
  server.listen(port, "127.0.0.1", () => process.stdout.write(`http://127.0.0.1:${server.address().port}/mcp\n`));
  process.stdin.on("end", () => process.exit(0)).resume();
}

note({ started: true });
if (flags.has("child")) {
  const child = spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], { stdio: "ignore" });
  note({ started: true, pid: child.pid });
}
if (flags.has("http")) serveHttp(Number(flags.get("http")));
else serveStdio();

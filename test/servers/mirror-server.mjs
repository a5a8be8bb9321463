// A plain stdio MCP server that tells what it was started with, and brings results of any size.
import { createInterface } from "node:readline";

const any = { type: "object" };
const READ = { readOnlyHint: true };
const TOOLS = [
  { name: "facts", description: "Arguments, environment and working folder of the server.", inputSchema: any, annotations: READ },
  {
    name: "big",
    description: "A text of n bytes, with an escape sequence in it.",
    inputSchema: { type: "object", properties: { n: { type: "integer" } } },
    annotations: READ,
  },
  { name: "echo", description: "Its arguments.", inputSchema: any, annotations: READ },
  { name: "wipe", description: "Destroys nothing, but says so.", inputSchema: any, annotations: { destructiveHint: true } },
];

function call({ name, arguments: args = {} }) {
  if (name === "facts") return { argv: process.argv.slice(2), env: process.env, cwd: process.cwd() };
  if (name === "big") return `begin\u001b[31m${"x".repeat(args.n)}end`;
  return name === "echo" ? args : `${name} done`;
}

function answer({ method, params }) {
  if (method === "initialize")
    return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "mirror", version: "1.0.0" } };
  if (method === "tools/list") return { tools: TOOLS };
  if (method !== "tools/call") return {};
  const said = call(params);
  return { content: [{ type: "text", text: typeof said === "string" ? said : JSON.stringify(said) }] };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined || message.method === undefined) return;
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", id: message.id, result: answer(message) })}\n`);
});

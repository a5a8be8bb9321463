// A plain stdio MCP server with very many tools: verbs times nouns, so that searching has something to tell apart. Every call answers with its own name and arguments.
// Usage: node many-tools-server.mjs [LOG_FILE]
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [logFile = "-"] = process.argv.slice(2);
const VERBS = {
  create: "Creates",
  read: "Reads",
  update: "Changes",
  remove: "Deletes",
  list: "Lists",
  archive: "Puts away",
  export: "Writes to a file",
};
const NOUNS = [
  "invoice",
  "customer",
  "shipment",
  "warehouse",
  "calendar_event",
  "email_draft",
  "code_review",
  "payment",
  "contract",
  "photo",
];
const TOOLS = Object.entries(VERBS).flatMap(([verb, does]) =>
  NOUNS.map((noun) => ({
    name: `${verb}_${noun}`,
    description: `${does} one ${noun.replace("_", " ")} of the company's books.`,
    inputSchema: {
      type: "object",
      properties: { id: { type: "string", description: `Number of the ${noun.replace("_", " ")}.` } },
      required: ["id"],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: verb === "read" || verb === "list" },
  })),
);

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (logFile !== "-") appendFileSync(logFile, `${JSON.stringify({ method, name: params?.name })}\n`);
  if (id === undefined) return;
  if (method === "initialize")
    send({
      id,
      result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "many", version: "1" } },
    });
  else if (method === "tools/list") send({ id, result: { tools: TOOLS } });
  else if (method === "tools/call")
    send({ id, result: { content: [{ type: "text", text: `${params.name} ${JSON.stringify(params.arguments)}` }] } });
  else if (method === "ping") send({ id, result: {} });
  else send({ id, error: { code: -32601, message: `unknown method ${method}` } });
});

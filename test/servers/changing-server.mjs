// A stdio MCP server (called SERVER_NAME) whose tools stand in a JSON file that is read at each `tools/list`. Usage: node changing-server.mjs TOOLS.json [HEARD.txt]
import { appendFileSync, readFileSync, watchFile } from "node:fs";
import { createInterface } from "node:readline";

const [file, heard] = process.argv.slice(2);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function answer({ method, params }) {
  if (method === "initialize")
    return {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: { listChanged: true } },
      serverInfo: { name: process.env["SERVER_NAME"] ?? "changing", version: "1.0.0" },
    };
  if (method === "tools/list") return { tools: JSON.parse(readFileSync(file, "utf8")) };
  if (method === "tools/call") return { content: [{ type: "text", text: `called ${params.name}` }] };
  return {};
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (heard) appendFileSync(heard, `${message.method}\n`);
  if (message.id !== undefined && message.method !== undefined) send({ id: message.id, result: answer(message) });
});
watchFile(file, { interval: 50 }, () => send({ method: "notifications/tools/list_changed" }));

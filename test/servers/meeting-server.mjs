// A stdio MCP server with one read-only tool that answers only when N calls of it run at the same time, and a record of what began and ended when.
// Usage: node meeting-server.mjs LOG_FILE N
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [logFile, size] = process.argv.slice(2);
const TOOL = {
  name: "meet",
  description: "Answers when everybody is here; changes nothing.",
  inputSchema: { type: "object", properties: { as: { type: "string" } } },
  annotations: { readOnlyHint: true },
};
const note = (entry) => appendFileSync(logFile, `${JSON.stringify({ pid: process.pid, ...entry })}\n`);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const everybody = Promise.withResolvers();
let here = 0;

async function meet(id) {
  here += 1;
  note({ begins: id, here });
  if (here === Number(size)) everybody.resolve();
  await everybody.promise;
  note({ ends: id });
  return { content: [{ type: "text", text: "Everybody is here." }] };
}

const ANSWERS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "meeting", version: "1.0.0" },
  }),
  ping: () => ({}),
  "tools/list": () => ({ tools: [TOOL] }),
  "tools/call": (_params, id) => meet(id),
};

createInterface({ input: process.stdin }).on("line", async (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const answer = ANSWERS[method];
  if (answer === undefined) return send({ id, error: { code: -32601, message: "Method not found" } });
  send({ id, result: await answer(params, id) });
});

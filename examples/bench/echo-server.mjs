// A server with one tool that gives back what it is given: what a call costs is then the cost of everything around it. Needs nothing but Node.
import { createInterface } from "node:readline";

const TOOL = {
  name: "echo",
  description: "Gives back the text.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
};

const METHODS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "echo", version: "1.0.0" },
  }),
  ping: () => ({}),
  "tools/list": () => ({ tools: [TOOL] }),
  "tools/call": ({ arguments: input }) => ({ content: [{ type: "text", text: String(input?.text ?? "") }] }),
};

const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined) continue;
  const answer = METHODS[method];
  if (answer === undefined) send({ id, error: { code: -32601, message: `There is no method ${method}.` } });
  else send({ id, result: answer(params) });
}

// A plain stdio MCP server that writes every message it receives to a file, so that tests judge by what really arrived.
// Usage: node counting-server.mjs LOG_FILE [--delay=MS] [--tools=read,write,...] [--tools-file=FILE] [--name=NAME] [--modern]
import { appendFileSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [logFile, ...flags] = process.argv.slice(2);
const option = (name, fallback) => flags.find((flag) => flag.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const delay = Number(option("delay", "0"));
const serverName = option("name", "counting");
// With --modern the server speaks revision 2026-07-28 only; without it, only what begins with `initialize`.
const modern = flags.includes("--modern");

const number = { type: "object", properties: { n: { type: "integer" } }, required: ["n"], additionalProperties: false };
const TOOLS = [
  { name: "read", description: "Returns its argument; changes nothing.", inputSchema: number, annotations: { readOnlyHint: true } },
  { name: "write", description: "Adds its argument to the total.", inputSchema: number },
  { name: "wipe", description: "Sets the total to zero.", inputSchema: { type: "object" }, annotations: { destructiveHint: true } },
  { name: "fail", description: "Always reports an error.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
  { name: "slow_read", description: "Answers after n milliseconds.", inputSchema: number, annotations: { readOnlyHint: true } },
  { name: "slow_write", description: "Answers after n milliseconds.", inputSchema: number },
  { name: "progress", description: "Reports n steps, then answers.", inputSchema: number, annotations: { readOnlyHint: true } },
  { name: "pid", description: "The process id of the server.", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
  {
    name: "environment",
    description: "The environment of the server.",
    inputSchema: { type: "object" },
    annotations: { readOnlyHint: true },
  },
];
// --tools-file=FILE: read anew for every list and call, so that a test can take a tool away without a word.
const toolsFile = option("tools-file", "");
const wanted = () =>
  (toolsFile === "" ? option("tools", TOOLS.map(({ name }) => name).join(",")) : readFileSync(toolsFile, "utf8").trim()).split(",");
let total = 0;
let running = 0;

const note = (entry) =>
  logFile && logFile !== "-" && appendFileSync(logFile, `${JSON.stringify({ pid: process.pid, at: Date.now(), ...entry })}\n`);
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = (value) => ({ content: [{ type: "text", text: String(value) }] });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function callTool({ name: asked, arguments: args = {}, _meta }) {
  const name = wanted().includes(asked) ? asked : null;
  switch (name) {
    case "read":
      return text(args.n);
    case "write":
      total += args.n;
      return text(total);
    case "wipe":
      total = 0;
      return text(0);
    case "fail":
      return { ...text("It failed on purpose."), isError: true };
    case "slow_read":
    case "slow_write":
      await wait(args.n);
      return text(args.n);
    case "progress":
      for (let step = 1; step <= args.n; step += 1) {
        send({
          method: "notifications/progress",
          params: { progressToken: _meta?.progressToken, progress: step, total: args.n, message: `step ${step}` },
        });
        await wait(20);
      }
      return text(args.n);
    case "pid":
      return text(process.pid);
    case "environment":
      return text(JSON.stringify(process.env));
    default:
      throw Object.assign(new Error(`Unknown tool: ${asked}`), { code: -32602 });
  }
}

const capabilities = { tools: { listChanged: true } };

async function answerModern(message) {
  if (message.method === "initialize") throw Object.assign(new Error("Method not found"), { code: -32601 });
  if (message.method === "server/discover")
    return {
      resultType: "complete",
      supportedVersions: ["2026-07-28"],
      capabilities: { tools: {} },
      ttlMs: 60_000,
      cacheScope: "private",
      _meta: { "io.modelcontextprotocol/serverInfo": { name: serverName, version: "1.0.0" } },
    };
  if (
    message.method === "tools/call" &&
    message.params.name === "read" &&
    message.params.arguments.n === 99 &&
    !message.params.inputResponses
  ) {
    return {
      resultType: "input_required",
      inputRequests: {
        q: {
          method: "elicitation/create",
          params: { mode: "form", message: "Really?", requestedSchema: { type: "object", properties: { sure: { type: "boolean" } } } },
        },
      },
      requestState: "s1",
    };
  }
  if (message.method === "tools/call" && message.params.inputResponses)
    return { resultType: "complete", ...text(JSON.stringify([message.params.inputResponses, message.params.requestState])) };
  const result = await answer(message);
  return { resultType: "complete", ...result, ...(message.method === "tools/list" ? { ttlMs: 60_000, cacheScope: "private" } : {}) };
}

async function answer({ method, params }) {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params.protocolVersion,
        capabilities,
        serverInfo: { name: serverName, version: "1.0.0" },
      };
    case "ping":
      return {};
    case "tools/list":
      return { tools: TOOLS.filter((tool) => wanted().includes(tool.name)) };
    case "tools/call":
      return callTool(params);
    default:
      throw Object.assign(new Error("Method not found"), { code: -32601 });
  }
}

createInterface({ input: process.stdin }).on("line", async (line) => {
  const message = JSON.parse(line);
  note({ method: message.method, id: message.id, params: message.params, running });
  if (message.id === undefined || message.method === undefined) return;
  running += 1;
  try {
    if (delay > 0 && message.method === "tools/call") await wait(delay);
    const result = await (modern ? answerModern(message) : answer(message));
    send({ id: message.id, result });
  } catch (error) {
    send({ id: message.id, error: { code: error.code ?? -32603, message: error.message } });
  } finally {
    running -= 1;
  }
});
note({ started: true });

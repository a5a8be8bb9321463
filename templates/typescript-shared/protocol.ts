// The Model Context Protocol for a server that has tools: one message in, its answer out. Needs no package.
import { tools, type InputSchema } from "./tools.ts";

export type Message = { jsonrpc?: string; id?: string | number | null; method?: string; params?: Record<string, unknown> };
export type Answer = { jsonrpc: "2.0"; id: string | number | null; result?: unknown; error?: { code: number; message: string } };

const NAME = "weather";
const VERSION = "1.0.0";
/** Newest first. */
const PROTOCOLS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

/** Null for notifications, which are not answered. Never throws. */
export async function answer(message: Message): Promise<Answer | null> {
  if (typeof message !== "object" || message === null || typeof message.method !== "string")
    return { jsonrpc: "2.0", id: null, error: { code: -32600, message: "This is no request." } };
  if (message.id === undefined || message.id === null) return null;
  const { id, method, params = {} } = message;
  try {
    return { jsonrpc: "2.0", id, result: await resultOf(method, params) };
  } catch (error) {
    return {
      jsonrpc: "2.0",
      id,
      error: {
        code: error instanceof ProtocolError ? error.code : -32603,
        message: error instanceof Error ? error.message : String(error),
      },
    };
  }
}

class ProtocolError extends Error {
  code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

async function resultOf(method: string, params: Record<string, unknown>): Promise<unknown> {
  switch (method) {
    case "initialize": {
      const wanted = String(params["protocolVersion"]);
      return {
        protocolVersion: PROTOCOLS.includes(wanted) ? wanted : PROTOCOLS[0],
        capabilities: { tools: {} },
        serverInfo: { name: NAME, version: VERSION },
      };
    }
    case "ping":
      return {};
    case "tools/list":
      return { tools: tools.map(({ run: _run, ...tool }) => tool) };
    case "tools/call":
      return call(params);
    default:
      throw new ProtocolError(-32601, `There is no method ${method}.`);
  }
}

/** What goes wrong inside a tool is a result too: the model reads it and can try again. */
async function call({ name, arguments: given = {} }: Record<string, unknown>): Promise<unknown> {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new ProtocolError(-32602, `There is no tool ${String(name)}.`);
  try {
    const input = given as Record<string, unknown>;
    const problem = problemOf(tool.inputSchema, input);
    if (problem !== null) throw new Error(problem);
    return { content: [{ type: "text", text: await tool.run(input) }] };
  } catch (error) {
    return { content: [{ type: "text", text: error instanceof Error ? error.message : String(error) }], isError: true };
  }
}

function problemOf({ properties, required }: InputSchema, input: Record<string, unknown>): string | null {
  const missing = required.find((name) => input[name] === undefined);
  if (missing !== undefined) return `The argument ${missing} is missing.`;
  for (const [name, value] of Object.entries(input)) {
    const rule = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (rule === undefined) return `There is no argument ${name}.`;
    const fits = rule.type === "integer" ? Number.isInteger(value) : typeof value === rule.type;
    if (!fits) return `The argument ${name} must be of type ${rule.type}.`;
    if (typeof value === "number" && (value < (rule.minimum ?? -Infinity) || value > (rule.maximum ?? Infinity)))
      return `The argument ${name} is out of range.`;
  }
  return null;
}

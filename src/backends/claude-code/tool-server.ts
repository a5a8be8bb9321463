// An in-process MCP server for one group of tools, as the Claude Code SDK talks to it: a plain object that answers JSON-RPC, no MCP library.
// Schemas are handed on as they are given; Claude Code checks no arguments, so the caller of `call` must.
import type { JsonSchema } from "../../mcp/contract.ts";

export type ServedTool = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** Only read-only tools of one message run in parallel. */
  readonly readOnly: boolean;
};

export type ServedResult = { readonly isError: boolean; readonly content: readonly ServedContent[] };
export type ServedContent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly data: string; readonly mimeType: string };

export type ToolServerPorts = {
  list(): readonly ServedTool[];
  /** Never rejects. `providerCall` is the id of the model's tool_use block. */
  call(tool: string, input: unknown, context: { readonly providerCall: string; readonly signal: AbortSignal }): Promise<ServedResult>;
};

type Message = {
  jsonrpc: "2.0";
  id?: string | number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: unknown;
};
type Transport = {
  send(message: Message): Promise<void>;
  onmessage?: (message: Message) => void;
  close(): Promise<void>;
  onclose?: () => void;
};

/** What `mcpServers: {key: {type: "sdk", instance}}` needs: only `connect` is ever called. */
export class ToolServer {
  readonly #name: string;
  readonly #ports: ToolServerPorts;
  readonly #running = new Map<string | number, AbortController>();
  #transport: Transport | null = null;

  constructor(name: string, ports: ToolServerPorts) {
    this.#name = name;
    this.#ports = ports;
  }

  async connect(transport: Transport): Promise<void> {
    this.#transport = transport;
    transport.onmessage = (message) => void this.#handle(message);
    const closed = transport.onclose;
    transport.onclose = () => {
      for (const controller of this.#running.values()) controller.abort();
      closed?.();
    };
  }

  async close(): Promise<void> {
    for (const controller of this.#running.values()) controller.abort();
    this.#transport = null;
  }

  /** Tells Claude Code that the tools are others now; new ones appear with the next request. */
  listChanged(): void {
    this.#send({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
  }

  /** A result that comes after the session was closed has no reader: the transport's refusal is the expected end of it. */
  #send(message: Message): void {
    this.#transport?.send(message).catch(() => undefined);
  }

  async #handle(message: Message): Promise<void> {
    if (message.method === "notifications/cancelled") {
      this.#running.get(message.params?.["requestId"] as string | number)?.abort();
      return;
    }
    const { id } = message;
    if (id === undefined || message.method === undefined) return;
    const answer = await this.#answer(message.method, message.params ?? {}, id);
    this.#send({ jsonrpc: "2.0", id, ...answer });
  }

  async #answer(method: string, params: Record<string, unknown>, id: string | number): Promise<{ result?: unknown; error?: unknown }> {
    switch (method) {
      case "initialize":
        return {
          result: {
            protocolVersion: params["protocolVersion"],
            capabilities: { tools: { listChanged: true } },
            serverInfo: { name: this.#name, version: "1" },
          },
        };
      case "ping":
        return { result: {} };
      case "tools/list":
        return { result: { tools: this.#ports.list().map(declaration) } };
      case "tools/call":
        return { result: await this.#call(params, id) };
      default:
        return { error: { code: -32601, message: `Unknown method ${method}` } };
    }
  }

  async #call(params: Record<string, unknown>, id: string | number): Promise<ServedResult> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const meta = params["_meta"] as Record<string, unknown> | undefined;
      const providerCall = String(meta?.["claudecode/toolUseId"] ?? id);
      return await this.#ports.call(String(params["name"]), params["arguments"] ?? {}, { providerCall, signal: controller.signal });
    } finally {
      this.#running.delete(id);
    }
  }
}

function declaration(tool: ServedTool): unknown {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    annotations: { readOnlyHint: tool.readOnly },
    // Without it many tools would be hidden behind a search tool of Claude Code's own.
    _meta: { "anthropic/alwaysLoad": true },
  };
}

// An in-process MCP server for one group of tools, as the Claude Code SDK talks to it: a plain object around our own endpoint, no MCP library.
// Schemas are handed on as they are given; Claude Code checks no arguments, so the caller of `call` must.
import { Endpoint, GONE, type RpcMessage, type ServedResult, type ToolDeclaration } from "../../mcp/index.ts";
import type { JsonSchema } from "../../mcp/contract.ts";

export type { ServedContent, ServedResult } from "../../mcp/index.ts";

export type ServedTool = {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /** Only read-only tools of one message run in parallel. */
  readonly readOnly: boolean;
};

export type ToolServerPorts = {
  list(): readonly ServedTool[];
  /** Never rejects. `providerCall` is the id of the model's tool_use block. */
  call(tool: string, input: unknown, context: { readonly providerCall: string; readonly signal: AbortSignal }): Promise<ServedResult>;
};

type Transport = {
  send(message: RpcMessage): Promise<void>;
  onmessage?: (message: unknown) => void;
  close(): Promise<void>;
  onclose?: () => void;
};

/** What `mcpServers: {key: {type: "sdk", instance}}` needs: only `connect` is ever called. */
export class ToolServer {
  readonly #endpoint: Endpoint;
  #transport: Transport | null = null;

  constructor(name: string, ports: ToolServerPorts) {
    this.#endpoint = new Endpoint(
      {
        name,
        version: "1",
        tools: () => ports.list().map(declaration),
        knows: () => true,
        call: ({ id, tool, input, meta, signal }) =>
          ports.call(tool, input, { providerCall: String(meta["claudecode/toolUseId"] ?? id), signal }),
        failed() {}, // `call` never rejects; if it did, the model is told that the call failed, and the turn goes on.
      },
      // A result that comes after the session was closed has no reader: the transport's refusal is the expected end of it.
      (message) => void this.#transport?.send(message).catch(() => undefined),
    );
  }

  async connect(transport: Transport): Promise<void> {
    this.#transport = transport;
    transport.onmessage = (message) => void this.#endpoint.receive(message);
    const closed = transport.onclose;
    transport.onclose = () => {
      void this.#endpoint.end(GONE);
      closed?.();
    };
  }

  async close(): Promise<void> {
    void this.#endpoint.end(GONE);
    this.#transport = null;
  }

  /** Tells Claude Code that the tools are others now; new ones appear with the next request. */
  listChanged(): void {
    this.#endpoint.listChanged();
  }
}

function declaration({ name, description, inputSchema, readOnly }: ServedTool): ToolDeclaration {
  return {
    name,
    description,
    inputSchema,
    annotations: { readOnlyHint: readOnly },
    // Without it many tools would be hidden behind a search tool of Claude Code's own.
    _meta: { "anthropic/alwaysLoad": true },
  };
}

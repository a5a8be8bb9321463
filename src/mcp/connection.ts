// One live connection to one server: opening it with the stage and cause of every failure, asking, being told of changes, closing.
import type { Client, RequestOptions } from "@modelcontextprotocol/client";
import type { McpServerConfig } from "../config/types.ts";
import { explainConnectFailure } from "./connect-failure.ts";
import type { DirectOptions } from "./direct-requests.ts";
import type { MCPError } from "./errors.ts";
import type { GuardedTransport } from "./guarded-transport.ts";
import { openTransport, type OpenTransport, type TransportSurroundings } from "./open-transport.ts";
import { ANY_RESULT, LENIENT_VALIDATOR, loadSdk } from "./sdk.ts";
import { answerServerRequests, clientCapabilities, type ServerRequests } from "./server-requests.ts";
import { VERSION } from "./version.ts";

export type ListKind = "tools" | "resources" | "prompts";

export type ConnectionOptions = {
  readonly server: McpServerConfig;
  readonly around: TransportSurroundings;
  readonly requests: ServerRequests;
  /** Aborts the attempt. */
  readonly signal: AbortSignal;
  /** The connection ended without `close` having been called. */
  readonly onLost: (reason: string) => void;
  readonly onChanged: (kind: ListKind) => void;
};

export type ServerIdentity = {
  readonly name: string | null;
  readonly version: string | null;
  /** Negotiated protocol revision. */
  readonly protocol: string | null;
  readonly instructions: string | null;
};

export type CallOptions = RequestOptions & DirectOptions;

export type Connection = {
  readonly identity: ServerIdentity;
  readonly offers: (kind: ListKind) => boolean;
  /** Rejects with the SDK's errors; `explainCallFailure` reads them. */
  request(method: string, params: Readonly<Record<string, unknown>>, options: RequestOptions): Promise<unknown>;
  /** `tools/call`; `definition` is needed where arguments travel in HTTP headers (2026-07-28). */
  callTool(
    params: { readonly name: string; readonly arguments: Record<string, unknown> },
    definition: unknown,
    options: CallOptions,
  ): Promise<unknown>;
  readonly pid: number | null;
  readonly stderrTail: () => string;
  /** Lines on standard output that were no messages. */
  readonly junk: () => { readonly count: number; readonly first: string };
  readonly ignoredReplies: () => number;
  readonly alive: () => boolean;
  close(): Promise<void>;
};

const SESSION_END_MS = 1_000;
const PROBE_SHARE = 0.25;

/** Rejects with an `MCPError` that says the stage, the server's last output and what to do. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  let opened: OpenTransport | null = null;
  try {
    const { Client: SdkClient } = await loadSdk();
    opened = await openTransport(options.server, options.around);
    options.signal.throwIfAborted();
    const client = new SdkClient(
      { name: "massgen", version: VERSION },
      {
        capabilities: clientCapabilities(options.requests),
        jsonSchemaValidator: LENIENT_VALIDATOR,
        versionNegotiation: negotiation(options.server),
      },
    );
    answerServerRequests(client, options.server.name, options.requests);
    await client.connect(opened.transport as never, { timeout: options.server.connectTimeoutMs, signal: options.signal });
    return await establish(client, opened, options);
  } catch (error) {
    const cause = explainConnectFailure(error, { server: options.server, stdio: opened?.stdio ?? null });
    await opened?.transport.close();
    throw cause satisfies MCPError;
  }
}

function negotiation({ protocol, transport, connectTimeoutMs }: McpServerConfig): {
  mode: "legacy" | "auto" | { pin: string };
  probe: { timeoutMs: number };
} {
  const fallback = transport.type === "streamable-http" ? "auto" : "legacy";
  const wanted = protocol ?? fallback;
  const mode = wanted === "2026-07-28" ? { pin: wanted } : wanted;
  const probeMs = transport.type === "stdio" && wanted === "auto" ? Math.ceil(connectTimeoutMs * PROBE_SHARE) : connectTimeoutMs;
  return { mode, probe: { timeoutMs: probeMs } };
}

async function establish(client: Client, opened: OpenTransport, options: ConnectionOptions): Promise<Connection> {
  const { stdio, transport } = opened;
  let [open, closing] = [true, false];
  client.onclose = () => {
    open = false;
    if (!closing) options.onLost(lostReason(opened));
  };
  client.onerror = () => {}; // Everything that matters fails a request or closes the connection; the rest is noise of the wire.
  await hearOfChanges(client, options);
  const version = client.getServerVersion();
  return {
    identity: {
      name: version?.name ?? null,
      version: version?.version ?? null,
      protocol: client.getNegotiatedProtocolVersion() ?? null,
      instructions: client.getInstructions() ?? null,
    },
    offers: (kind) => client.getServerCapabilities()?.[kind] !== undefined,
    request: (method, params, requestOptions) => client.request({ method, params }, ANY_RESULT, requestOptions),
    callTool: (params, definition, requestOptions) =>
      stdio && client.getProtocolEra() !== "modern"
        ? transport.direct.ask("tools/call", params, requestOptions)
        : callTool(client, { transport, params, definition }, requestOptions),
    pid: stdio?.pid ?? null,
    stderrTail: () => stdio?.stderr ?? "",
    junk: () => stdio?.junk ?? { count: 0, first: "" },
    ignoredReplies: () => transport.ignoredReplies,
    alive: () => open,
    close: async () => {
      if (closing) return;
      closing = true;
      if (open) await endSession(opened, options.around);
      await transport.close();
    },
  };
}

type ToolCall = {
  readonly transport: GuardedTransport;
  readonly params: { readonly name: string; readonly arguments: Record<string, unknown> };
  readonly definition: unknown;
};

function callTool(client: Client, { transport, params, definition }: ToolCall, options: RequestOptions): Promise<unknown> {
  const headersCarryArguments = client.getProtocolEra() === "modern" && transport.hasPerRequestStream;
  if (!headersCarryArguments) return client.request({ method: "tools/call", params }, ANY_RESULT, options);
  return client.callTool(params, { ...options, toolDefinition: definition as never });
}

function lostReason({ stdio }: OpenTransport): string {
  if (!stdio) return "the connection was closed";
  const { status } = stdio;
  if (!status) return "the server's output was closed";
  return status.signal
    ? `the server's process was ended by ${status.signal}`
    : `the server's process ended with code ${String(status.code)}`;
}

/** 2025 servers tell of changes unasked; since 2026-07-28 they have to be asked. */
async function hearOfChanges(client: Client, { onChanged, signal, server }: ConnectionOptions): Promise<void> {
  client.setNotificationHandler("notifications/tools/list_changed", () => onChanged("tools"));
  client.setNotificationHandler("notifications/resources/list_changed", () => onChanged("resources"));
  client.setNotificationHandler("notifications/prompts/list_changed", () => onChanged("prompts"));
  if (client.getProtocolEra() !== "modern") return;
  const able = client.getServerCapabilities();
  const filter = {
    ...(able?.tools?.listChanged ? { toolsListChanged: true } : {}),
    ...(able?.resources?.listChanged ? { resourcesListChanged: true } : {}),
    ...(able?.prompts?.listChanged ? { promptsListChanged: true } : {}),
  };
  if (Object.keys(filter).length === 0) return;
  try {
    await client.listen(filter, { timeout: Math.min(5_000, server.connectTimeoutMs) });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error; // Otherwise: a server that announces and refuses; its list is then refreshed by age.
  }
}

async function endSession(opened: OpenTransport, { clock }: TransportSurroundings): Promise<void> {
  const limit = new AbortController();
  try {
    await Promise.race([opened.terminate(), clock.sleep(SESSION_END_MS, limit.signal)]);
  } catch (error) {
    if (!(error instanceof Error)) throw error; // A server that cannot end a session politely loses it with the connection.
  } finally {
    limit.abort();
  }
}

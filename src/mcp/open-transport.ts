// Makes the transport a server entry asks for.
import { resolve } from "node:path";
import { isCommandPath, resolveCommand, type Clock, type Environment, type Io, type ProcessRegistry } from "../io/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { childEnvironment } from "../security/index.ts";
import { authorizedFetch, type AuthSession } from "./auth/index.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { MCPConfigurationError, MCPConnectionError } from "./errors.ts";
import { GuardedStdioTransport, GuardedTransport } from "./guarded-transport.ts";
import { boundedReconnection } from "./reconnection.ts";
import { loadSdk } from "./sdk.ts";
import { StdioTransport } from "./stdio-transport.ts";

export type TransportSurroundings = {
  readonly env: Environment;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly fetch: Io["fetch"];
  readonly registry: ProcessRegistry;
  /** Gets the token of a server whose entry has `auth`. */
  readonly auth?: AuthSession | null;
};
export type OpenTransport = { readonly transport: GuardedTransport; readonly stdio: StdioTransport | null; terminate(): Promise<void> };

/** Throws `MCPConnectionError` when the command does not exist, `MCPConfigurationError` when the entry cannot be used. */
export function openTransport(server: McpServerConfig, around: TransportSurroundings): Promise<OpenTransport> {
  return server.transport.type === "stdio"
    ? Promise.resolve(openStdio(server, server.transport, around))
    : openHttp(server, server.transport, around);
}

type Stdio = Extract<McpServerConfig["transport"], { type: "stdio" }>;
type Http = Exclude<McpServerConfig["transport"], { type: "stdio" }>;

function openStdio(server: McpServerConfig, transport: Stdio, around: TransportSurroundings): OpenTransport {
  const env = childEnvironment(around.env, transport.env);
  const cwd = transport.cwd ?? around.cwd;
  const resolved = resolveCommand({ command: transport.command, args: transport.args, env, cwd, platform: around.platform });
  if (!resolved) {
    throw new MCPConnectionError(
      `The server "${server.name}" could not be started: its command "${transport.command}" was not found.`,
      { serverName: server.name, transportType: "stdio", stage: "command" },
      {
        next: `Install "${transport.command}" or correct \`command\` of the server "${server.name}"; it is looked for ${placeOf(transport.command, cwd, around.platform)}.`,
      },
    );
  }
  const stdio = new StdioTransport({ ...resolved, env, cwd, maxMessageBytes: server.maxMessageBytes, registry: around.registry });
  return { transport: new GuardedStdioTransport(stdio), stdio, terminate: async () => {} };
}

const placeOf = (command: string, cwd: string, platform: NodeJS.Platform): string =>
  isCommandPath(command, platform) ? `at ${resolve(cwd, command)}` : "on PATH";

async function openHttp(server: McpServerConfig, http: Http, around: TransportSurroundings): Promise<OpenTransport> {
  const { SSEClientTransport, StreamableHTTPClientTransport } = await loadSdk();
  if (!URL.canParse(http.url))
    throw new MCPConfigurationError(`The url of the server "${server.name}" is no URL.`, { configSection: server.name });
  const bounded = boundedFetch(around.fetch, {
    maxMessageBytes: server.maxMessageBytes,
    replyTimeoutMs: http.timeoutMs,
    readTimeoutMs: http.readTimeoutMs,
    clock: around.clock,
  });
  const options = {
    requestInit: { headers: { ...http.headers } },
    fetch: around.auth ? authorizedFetch(bounded, around.auth) : bounded,
  };
  if (http.type === "sse") {
    // Deprecated in the protocol and in the SDK; kept because old servers speak nothing else.
    return {
      transport: new GuardedTransport(asInner(new SSEClientTransport(new URL(http.url), options))),
      stdio: null,
      terminate: async () => {},
    };
  }
  const streamable = new StreamableHTTPClientTransport(new URL(http.url), {
    ...options,
    reconnectionScheduler: boundedReconnection(around.clock),
  });
  return { transport: new GuardedTransport(asInner(streamable)), stdio: null, terminate: () => streamable.terminateSession() };
}

type Inner = ConstructorParameters<typeof GuardedTransport>[0];
/** The SDK's transports type their messages more narrowly than the wire is; the guard passes them on unchanged. */
const asInner = (transport: object): Inner => transport as Inner;

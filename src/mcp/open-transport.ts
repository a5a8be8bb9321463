// Makes the transport a server entry asks for.
import { resolveCommand, type Clock, type Environment, type Io, type ProcessRegistry } from "../io/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { boundedFetch } from "./bounded-fetch.ts";
import { MCPConfigurationError, MCPConnectionError } from "./errors.ts";
import { GuardedStdioTransport, GuardedTransport } from "./guarded-transport.ts";
import { loadSdk } from "./sdk.ts";
import { StdioTransport } from "./stdio-transport.ts";

export type TransportSurroundings = {
  readonly env: Environment;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly fetch: Io["fetch"];
  readonly registry: ProcessRegistry;
};
export type OpenTransport = { readonly transport: GuardedTransport; readonly stdio: StdioTransport | null; terminate(): Promise<void> };

/** What a server sees of our environment besides its entry's `env`: enough to find programs and the user's home, no keys. */
const BASE_ENVIRONMENT = {
  posix: ["HOME", "LANG", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR", "TZ", "USER"],
  win32: [
    "APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "PATH", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA", "PROGRAMFILES",
    "PROGRAMFILES(X86)", "PROGRAMW6432", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR",
  ],
} as const;

/** The base environment with the entry's own variables on top. */
export function serverEnvironment(given: Readonly<Record<string, string>>, env: Environment, platform: NodeJS.Platform): Record<string, string> {
  const names: readonly string[] = platform === "win32" ? BASE_ENVIRONMENT.win32 : BASE_ENVIRONMENT.posix;
  const base = Object.entries(env).filter(([name, value]) => value !== undefined && names.includes(platform === "win32" ? name.toUpperCase() : name));
  return { ...(Object.fromEntries(base) as Record<string, string>), ...given };
}

/** Throws `MCPConnectionError` when the command does not exist, `MCPConfigurationError` when the entry cannot be used. */
export function openTransport(server: McpServerConfig, around: TransportSurroundings): Promise<OpenTransport> {
  return server.transport.type === "stdio" ? Promise.resolve(openStdio(server, server.transport, around)) : openHttp(server, server.transport, around);
}

type Stdio = Extract<McpServerConfig["transport"], { type: "stdio" }>;
type Http = Exclude<McpServerConfig["transport"], { type: "stdio" }>;

function openStdio(server: McpServerConfig, transport: Stdio, around: TransportSurroundings): OpenTransport {
  const env = serverEnvironment(transport.env, around.env, around.platform);
  const cwd = transport.cwd ?? around.cwd;
  const resolved = resolveCommand({ command: transport.command, args: transport.args, env, cwd, platform: around.platform });
  if (!resolved) {
    throw new MCPConnectionError(`The command "${transport.command}" was not found.`, { serverName: server.name, transportType: "stdio", stage: "command" }, {
      next: `Install "${transport.command}" or correct \`command\` of the server "${server.name}"; it is looked for on PATH.`,
    });
  }
  const stdio = new StdioTransport({ ...resolved, env, cwd, maxMessageBytes: server.maxMessageBytes, registry: around.registry });
  return { transport: new GuardedStdioTransport(stdio), stdio, terminate: async () => {} };
}

async function openHttp(server: McpServerConfig, http: Http, around: TransportSurroundings): Promise<OpenTransport> {
  const { SSEClientTransport, StreamableHTTPClientTransport } = await loadSdk();
  if (!URL.canParse(http.url)) throw new MCPConfigurationError(`The url of the server "${server.name}" is no URL.`, { configSection: server.name });
  const options = {
    requestInit: { headers: { ...http.headers } },
    fetch: boundedFetch(around.fetch, { maxMessageBytes: server.maxMessageBytes, readTimeoutMs: http.readTimeoutMs, clock: around.clock }),
  };
  if (http.type === "sse") {
    // Deprecated in the protocol and in the SDK; kept because old servers speak nothing else.
    return { transport: new GuardedTransport(asInner(new SSEClientTransport(new URL(http.url), options))), stdio: null, terminate: async () => {} };
  }
  const streamable = new StreamableHTTPClientTransport(new URL(http.url), options);
  return { transport: new GuardedTransport(asInner(streamable)), stdio: null, terminate: () => streamable.terminateSession() };
}

type Inner = ConstructorParameters<typeof GuardedTransport>[0];
/** The SDK's transports type their messages more narrowly than the wire is; the guard passes them on unchanged. */
const asInner = (transport: object): Inner => transport as Inner;

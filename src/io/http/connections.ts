// Where the connections of one `fetch` come from: kept open between requests, straight to the target or through a proxy.
import type { Agent } from "node:http";
import type { LookupFunction } from "node:net";

export type ConnectionsOptions = {
  /** The proxy for an address, null = none; throws for an address of a proxy that cannot be read. */
  readonly proxyFor: (url: URL) => URL | null;
  readonly connectTimeoutMs: number;
  /** Default: the system's resolver. */
  readonly lookup?: LookupFunction;
};

export type Connections = { readonly options: ConnectionsOptions; agentFor(url: URL): Promise<Agent> };

/** Servers close after five seconds as a rule: whoever is earlier never sends into a connection that is just being closed. */
const IDLE_MS = 4_000;

export function connections(options: ConnectionsOptions): Connections {
  const agents = new Map<string, Promise<Agent>>();
  return {
    options,
    agentFor: async (url) => {
      const proxy = options.proxyFor(url);
      const key = `${url.protocol} ${proxy?.href ?? ""}`;
      const agent = agents.get(key) ?? newAgent(url.protocol === "https:", proxy, options.connectTimeoutMs);
      agents.set(key, agent);
      return agent;
    },
  };
}

async function newAgent(secure: boolean, proxy: URL | null, connectTimeoutMs: number): Promise<Agent> {
  const { Agent } = process.getBuiltinModule(secure ? "node:https" : "node:http");
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  if (proxy === null) return agent;
  const { throughTunnel } = await import("./tunnel.ts");
  return Object.assign(agent, { createConnection: throughTunnel({ proxy, secure, connectTimeoutMs }) });
}

// What can be told of the servers of a run, for `massgen mcp list` and `doctor`.
import type { AgentId } from "../core/index.ts";
import type { BreakerMetrics } from "./circuit-breaker.ts";
import type { ServerIdentity } from "./connection.ts";
import type { Phase, PooledServer } from "./pooled-server.ts";
import type { RunServers } from "./run-servers.ts";
import type { ToolDefinition } from "./tool-definition.ts";

export type ServerReport = {
  readonly server: string;
  /** The agent the process belongs to; null when it is shared. */
  readonly agent: AgentId | null;
  readonly transport: "stdio" | "streamable-http" | "sse";
  /** "one process for all agents: …", for people. */
  readonly sharing: string;
  readonly phase: Phase;
  readonly pid: number | null;
  readonly identity: ServerIdentity | null;
  readonly tools: readonly string[];
  /** The same tools as the server defined them. */
  readonly definitions: readonly ToolDefinition[];
  /** Tools that are kept from agents, each with its reason. */
  readonly quarantined: readonly { readonly tool: string; readonly reason: string }[];
  readonly failure: { readonly message: string; readonly next: string } | null;
  readonly starts: number;
  readonly losses: number;
  /** How often `tools/list` was read. */
  readonly listings: number;
  /** Calls answered from another agent's answer. */
  readonly callsSaved: number;
  /** Lines on standard output that were no messages. */
  readonly junkLines: number;
  readonly ignoredReplies: number;
  readonly stderr: string;
  readonly breaker: BreakerMetrics;
};

export function describeServers({ pool }: RunServers): readonly ServerReport[] {
  return pool.servers.map(describe);
}

function describe(pooled: PooledServer): ServerReport {
  const { breaker, connection, counts, failure, owner, phase, reads, server, sharing, tools } = pooled;
  const catalog = tools.current;
  return {
    server: server.name,
    agent: owner,
    transport: server.transport.type,
    phase,
    sharing: `${sharing.shared ? "one connection for all agents with this entry" : "one process per agent"}: ${sharing.reason}`,
    pid: connection?.pid ?? null,
    identity: connection?.identity ?? catalog?.identity ?? null,
    tools: catalog?.tools.map(({ name }) => name) ?? [],
    definitions: catalog?.tools ?? [],
    quarantined: catalog?.quarantined ?? [],
    failure: failure ? { message: failure.message, next: failure.next } : null,
    starts: counts.starts,
    losses: counts.losses,
    listings: tools.listings,
    callsSaved: reads?.saved ?? 0,
    junkLines: connection?.junk().count ?? 0,
    ignoredReplies: connection?.ignoredReplies() ?? 0,
    stderr: connection?.stderrTail() ?? "",
    breaker: breaker.metrics(),
  };
}

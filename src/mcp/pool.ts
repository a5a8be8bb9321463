// Who talks to which process: leases of agents on servers, one process for equal entries where sharing is safe, one per agent where it is not.
import type { AgentId } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import type { Catalog } from "./catalog.ts";
import { topLevelNumber } from "./extra-keys.ts";
import type { PooledServer } from "./pooled-server.ts";
import { ReadWriteQueue } from "./read-write-queue.ts";
import { decideSharing, type SharingDecision } from "./sharing.ts";

export type Lease = {
  readonly agent: AgentId;
  /** The agent's own entry: its name, lists and limits. */
  readonly server: McpServerConfig;
  readonly pooled: PooledServer;
  /** Bounds the agent's own calls at a time (`max_in_flight_per_agent`); null = only the server's bound holds. */
  readonly inFlight: ReadWriteQueue | null;
};
export type LeaseRefusal = { readonly refused: string; readonly next: string };

export type PoolEntry = {
  readonly agent: AgentId;
  readonly server: McpServerConfig;
  readonly fingerprint: string;
  /** Its tools as an earlier run saw them. */ readonly former?: Catalog | null;
};
export type MakeServer = (entry: PoolEntry, at: { readonly owner: AgentId | null; readonly sharing: SharingDecision }) => PooledServer;

export class ServerPool {
  readonly #make: MakeServer;
  readonly #servers = new Map<string, PooledServer>();
  readonly #byFingerprint = new Map<string, PooledServer[]>();

  constructor(make: MakeServer) {
    this.#make = make;
  }

  get servers(): readonly PooledServer[] {
    return [...this.#servers.values()];
  }

  /** Gives the agent its connection; equal entries lead to one server, or to one per agent. */
  lease(entry: PoolEntry): Lease | LeaseRefusal {
    const sharing = decideSharing(entry.server);
    const owner = sharing.shared ? null : entry.agent;
    const key = `${entry.fingerprint}/${owner ?? ""}`;
    const known = this.#servers.get(key);
    if (known) return leaseOf(entry, known);
    const equal = this.#byFingerprint.get(entry.fingerprint) ?? [];
    if (owner !== null && equal.length >= entry.server.maxProcesses) return this.#surplus(entry, { equal, sharing });
    const pooled = this.#make(entry, { owner, sharing });
    this.#servers.set(key, pooled);
    this.#byFingerprint.set(entry.fingerprint, [...equal, pooled]);
    return leaseOf(entry, pooled);
  }

  /** The other processes of the same server. */
  equalTo(server: PooledServer): readonly PooledServer[] {
    const equal = [...this.#byFingerprint.values()].find((servers) => servers.includes(server)) ?? [];
    return equal.filter((other) => other !== server);
  }

  /** More agents than processes: an equal entry means an equal folder, so a workspace can be shared; session state cannot. */
  #surplus(
    entry: PoolEntry,
    { equal, sharing }: { readonly equal: readonly PooledServer[]; readonly sharing: SharingDecision },
  ): Lease | LeaseRefusal {
    const [first] = equal;
    if (first && sharing.kind === "workspace") return leaseOf(entry, first);
    return {
      refused: `max_processes of "${entry.server.name}" is ${entry.server.maxProcesses} and all of them belong to other agents (${sharing.reason}).`,
      next: `Raise \`max_processes\` of "${entry.server.name}", or set \`shared: true\` if its state may be mixed.`,
    };
  }

  /** Ends every process and connection at the same time. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }
}

function leaseOf({ agent, server }: PoolEntry, pooled: PooledServer): Lease {
  const limit = topLevelNumber(server, "max_in_flight_per_agent", 1);
  return { agent, server, pooled, inFlight: limit === null ? null : new ReadWriteQueue(limit) };
}

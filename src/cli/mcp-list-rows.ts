// The rows of `massgen mcp list`.
import { toolLimitOf, type MassgenConfig } from "../config/index.ts";
import type { Io } from "../io/index.ts";
import { loadMcp } from "../session/index.ts";

export type ListRow = {
  readonly server: string;
  readonly transport: string;
  readonly starts: string;
  /** What the entry says the server is for; null where it says nothing. */
  readonly description: string | null;
  readonly agents: readonly string[];
  /** Most tools declared to each of these agents at a time. */
  readonly limits: readonly { readonly agent: string; readonly max: number; readonly from: string }[];
  readonly sharing: { readonly shared: boolean; readonly kind: string; readonly reason: string };
  /** Processes, or connections of a remote server, when all agents use it. */
  readonly processes: number;
  /** Agents for which there is no further process (`max_processes`): they use the first agent's, or go without. */
  readonly surplus: readonly string[];
  /** Agents with another entry that means the same server: names, lists and limits make no difference, and they share its process. */
  readonly together: readonly string[];
  readonly security: {
    readonly verdict: string;
    readonly findings: readonly { readonly verdict: "warn" | "deny"; readonly says: string }[];
  };
  readonly missing: readonly string[];
};

export async function listRows(config: MassgenConfig, io: Io, policyFile: string | null): Promise<readonly ListRow[]> {
  const [{ mcpEntries, operatorPolicy, serverContext, startedBy }, { decideSharing, fingerprintOf }, { checkServer }] = await Promise.all([
    loadMcp(),
    import("../mcp/index.ts"),
    import("../security/index.ts"),
  ]);
  const policy = await operatorPolicy(io, policyFile);
  const entries = mcpEntries(config).map((entry) => ({ ...entry, fingerprint: fingerprintOf(entry.server, { ...io, key: "" }) }));
  return entries.map(({ server, agents, missing, fingerprint }) => {
    const equal = entries.filter((other) => other.fingerprint === fingerprint && other.server !== server);
    const sharing = decideSharing(server);
    const { verdict, findings } = checkServer(server, policy, serverContext(server, io));
    return {
      server: server.name,
      transport: server.transport.type,
      starts: startedBy(server),
      description: typeof server.extra["description"] === "string" ? server.extra["description"] : null,
      agents,
      limits: config.agents
        .filter(({ id }) => agents.includes(id))
        .map(({ id, backend }) => ({ agent: id, ...toolLimitOf(config, backend) })),
      sharing,
      processes: sharing.shared ? 1 : Math.min(agents.length, server.maxProcesses),
      surplus: sharing.shared ? [] : agents.slice(server.maxProcesses),
      together: sharing.shared ? equal.filter((other) => decideSharing(other.server).shared).flatMap((other) => other.agents) : [],
      security: {
        verdict,
        findings: findings.map((finding) => ({ verdict: finding.verdict, says: `${finding.reason} (${finding.rule}). ${finding.next}` })),
      },
      missing,
    };
  });
}

// One broker as every part of the program makes it: the operator's policy over its servers, the folders for state and cache, the trail behind all of it.
import { cacheFolder, stateFolder } from "../io/index.ts";
import { createBroker, type AuditLog, type BrokerOptions, type BrokerPolicy, type McpBroker } from "../mcp/index.ts";
import { ALLOWED_BY_DEFAULT } from "../mcp/contract.ts";
import { brokerPolicy, type PolicyOptions } from "./policy.ts";

export type BrokerParts = PolicyOptions &
  Pick<BrokerOptions, "agents" | "roots"> & {
    /** What has a word after the policy: the lock file, the agents' folders, a person who makes the call. Default: nothing. */
    readonly over?: (policy: BrokerPolicy) => BrokerPolicy;
    /** Closed by the caller, after the broker; null = no trail. */
    readonly audit: AuditLog | null;
  };

/** Returns at once; servers start in the background. */
export function assembleBroker({ agents, roots, audit, over = (policy) => policy, ...parts }: BrokerParts): McpBroker {
  const { config, io, record } = parts;
  const policy = over(brokerPolicy(parts));
  return createBroker({
    agents,
    io,
    record,
    writes: config.orchestrator.writes,
    stateDir: stateFolder(io),
    cacheDir: cacheFolder(io),
    policy: audit === null ? policy : audited(policy, audit),
    ...(roots ? { roots } : {}),
    ...(audit === null ? {} : { audit }),
  });
}

/** Servers are judged before there is any event of theirs: the trail gets the verdict itself. A trail that cannot be written starts no server. */
function audited(policy: BrokerPolicy, audit: AuditLog): BrokerPolicy {
  return {
    ...policy,
    async checkServer(server, agent) {
      const judged = (await policy.checkServer?.(server, agent)) ?? ALLOWED_BY_DEFAULT;
      await audit.judged({ agent, server: server.name, verdict: judged.verdict, rule: judged.rule });
      return judged;
    },
  };
}

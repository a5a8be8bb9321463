// The MCP layer of a session: policy, `mcp.lock` and audit trail around one broker. Loaded only where a server is configured.
import { toolLimitOf, type MassgenConfig } from "../config/index.ts";
import { agentId } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { AuditLog, Recorder, ToolBroker } from "../mcp/index.ts";
import { assembleBroker } from "./assemble-broker.ts";
import { openTrail } from "./audit-trails.ts";
import { openGrants } from "./kept-grants.ts";
import { resultKeeper } from "./kept-results.ts";
import { notLeftToWinner } from "./left-to-winner.ts";
import { LockedTools } from "./mcp-lock.ts";
import type { PermissionDesk } from "./permissions.ts";
import { operatorPolicy } from "./operator-policy.ts";
import type { Workspaces } from "../workspaces/index.ts";
import { withFileRules } from "./file-rules.ts";

export type BrokerSurroundings = {
  readonly io: Io;
  readonly record: Recorder;
  readonly desk: PermissionDesk;
  readonly interactive: () => boolean;
  /** False = no audit trail is written, and large results are not kept whole. */
  readonly logs: boolean;
  /** Only what `mcp.lock` has may be used, and nothing unpinned is started. */
  readonly locked: boolean;
  /** Instead of the operator's own file. */
  readonly policyFile: string | null;
  /** The agents' folders; null = tools are not held to any. */
  readonly workspaces: Workspaces | null;
};

/** Throws UsageError for an unreadable policy or lock file and, under `locked`, where the servers are not as written down; nothing is left running then. */
export async function openBroker(config: MassgenConfig, surroundings: BrokerSurroundings): Promise<ToolBroker> {
  const { io, record, desk, interactive, logs, locked, policyFile, workspaces } = surroundings;
  const [operator, tools, grants] = await Promise.all([
    operatorPolicy(io, policyFile),
    LockedTools.open(config, io, locked),
    openGrants(config, io),
  ]);
  for (const message of notLeftToWinner(config))
    await record({ type: "warning", code: "E_MCP_CONFIG", message, next: "`writes: everyone` in its entry says so without this warning." });
  if (grants.problem !== null) await record({ type: "warning", code: "E_SECURITY", message: grants.problem });
  const audit = logs ? await openAudit(io, record) : null;
  const broker = assembleBroker({
    config,
    io,
    record,
    desk,
    interactive,
    grants,
    policy: locked ? { ...operator, locked } : operator,
    ...(logs ? { keepResult: resultKeeper(io, config.secrets) } : {}),
    over: (policy) => withFileRules(tools?.over(policy) ?? policy, { workspaces, destructive: operator.destructive }),
    agents: config.agents.map(({ id, backend }) => ({
      id: agentId(id),
      servers: backend.mcpServers,
      maxTools: toolLimitOf(config, backend).max,
    })),
    ...(workspaces === null ? {} : { roots: (agent, server) => workspaces.rootsOf(agent, server) }),
    audit,
  });
  const close = async (): Promise<void> => {
    await broker.close();
    await audit?.close();
  };
  try {
    await tools?.verify(broker, config);
  } catch (error) {
    await close();
    throw error;
  }
  return { forAgent: (agent) => broker.forAgent(agent), foundBefore: (agent, names) => broker.foundBefore?.(agent, names), close };
}

/** A state folder that cannot be written costs the trail, not the run, and is said. */
async function openAudit(io: Io, record: Recorder): Promise<AuditLog | null> {
  try {
    return await openTrail(io);
  } catch (error) {
    const message = `No audit trail is written: ${error instanceof Error ? error.message : String(error)}`;
    record({ type: "warning", code: "E_RUN_LOG", message }).catch(() => {}); // The log's own failure ends the run by itself.
    return null;
  }
}

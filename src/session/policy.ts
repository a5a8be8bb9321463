// The security policy of a session: the operator's, narrowed by each server's entry, asked before a server is started and before each call.
import type { MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { executableFacts, type Io } from "../io/index.ts";
import { decideWrites, type BrokerPolicy, type PolicyVerdict, type Recorder } from "../mcp/index.ts";
import { childEnvironment, createGate, type OperatorPolicy, type ServerContext } from "../security/index.ts";
import type { KeptGrants } from "./kept-grants.ts";
import type { PermissionDesk } from "./permissions.ts";
import { remoteFetch } from "./remote-fetch.ts";

export type PolicyOptions = {
  readonly config: MassgenConfig;
  readonly io: Io;
  readonly policy: OperatorPolicy;
  readonly record: Recorder;
  readonly desk: PermissionDesk;
  /** Somebody can be asked now. */
  readonly interactive: () => boolean;
  /** What was allowed for always; absent = nothing is kept. */
  readonly grants?: KeptGrants;
  /** Keeps large results whole; absent = they are only cut. */
  readonly keepResult?: NonNullable<BrokerPolicy["keepResult"]>;
};

export function brokerPolicy(options: PolicyOptions): BrokerPolicy {
  const { config, io, policy, interactive, desk, grants, keepResult } = options;
  const gate = createGate({
    policy,
    secrets: config.secrets,
    interactive,
    contextOf: (server) => serverContext(server, io),
    asksForWrites: (server) => decideWrites(server, config.orchestrator.writes).writes === "ask",
    ...(grants ? { grants: grants.grants } : {}),
  });
  const entries = entriesOf(config);
  const warn = warnOnce(options.record);
  return {
    checkServer: (server) => judgeServer(server, gate, warn),
    checkCall(question) {
      const verdict = gate.checkCall(question, entries.get(keyOf(question.agent, question.server)));
      if (verdict.verdict !== "allow" || verdict.rule !== "call-permission") return verdict;
      const message = `MCP server ${question.server}, tool ${question.tool}: ${verdict.reason}`;
      const warned = warn(`destructive ${question.server}`, { message, next: verdict.next });
      return warned === null ? verdict : warned.then(() => verdict);
    },
    canAsk: interactive,
    async ask(question, signal) {
      const { allow, remember } = await desk.ask(question.call, signal);
      const grant = allow && remember !== "once" ? gate.grant(question, remember) : null;
      const problem = grant?.scope === "always" ? await grants?.keep(grant) : null;
      if (problem) await warn(problem, { message: problem });
      return { allow, by: "person" };
    },
    fillIn: ({ call }, signal) => desk.fillIn(call, signal),
    fetchFor: (server) => remoteFetch(server, { io, policy }),
    resultBytes: policy.limits.resultBytes,
    ...(keepResult ? { keepResult } : {}),
  };
}

/** What is known of an entry from outside. A configuration is passed by a person, as a file or from a program; nothing is picked up from folders. */
export function serverContext({ transport, references = [] }: McpServerConfig, io: Io): Partial<ServerContext> {
  const known = { platform: io.platform, source: "named", references } as const;
  if (transport.type !== "stdio") return known;
  const env = childEnvironment(io.env, transport.env);
  const executable = executableFacts({ command: transport.command, env, cwd: transport.cwd ?? io.cwd, platform: io.platform });
  // A command that is not there is told with its cure by whoever starts it.
  return executable === null ? known : { ...known, executable };
}

type Gate = ReturnType<typeof createGate>;
type Warning = { readonly message: string; readonly next?: string };
/** Null = it has been said before. */
type Warn = (key: string, warning: Warning) => Promise<void> | null;

/** The same thing about the same server is said once, whatever the number of agents. */
function warnOnce(record: Recorder): Warn {
  const said = new Set<string>();
  return (key, warning) => {
    if (said.has(key)) return null;
    said.add(key);
    return record({ type: "warning", code: "E_SECURITY", ...warning });
  };
}

async function judgeServer(server: McpServerConfig, gate: Gate, warn: Warn): Promise<PolicyVerdict> {
  const { verdict, rule, reason, next, findings } = gate.checkServer(server);
  for (const finding of findings.filter((found) => found.verdict === "warn")) {
    const message = `MCP server ${server.name}: ${finding.reason}`;
    await warn(message, { message, next: finding.next });
  }
  return { verdict: verdict === "deny" ? "deny" : "allow", rule, reason: next === "" ? reason : `${reason}. ${next}` };
}

const keyOf = (agent: string, server: string): string => JSON.stringify([agent, server]);

/** Each agent's own entry: two agents may mean different things by one name. */
function entriesOf({ agents }: MassgenConfig): ReadonlyMap<string, McpServerConfig> {
  return new Map(agents.flatMap(({ id, backend }) => backend.mcpServers.map((server) => [keyOf(id, server.name), server] as const)));
}

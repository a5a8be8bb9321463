// The servers of a configuration without any model: what `massgen mcp …` and programs use to look at servers and to call their tools.
import type { MassgenConfig } from "../config/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { isRecord, agentId, callId, turnId, type Json, type RunEvent } from "../core/index.ts";
import { UsageError } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { AgentTools, AuditLog, BrokerPolicy, McpBroker, ServerReport, ToolOutcome } from "../mcp/index.ts";
import { assembleBroker } from "./assemble-broker.ts";
import { mcpEntries, type McpEntry } from "./mcp-entries.ts";
import { PermissionDesk } from "./permissions.ts";
import { operatorPolicy } from "./operator-policy.ts";

export type McpSessionOptions = {
  readonly io: Io;
  /** Only these servers are started; a name that no agent has is an error. Default: all. */
  readonly servers?: readonly string[];
  /** Ask the servers themselves instead of offering what an earlier run saw. */
  readonly fresh: boolean;
  /** Keep nothing of what is read for later runs. Default: it is kept, so that they can offer the tools at once. */
  readonly forget?: boolean;
  /** Null = `policy.json` in the configuration folder. */
  readonly policyFile?: string | null;
  /** Judges tools as they are read, after the session's own policy. */
  readonly checkTool?: NonNullable<BrokerPolicy["checkTool"]>;
  readonly audit?: AuditLog;
  /** Has the caller fill in a server's form; absent = it is sent with what it proposes, or declined. */
  readonly fillIn?: NonNullable<BrokerPolicy["fillIn"]>;
};

/** One distinct entry of the configuration, started. */
export type OpenedServer = {
  readonly entry: McpEntry;
  readonly tools: AgentTools;
  /** Null where the server was never started: refused by a rule, or something it needs is missing. */
  report(): ServerReport | null;
  /** Milliseconds from the first attempt until it was ready; null where it never was. */
  startMs(): number | null;
  /** Why it does not work and what to do; null where it does. A server that is not ready, and whose tools are not known from before, does not. */
  failure(): { readonly message: string; readonly next: string } | null;
  warnings(): readonly string[];
  /** Never rejects. What would ask a person is allowed: the caller is that person. */
  call(tool: string, input: Json, signal: AbortSignal): Promise<ToolOutcome>;
};

export type McpSession = {
  readonly servers: readonly OpenedServer[];
  /** Resolves when each server works or has failed. */
  settled(signal: AbortSignal): Promise<void>;
  /** Ends every process; idempotent. */
  close(): Promise<void>;
};

/** Starts the servers side by side. Throws UsageError for an unknown server or an unreadable policy; a server that fails is part of the result. */
export async function openMcpSession(config: MassgenConfig, options: McpSessionOptions): Promise<McpSession> {
  const entries = selectEntries(mcpEntries(config), options.servers ?? []);
  const policy = await operatorPolicy(options.io, options.policyFile);
  const servers = entries.map((entry) => new StartedServer(entry, { ...options, config, operator: policy }));
  return {
    servers,
    settled: async (signal) => void (await Promise.all(servers.map((server) => server.settled(signal)))),
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

/** Throws UsageError where a name is nobody's. */
export function selectEntries(entries: readonly McpEntry[], names: readonly string[]): readonly McpEntry[] {
  const known = [...new Set(entries.map(({ server }) => server.name))];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    const have = known.length === 0 ? "it names none" : `it has ${known.join(", ")}`;
    throw new UsageError("E_MCP_CONFIG", `The configuration has no MCP server "${unknown.join('", "')}": ${have}.`, {
      next: "`massgen mcp list --config FILE` shows them.",
    });
  }
  return names.length === 0 ? entries : entries.filter(({ server }) => names.includes(server.name));
}

type Surroundings = McpSessionOptions & { readonly config: MassgenConfig; readonly operator: Awaited<ReturnType<typeof operatorPolicy>> };

class StartedServer implements OpenedServer {
  readonly entry: McpEntry;
  readonly tools: AgentTools;
  readonly #io: Io;
  readonly #broker: McpBroker;
  readonly #warnings: string[] = [];
  #failure: { message: string; next: string } | null = null;
  #began: number | null = null;
  #readyAfter: number | null = null;
  #calls = 0;

  constructor(entry: McpEntry, { config, io, fresh, forget, operator, audit, checkTool, fillIn }: Surroundings) {
    this.entry = entry;
    this.#io = io;
    const id = agentId(entry.agents[0] ?? "");
    const record = async (event: RunEvent): Promise<void> => this.#take(event);
    const usable = entry.missing.length === 0;
    if (!usable) this.#failure = missingMessage(entry);
    this.#broker = assembleBroker({
      config,
      io,
      record,
      policy: operator,
      desk: new PermissionDesk(),
      interactive: () => true,
      over: ({ fillIn: _, ...policy }) => ({
        ...policy,
        ...(fresh ? { readsFirst: true } : {}),
        ask: async () => ({ allow: true, by: "person" }),
        ...(fillIn ? { fillIn } : {}),
        ...(checkTool ? { checkTool } : {}),
      }),
      agents: usable ? [{ id, servers: [forget === true ? withoutMemory(entry.server) : entry.server] }] : [],
      audit: audit ?? null,
    });
    this.tools = this.#broker.forAgent(id);
  }

  report(): ServerReport | null {
    return this.#broker.servers()[0] ?? null;
  }

  startMs(): number | null {
    return this.#readyAfter;
  }

  failure(): { readonly message: string; readonly next: string } | null {
    if (this.#failure !== null) return this.#failure;
    return this.#readyAfter === null && this.tools.list().length === 0 ? notReady(this.entry) : null;
  }

  warnings(): readonly string[] {
    return this.#warnings;
  }

  settled(signal: AbortSignal): Promise<void> {
    return this.tools.settled(this.entry.server.connectTimeoutMs + SETTLE_MS, signal);
  }

  async call(tool: string, input: Json, signal: AbortSignal): Promise<ToolOutcome> {
    const offered = this.tools.list().find((candidate) => candidate.tool === tool || candidate.name === tool);
    if (!offered)
      return { ok: false, code: this.failure() === null ? "unknown-tool" : "server-gone", message: this.#whyNot(tool), retryable: false };
    this.#calls += 1;
    const turn = turnId(agentId(this.entry.agents[0] ?? ""), 1);
    const call = callId(turn, 1, this.#calls);
    return this.tools.call({ turn, step: 1, call, providerCall: `${this.#calls}`, name: offered.name, input, signal });
  }

  close(): Promise<void> {
    return this.#broker.close();
  }

  #whyNot(tool: string): string {
    const { name } = this.entry.server;
    const failure = this.failure();
    if (failure !== null) return failure.message;
    const aside = this.report()?.quarantined.find((item) => item.tool === tool);
    if (aside) return `The tool "${tool}" of "${name}" is set aside: ${aside.reason}.`;
    if (this.report()?.tools.includes(tool))
      return `The tool "${tool}" of "${name}" is kept from agents by \`allowed_tools\` or \`exclude_tools\`.`;
    return `The server "${name}" has no tool "${tool}".`;
  }

  #take(event: RunEvent): void {
    if (event.type === "warning") this.#warnings.push(event.message);
    if (event.type !== "mcp-server-state") return;
    if (event.state === "connecting") this.#began ??= this.#io.clock.monotonic();
    if (event.state === "ready") {
      this.#readyAfter ??= this.#io.clock.monotonic() - (this.#began ?? 0);
      this.#failure = null;
    }
    if (event.message !== undefined && event.state !== "closed") this.#failure = { message: event.message, next: event.next ?? "" };
  }
}

/** A server says itself when it took too long; this is only for the time between. */
const SETTLE_MS = 2_000;

const notReady = ({ server }: McpEntry): { message: string; next: string } => ({
  message: `The server "${server.name}" was started, but was not ready when the wait ended.`,
  next: "Run its command by hand and see what it waits for; `connect_timeout` gives a slow server more time.",
});

function missingMessage({ server, missing }: McpEntry): { message: string; next: string } {
  const names = missing.map((name) => `\${${name}}`).join(", ");
  const [first = ""] = missing;
  const next = first.startsWith("keyring:")
    ? `Store it: \`massgen mcp secret set ${first.slice("keyring:".length)}\`.`
    : first.startsWith("file:")
      ? "Write the secret into that file, mode 0600."
      : `Set ${first} in the environment or in \`.env\`.`;
  return { message: `The server "${server.name}" was not started: it needs ${names}, which is not there.`, next };
}

/** The same server, whose list of tools is not kept. */
function withoutMemory(server: McpServerConfig): McpServerConfig {
  const cache = server.extra["cache"];
  const given = isRecord(cache) ? cache : {};
  return { ...server, extra: { ...server.extra, cache: { ...given, disk: false } } };
}

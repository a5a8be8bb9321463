// The MCP layer of one run: leases every agent its servers, starts them side by side without anybody waiting, and ends everything in `close`.
import path from "node:path";
import type { AgentId, RunEvent } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { processRegistry, sweepOrphans, type Io } from "../io/index.ts";
import { ERROR_REGISTRY } from "../errors/index.ts";
import { AgentView } from "./agent-tools.ts";
import type { AgentTools, BrokerPolicy, PolicyVerdict, Recorder, ToolBroker } from "./contract.ts";
import { NO_TOOLS } from "./contract.ts";
import { MCPCircuitBreaker } from "./breakers.ts";
import { MCPConfigurationError } from "./errors.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { fingerprintKey } from "./fingerprint-key.ts";
import { ServerPool, type PoolEntry } from "./pool.ts";
import { PooledServer } from "./pooled-server.ts";
import { checkToolDefinition } from "./schema/index.ts";
import type { ElicitationAnswer, ElicitationQuestion, Root, ServerRequests } from "./server-requests.ts";
import type { SharingDecision } from "./sharing.ts";
import { ToolCaller } from "./tool-caller.ts";

export type BrokerAgent = { readonly id: AgentId; readonly servers: readonly McpServerConfig[] };
export type BrokerOptions = {
  readonly agents: readonly BrokerAgent[];
  readonly io: Io;
  readonly record: Recorder;
  /** Pids of running servers, breaker state, the key of fingerprints. */
  readonly stateDir: string;
  /** Lists of tools of earlier runs. */
  readonly cacheDir: string;
  readonly policy?: BrokerPolicy;
  /** What servers are told of folders, where they ask. */
  readonly roots?: (agent: AgentId | null, server: McpServerConfig) => readonly Root[];
  /** Answers a server's form; absent = every form is declined. */
  readonly elicit?: (question: ElicitationQuestion) => Promise<ElicitationAnswer>;
};

/** Returns at once; servers are started in the background. Never throws for a server that does not work. */
export function createBroker(options: BrokerOptions): ToolBroker {
  return options.agents.every(({ servers }) => servers.length === 0) ? { forAgent: () => NO_TOOLS, close: async () => {} } : new Broker(options);
}

class Broker implements ToolBroker {
  readonly #options: BrokerOptions;
  readonly #pool: ServerPool;
  readonly #breakers: MCPCircuitBreaker;
  readonly #views = new Map<AgentId, AgentView>();
  readonly #tools = new Map<AgentId, AgentTools>();
  readonly #prepared: Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#breakers = new MCPCircuitBreaker({ io: options.io, stateDir: options.stateDir, tell: (event) => this.#tell(event) });
    this.#pool = new ServerPool((entry, at) => this.#makeServer(entry, at));
    for (const { id, servers } of options.agents) {
      const view = new AgentView(servers);
      this.#views.set(id, view);
      this.#tools.set(id, this.#toolsOf(id, view));
    }
    this.#prepared = this.#prepare().catch((error: unknown) => this.#giveUp(error));
  }

  forAgent(agent: AgentId): AgentTools {
    return this.#tools.get(agent) ?? NO_TOOLS;
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  async #finish(): Promise<void> {
    await this.#prepared;
    await this.#pool.close();
    await this.#breakers.flush();
  }

  async #prepare(): Promise<void> {
    const { agents, stateDir } = this.#options;
    void this.#sweep();
    const key = await fingerprintKey(this.#options.io, stateDir);
    await Promise.all(agents.flatMap(({ id, servers }) => servers.map((server) => this.#admit({ agent: id, server, fingerprint: fingerprintOf(server, { ...this.#options.io, key }) }))));
  }

  /** A server that must not or cannot be used costs its own tools, nothing else. */
  async #admit(entry: PoolEntry): Promise<void> {
    const { agent, server, fingerprint } = entry;
    const verdict = await this.#checkServer(server, agent);
    if (verdict.verdict !== "allow") return this.#refuse(entry, { message: `The server "${server.name}" is not allowed (${verdict.rule}): ${verdict.reason}`, next: ERROR_REGISTRY.E_SECURITY.next });
    await this.#breakers.recall(fingerprint);
    if (this.#closing) return this.#views.get(agent)?.giveUp(server.name);
    try {
      const lease = this.#pool.lease(entry);
      if ("refused" in lease) return this.#refuse(entry, { message: lease.refused, next: lease.next });
      this.#views.get(agent)?.add(lease);
      lease.pooled.begin();
    } catch (error) {
      if (!(error instanceof MCPConfigurationError)) throw error;
      this.#refuse(entry, error);
    }
  }

  async #checkServer(server: McpServerConfig, agent: AgentId): Promise<PolicyVerdict> {
    try {
      return (await this.#options.policy?.checkServer?.(server, agent)) ?? { verdict: "allow", rule: "default", reason: "no rule speaks against it" };
    } catch (error) {
      return { verdict: "deny", rule: "policy-error", reason: `the policy could not be applied (${String(error)})` };
    }
  }

  /** Nothing of the MCP layer works: the run goes on without tools and says why. */
  #giveUp(error: unknown): void {
    for (const { id, servers } of this.#options.agents) for (const { name } of servers) this.#views.get(id)?.giveUp(name);
    this.#tell({ type: "warning", code: "E_INTERNAL", message: `The MCP servers could not be prepared: ${String(error)}`, next: ERROR_REGISTRY.E_INTERNAL.next });
  }

  #refuse({ agent, server }: PoolEntry, { message, next }: { readonly message: string; readonly next: string }): void {
    this.#views.get(agent)?.giveUp(server.name);
    this.#tell({ type: "mcp-server-state", server: server.name, agent, state: "failed", message, next });
  }

  #makeServer(entry: PoolEntry, { owner, sharing }: { readonly owner: AgentId | null; readonly sharing: SharingDecision }): PooledServer {
    const { io, policy, stateDir } = this.#options;
    return new PooledServer({
      server: entry.server, owner, sharing,
      around: { ...io, fetch: policy?.fetchFor?.(entry.server) ?? io.fetch, registry: processRegistry(stateDir) },
      requests: this.#requests(entry.server, owner),
      random: () => io.random(),
      check: (tool) => checkToolDefinition(tool).quarantine.join("; ") || null,
      tell: (event) => this.#tell(event),
      breaker: this.#breakers.of(entry.server, entry.fingerprint),
      known: null,
      remember: () => {},
    });
  }

  #requests(server: McpServerConfig, owner: AgentId | null): ServerRequests {
    const told = new Set<string>();
    return {
      roots: this.#options.roots?.(owner, server) ?? [],
      elicit: this.#options.elicit ?? null,
      refused: (kind, detail) => {
        if (told.has(kind)) return;
        told.add(kind);
        const what = { elicitation: "asked the user a question, which was declined", sampling: "asked for a model's answer, which was refused", request: `sent a request we do not serve (${detail})` }[kind];
        this.#tell({ type: "warning", code: "E_MCP_SERVER", message: `The server "${server.name}" ${what}.`, ...(owner === null ? {} : { agent: owner }) });
      },
    };
  }

  #toolsOf(agent: AgentId, view: AgentView): AgentTools {
    const { io, policy = {}, record } = this.#options;
    const caller = new ToolCaller({ agent, view, record, policy, clock: io.clock, observe: () => {} });
    return {
      list: () => view.list(),
      pending: () => view.pending(),
      settled: (graceMs, signal) => this.#settled(view, { graceMs, signal }),
      call: (request) => caller.call(request),
    };
  }

  async #settled(view: AgentView, { graceMs, signal }: { readonly graceMs: number; readonly signal: AbortSignal }): Promise<void> {
    const limit = new AbortController();
    const over = AbortSignal.any([signal, limit.signal]);
    const grace = this.#options.io.clock.sleep(graceMs, over).catch(() => {}); // Aborted: nobody waits any more.
    const all = this.#prepared.then(() => Promise.all(view.leases.map(({ pooled }) => pooled.settled)));
    await Promise.race([grace, all]);
    limit.abort();
  }

  async #sweep(): Promise<void> {
    try {
      const { survivors } = await sweepOrphans(this.#options.stateDir);
      if (survivors.length > 0) this.#tell({ type: "warning", code: "E_MCP_SERVER", message: `Processes of an earlier run could not be ended: ${survivors.join(", ")}.` });
    } catch (error) {
      this.#tell({ type: "warning", code: "E_MCP_SERVER", message: `Looking for processes of earlier runs failed in ${path.join(this.#options.stateDir, "pids")}: ${String(error)}` });
    }
  }

  /** Facts about servers are not waited for; whoever records them learns of a log that cannot be written. */
  #tell(event: RunEvent): void {
    this.#options.record(event).catch(() => {});
  }
}

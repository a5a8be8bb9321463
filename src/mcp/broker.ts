// The MCP layer of one run: every agent's tools, what became of the servers, and the end of everything in `close`.
import { UsageStatistics, type AgentId, type RunEvent, type UsageRow } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { ERROR_REGISTRY } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { AgentView } from "./agent-tools.ts";
import type { AuditLog } from "./audit.ts";
import { concealer, type Conceal } from "./auth/index.ts";
import type { AgentTools, BrokerPolicy, Recorder, ToolBroker } from "./contract.ts";
import { NO_TOOLS } from "./contract.ts";
import { cleanEvent } from "./clean-events.ts";
import { describeServers, type ServerReport } from "./describe-servers.ts";
import { mcpMeter, type MetricsSink } from "./metrics.ts";
import { RunServers } from "./run-servers.ts";
import { SEARCH_TOOLS, type OnDemand } from "./search-tools.ts";
import type { ElicitationAnswer, ElicitationQuestion, Root } from "./server-requests.ts";
import { ToolBudget } from "./tool-budget.ts";
import { ToolCaller } from "./tool-caller.ts";
import type { Writes } from "./writes.ts";

export type BrokerAgent = {
  readonly id: AgentId;
  readonly servers: readonly McpServerConfig[];
  /** Most tools declared at a time; with more, they are found through `search_tools`. Absent = any number. */
  readonly maxTools?: number;
};
export type BrokerOptions = {
  readonly agents: readonly BrokerAgent[];
  readonly io: Io;
  readonly record: Recorder;
  /** Pids of running servers, breaker state, the key of fingerprints. */
  readonly stateDir: string;
  /** Lists of tools of earlier runs. */
  readonly cacheDir: string;
  /** Who may call tools that change something, where a server's entry does not say. Default: everyone. */
  readonly writes?: Writes;
  /** Absent = everything the configuration names is allowed. */
  readonly policy?: BrokerPolicy;
  /** What servers are told of folders, where they ask; absent = nothing. */
  readonly roots?: (agent: AgentId | null, server: McpServerConfig) => readonly Root[];
  /** Answers a server's form instead of a person; absent = `policy.ask` is asked, and without it every form is declined. */
  readonly elicit?: (question: ElicitationQuestion) => Promise<ElicitationAnswer>;
  /** Gets every decision and call, before a call that may have an effect is sent. The caller closes it after the broker. */
  readonly audit?: AuditLog;
  /** Gets counts and durations as they happen. */
  readonly metrics?: MetricsSink;
};

export type McpBroker = ToolBroker & {
  /** One row per agent, server and tool that was called. */
  statistics(): readonly UsageRow[];
  /** What became of each server: sharing, state, process, tools, breaker. */
  servers(): readonly ServerReport[];
};

/** Returns at once; servers are started in the background. Never throws for a server that does not work. */
export function createBroker(options: BrokerOptions): McpBroker {
  if (options.agents.some(({ servers }) => servers.length > 0)) return new Broker(options);
  return { forAgent: () => NO_TOOLS, close: async () => {}, statistics: () => [], servers: () => [] };
}

class Broker implements McpBroker {
  readonly #io: Io;
  readonly #servers: RunServers;
  readonly #usage = new UsageStatistics();
  readonly #tools = new Map<AgentId, AgentTools>();
  readonly #views = new Map<AgentId, AgentView>();
  readonly #admitted: Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(options: BrokerOptions) {
    const { agents, audit, elicit = null, io, roots = () => [], stateDir, cacheDir, writes = "everyone" } = options;
    this.#io = io;
    const meter = options.metrics && mcpMeter(options.metrics);
    const conceal = concealer(() => this.#servers.secrets);
    const policy = keepingConcealed(options.policy ?? {}, conceal);
    // Async, so that an event that cannot be written at all, nested too deeply for instance, is a rejection like any other.
    const record: Recorder = async (given) => {
      const event = conceal(given);
      this.#usage.add(event);
      meter?.(event);
      await (audit ? bothDone(audit.add(event), options.record(event)) : options.record(event));
    };
    const tell = (event: RunEvent): void => void record(cleanEvent(event)).catch(() => {}); // Whoever records learns of a log that cannot be written.
    this.#servers = new RunServers({ io, stateDir, cacheDir, policy, roots, elicit, tell, record });
    const admitted = agents.map((agent) => ({ ...agent, view: new AgentView(agent.servers, budgetFor(agent, tell)) }));
    for (const { id, view } of admitted) {
      this.#views.set(id, view);
      const caller = new ToolCaller({ agent: id, view, record, policy, clock: io.clock, writes });
      this.#tools.set(id, {
        list: () => view.list(),
        hidden: () => view.hidden(),
        pending: () => view.pending(),
        missing: () => view.missing(),
        settled: (graceMs, signal) => this.#settled(view, { graceMs, signal }),
        call: async (request) => conceal(await caller.call(request)),
        carryOut: async (planned) => conceal(await caller.carryOut(planned)),
      });
    }
    this.#admitted = this.#servers.admit(admitted);
  }

  forAgent(agent: AgentId): AgentTools {
    return this.#tools.get(agent) ?? NO_TOOLS;
  }

  foundBefore(agent: AgentId, names: readonly string[]): void {
    this.#views.get(agent)?.use(names);
  }

  statistics(): readonly UsageRow[] {
    return this.#usage.rows();
  }

  servers(): readonly ServerReport[] {
    return describeServers(this.#servers);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#finish());
  }

  async #finish(): Promise<void> {
    this.#servers.stopAdmitting();
    await this.#admitted;
    await this.#servers.close();
  }

  async #settled(view: AgentView, { graceMs, signal }: { readonly graceMs: number; readonly signal: AbortSignal }): Promise<void> {
    const limit = new AbortController();
    const grace = this.#io.clock.sleep(graceMs, AbortSignal.any([signal, limit.signal])).catch(() => {}); // Aborted: nobody waits any more.
    await Promise.race([grace, this.#admitted.then(() => Promise.all(view.leases.map(({ pooled }) => pooled.settled)))]);
    limit.abort();
  }
}

function keepingConcealed({ keepResult, ...policy }: BrokerPolicy, conceal: Conceal): BrokerPolicy {
  return keepResult ? { ...policy, keepResult: (result) => keepResult(conceal(result)) } : policy;
}

function budgetFor({ id, maxTools, servers }: BrokerAgent, tell: (event: RunEvent) => void): ToolBudget | null {
  if (maxTools === undefined) return null;
  const ownLimits = new Map(
    servers.flatMap(({ name, extra: { max_tools: most } }) => (typeof most === "number" ? [[name, most] as const] : [])),
  );
  const descriptions = new Map(
    servers.flatMap(({ name, extra: { description } }) => (typeof description === "string" ? [[name, description] as const] : [])),
  );
  return new ToolBudget({ max: maxTools, ownLimits, descriptions }, (onDemand, total) =>
    tell({
      type: "warning",
      code: "E_TOOL_BUDGET",
      agent: id,
      message: `Not all of the ${total} tools are declared to the model at once (limit ${maxTools}): it finds ${wordsFor(onDemand)} through ${SEARCH_TOOLS}.`,
      next: ERROR_REGISTRY.E_TOOL_BUDGET.next,
    }),
  );
}

const wordsFor = (servers: readonly OnDemand[]): string => servers.map(({ server, tools }) => `the ${tools} of "${server}"`).join(", ");

async function bothDone(...work: readonly Promise<void>[]): Promise<void> {
  await Promise.all(work);
}

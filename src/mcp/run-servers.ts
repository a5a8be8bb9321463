// Brings the servers of a run into being: policy, what earlier runs remember, lease, start; and tells what became of each.
import type { AgentId, RunEvent } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { ERROR_REGISTRY } from "../errors/index.ts";
import { processRegistry, sweepOrphans, type Io } from "../io/index.ts";
import type { AgentView } from "./agent-tools.ts";
import { AuthSessions } from "./auth/index.ts";
import { MCPCircuitBreaker } from "./breakers.ts";
import { CallRate, rateLimitOf } from "./call-rate.ts";
import { CatalogStore } from "./catalog-store.ts";
import type { Catalog, ToolCheck } from "./catalog.ts";
import { ALLOWED_BY_DEFAULT, type BrokerPolicy, type PolicyVerdict, type Recorder } from "./contract.ts";
import { MCPConfigurationError } from "./errors.ts";
import { booleanSetting } from "./extra-keys.ts";
import { fingerprintKey } from "./fingerprint-key.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { headerParameterProblem } from "./header-parameters.ts";
import { ServerPool, type PoolEntry } from "./pool.ts";
import { PooledServer } from "./pooled-server.ts";
import { checkToolDefinition } from "./schema/index.ts";
import { RunDefinitions } from "./run-definitions.ts";
import { entryRoots, ServerQuestions, type CallOrigin } from "./server-questions.ts";
import type { ElicitationAnswer, ElicitationQuestion, Root, ServerRequests } from "./server-requests.ts";
import type { SharingDecision } from "./sharing.ts";

export type RunServersOptions = {
  readonly io: Io;
  readonly stateDir: string;
  readonly cacheDir: string;
  readonly policy: BrokerPolicy;
  readonly roots: (agent: AgentId | null, server: McpServerConfig) => readonly Root[];
  readonly elicit: ((question: ElicitationQuestion) => Promise<ElicitationAnswer>) | null;
  readonly record: Recorder;
  /** A fact for the log; must not throw. */
  readonly tell: (event: RunEvent) => void;
};

export type AdmittedAgent = { readonly id: AgentId; readonly servers: readonly McpServerConfig[]; readonly view: AgentView };
type Wish = PoolEntry & { readonly view: AgentView };

export class RunServers {
  readonly pool: ServerPool;
  readonly breakers: MCPCircuitBreaker;
  readonly #options: RunServersOptions;
  readonly #catalogs: CatalogStore;
  readonly #auths: AuthSessions;
  readonly #rates = new Map<string, CallRate>();
  /** By fingerprint. */
  readonly #definitions = new Map<string, RunDefinitions>();
  #closed = false;

  constructor(options: RunServersOptions) {
    this.#options = options;
    this.#catalogs = new CatalogStore({ files: options.io.files, clock: options.io.clock, cacheDir: options.cacheDir });
    this.#auths = new AuthSessions(options.stateDir);
    this.breakers = new MCPCircuitBreaker({ io: options.io, stateDir: options.stateDir, tell: options.tell });
    this.pool = new ServerPool((entry, at) => this.#make(entry, at));
  }

  /** Tokens and secrets that authorization servers gave us so far. */
  get secrets(): readonly string[] {
    return this.#auths.secrets;
  }

  /** Resolves when every server was leased or refused; none of them need be connected yet. Never rejects. */
  async admit(agents: readonly AdmittedAgent[]): Promise<void> {
    const { io, stateDir, tell } = this.#options;
    void this.#sweep();
    try {
      const key = await fingerprintKey(io, stateDir);
      const wishes = agents.flatMap(({ id, servers, view }) =>
        servers.map((server) => ({ agent: id, server, view, fingerprint: fingerprintOf(server, { ...io, key }) })),
      );
      // Equal entries one after the other, so that it is always the last agents that go without when processes are bounded.
      await Promise.all([...Map.groupBy(wishes, ({ fingerprint }) => fingerprint).values()].map((equal) => this.#admitInOrder(equal)));
    } catch (error) {
      for (const { servers, view } of agents) for (const { name } of servers) view.giveUp(name);
      tell({
        type: "warning",
        code: "E_INTERNAL",
        message: `The MCP servers could not be prepared: ${String(error)}`,
        next: ERROR_REGISTRY.E_INTERNAL.next,
      });
    }
  }

  /** Ends every server; call it once nobody admits any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.pool.close();
    await Promise.all([this.breakers.flush(), this.#catalogs.flush()]);
  }

  /** No further server is started. */
  stopAdmitting(): void {
    this.#closed = true;
  }

  async #admitInOrder(wishes: readonly Wish[]): Promise<void> {
    for (const wish of wishes) await this.#admitOne(wish);
  }

  /** A server that must not or cannot be used costs its own tools, nothing else. */
  async #admitOne(wish: Wish): Promise<void> {
    const { agent, server, view, fingerprint } = wish;
    const { verdict, rule, reason } = await this.#judge(server, agent);
    if (verdict !== "allow")
      return this.#refuse(wish, {
        message: `The server "${server.name}" is not allowed (${rule}): ${reason}`,
        next: ERROR_REGISTRY.E_SECURITY.next,
      });
    try {
      const [former] = await Promise.all([
        keepsCatalog(server) ? this.#catalogs.recall(fingerprint, this.#toolCheck(server)) : null,
        this.breakers.recall(fingerprint),
      ]);
      if (this.#closed) return view.giveUp(server.name);
      const lease = this.pool.lease({ ...wish, former });
      if ("refused" in lease) return this.#refuse(wish, { message: lease.refused, next: lease.next });
      view.add(lease);
      lease.pooled.begin();
    } catch (error) {
      if (!(error instanceof MCPConfigurationError)) throw error;
      this.#refuse(wish, error);
    }
  }

  async #judge(server: McpServerConfig, agent: AgentId): Promise<PolicyVerdict> {
    try {
      return (await this.#options.policy.checkServer?.(server, agent)) ?? ALLOWED_BY_DEFAULT;
    } catch (error) {
      return { verdict: "deny", rule: "policy-error", reason: `the policy could not be applied (${String(error)})` };
    }
  }

  #refuse({ agent, server, view }: Wish, { message, next }: { readonly message: string; readonly next: string }): void {
    view.giveUp(server.name);
    this.#options.tell({ type: "mcp-server-state", server: server.name, agent, state: "failed", message, next });
  }

  #make(
    { server, fingerprint, former = null }: PoolEntry,
    { owner, sharing }: { readonly owner: AgentId | null; readonly sharing: SharingDecision },
  ): PooledServer {
    const { io, policy, stateDir, tell } = this.#options;
    const fetch = policy.fetchFor?.(server) ?? io.fetch;
    const pooled: PooledServer = new PooledServer({
      server,
      owner,
      sharing,
      former,
      known: this.#readsFirst ? null : former,
      tell,
      around: { ...io, fetch, registry: processRegistry(stateDir), auth: this.#auths.of(server, fingerprint, { ...io, fetch }) },
      requests: this.#requests(server, { owner, origin: () => pooled.origin }),
      random: () => io.random(),
      check: this.#processCheck(server, { fingerprint, owner }),
      readsFirst: this.#readsFirst,
      breaker: this.breakers.of(server, fingerprint),
      rate: this.#rateOf(server, fingerprint),
      remember: (catalog: Catalog) => {
        if (keepsCatalog(server)) this.#catalogs.remember(fingerprint, catalog);
        // Who still goes by what an earlier run saw goes by what this one sees.
        for (const other of this.pool.equalTo(pooled)) other.tools.adopt(catalog);
      },
    });
    return pooled;
  }

  get #readsFirst(): boolean {
    return this.#options.policy.readsFirst === true;
  }

  #rateOf(server: McpServerConfig, fingerprint: string): CallRate | null {
    const limit = rateLimitOf(server);
    if (limit === null) return null;
    const rate = this.#rates.get(fingerprint) ?? new CallRate(this.#options.io.clock, limit);
    this.#rates.set(fingerprint, rate);
    return rate;
  }

  #toolCheck(server: McpServerConfig): ToolCheck {
    return (tool) => {
      const { quarantine } = checkToolDefinition(tool);
      const marks = server.transport.type === "streamable-http" ? headerParameterProblem(tool.inputSchema) : null;
      if (marks !== null) return marks;
      return quarantine.length > 0 ? quarantine.join("; ") : (this.#options.policy.checkTool?.(server, tool) ?? null);
    };
  }

  /** Also holds a process to what the run's other processes of the server say. */
  #processCheck(
    server: McpServerConfig,
    { fingerprint, owner }: { readonly fingerprint: string; readonly owner: AgentId | null },
  ): ToolCheck {
    const alone = this.#toolCheck(server);
    const definitions = this.#definitions.get(fingerprint) ?? new RunDefinitions();
    this.#definitions.set(fingerprint, definitions);
    const said = new Set<string>();
    return (tool) => {
      const reason = alone(tool);
      const diff = reason === null ? definitions.compare(owner ?? "", tool) : null;
      if (diff === null) return reason;
      const shown = diff.slice(0, MOST_DIFF_LINES).map((line) => `  ${line.slice(0, LONGEST_DIFF_LINE)}`);
      const message = [`A process of "${server.name}" describes "${tool.name}" otherwise than the others of this run:`, ...shown].join(
        "\n",
      );
      if (!said.has(message)) {
        this.#options.policy.differs?.({ server: server.name, tool: tool.name, agent: owner, diff });
        this.#options.tell({ type: "warning", code: "E_SECURITY", message, ...(owner === null ? {} : { agent: owner }) });
      }
      said.add(message);
      return "its definition is not the one that the other processes of this run have";
    };
  }

  #requests(
    server: McpServerConfig,
    { owner, origin }: { readonly owner: AgentId | null; readonly origin: () => CallOrigin | null },
  ): ServerRequests {
    const { elicit, io, policy, record, roots, tell } = this.#options;
    const told = new Set<string>();
    const questions = new ServerQuestions({ server, policy, record, elicit, origin });
    return {
      roots: [...entryRoots(server, io.cwd), ...roots(owner, server)],
      elicit: (question) => questions.form(question),
      sample: questions.samples ? (question) => questions.model(question) : null,
      refused: (kind, detail) => {
        const key = kind === "elicitation" ? `${kind} ${detail}` : kind;
        if (told.has(key)) return;
        told.add(key);
        const what = {
          elicitation: `asked the user a question, which was declined${detail === "" ? "" : `: ${detail}`}`,
          sampling: "asked for a model's answer, which was refused",
          request: `sent a request we do not serve (${detail})`,
        }[kind];
        tell({
          type: "warning",
          code: "E_MCP_SERVER",
          message: `The server "${server.name}" ${what}.`,
          ...(owner === null ? {} : { agent: owner }),
        });
      },
    };
  }

  async #sweep(): Promise<void> {
    const { stateDir, tell } = this.#options;
    const warn = (message: string): void => tell({ type: "warning", code: "E_MCP_SERVER", message });
    try {
      const { survivors } = await sweepOrphans(stateDir);
      if (survivors.length > 0) warn(`Processes of an earlier run could not be ended: ${survivors.join(", ")}.`);
    } catch (error) {
      warn(`Looking for processes of earlier runs failed: ${String(error)}`);
    }
  }
}

const MOST_DIFF_LINES = 20;
const LONGEST_DIFF_LINE = 200;

/** `cache: { disk: false }` keeps a server's tools out of the cache folder. */
const keepsCatalog = (server: McpServerConfig): boolean => booleanSetting(server, "cache", { key: "disk", fallback: true });

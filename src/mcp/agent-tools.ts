// One agent's view of the servers it has leased: which tools it is offered, under which names, and what a name it uses stands for.
import type { McpServerConfig } from "../config/types.ts";
import { neutralise } from "../security/index.ts";
import type { Json } from "../core/index.ts";
import type { OfferedTool } from "./contract.ts";
import { exposeNames, type NameMap } from "./names.ts";
import type { Lease } from "./pool.ts";
import { findTools, isSearch, SEARCH_TOOLS_RESERVED, type Found } from "./search-tools.ts";
import type { ToolBudget } from "./tool-budget.ts";
import { effectOf, type ToolDefinition } from "./tool-definition.ts";
import { byEntrysWord, forbiddenBy } from "./tool-lists.ts";

export type FoundTool = {
  readonly lease: Lease;
  readonly definition: ToolDefinition;
  readonly name: string;
  /** The key of the entry that keeps the agent from it; null = it may be called. */
  readonly forbidden: "allowed_tools" | "exclude_tools" | null;
};

type View = { readonly tools: readonly OfferedTool[]; readonly names: NameMap; readonly found: ReadonlyMap<string, FoundTool> };

export class AgentView {
  readonly #leases = new Map<string, Lease>();
  #inOrder: readonly Lease[] = [];
  #waitingFor: readonly string[];
  /** The catalogs the view was made from; it is made anew when one of them is another object. */
  #seen: readonly unknown[] = [];
  #view: View | null = null;
  readonly #order: readonly string[];
  readonly #budget: ToolBudget | null;

  /** `servers` are pending until each is leased or given up; without a budget every tool is offered. */
  constructor(servers: readonly McpServerConfig[], budget: ToolBudget | null = null) {
    this.#order = servers.map(({ name }) => name);
    this.#waitingFor = this.#order;
    this.#budget = budget;
  }

  add(lease: Lease): void {
    this.#leases.set(lease.server.name, lease);
    this.#inOrder = this.#order.flatMap((name) => this.#leases.get(name) ?? []);
    this.giveUp(lease.server.name);
  }

  giveUp(server: string): void {
    this.#waitingFor = this.#waitingFor.filter((name) => name !== server);
  }

  /** In the order of the configuration, whatever came first: requests of every run declare their tools alike. */
  get leases(): readonly Lease[] {
    return this.#inOrder;
  }

  list(): readonly OfferedTool[] {
    const { tools } = this.#current();
    return this.#budget?.offered(tools) ?? tools;
  }

  /** Tools that can be called and are not in `list`. */
  hidden(): readonly OfferedTool[] {
    return this.#budget?.hidden(this.#current().tools) ?? [];
  }

  /** Keeps tools in `list` that a search found or that are called by their names. */
  use(names: readonly string[]): void {
    this.#budget?.use(names);
  }

  /** What a search finds; null where the name means no search, or there is nothing to search for. */
  search(name: string, input: Json): Found | null {
    const { tools } = this.#current();
    this.#budget?.offered(tools); // The catalogs may have grown since anybody listed them.
    return this.#budget?.active && isSearch(name) ? findTools(input, tools) : null;
  }

  /** True while tools can only be found by searching. */
  get searchable(): boolean {
    return this.#budget?.active ?? false;
  }

  pending(): readonly string[] {
    return [...this.#waitingFor, ...this.leases.filter(({ pooled }) => pooled.pending).map(({ server }) => server.name)];
  }

  /** One sentence about each server whose tools are not there now. */
  missing(): readonly string[] {
    const pending = new Set(this.pending());
    return this.#order.flatMap((name) => {
      const lease = this.#leases.get(name);
      if (pending.has(name)) return [`The server "${name}" is still starting.`];
      if (!lease) return [`The server "${name}" is not there in this run.`];
      return lease.pooled.catalog === null ? [whyMissing(lease)] : [];
    });
  }

  /** A tool by its server and its own name; undefined when this agent has no such tool now. */
  findTool(server: string, tool: string): FoundTool | undefined {
    return [...this.#current().found.values()].find(({ lease, definition }) => lease.server.name === server && definition.name === tool);
  }

  /** What a model means by a name, tools of lost servers included: a call of theirs is told what became of the server. Undefined when none is meant. */
  find(name: string): FoundTool | undefined {
    const { names, found } = this.#current();
    const exposed = names.resolve(name);
    return exposed && found.get(exposed.name);
  }

  #current(): View {
    const { leases } = this;
    const same = leases.length === this.#seen.length && leases.every(({ pooled }, at) => pooled.catalog === this.#seen[at]);
    if (same && this.#view) return this.#view;
    this.#seen = leases.map(({ pooled }) => pooled.catalog);
    return (this.#view = this.#build());
  }

  #build(): View {
    const all = this.leases.flatMap((lease) =>
      (lease.pooled.tools.current?.tools ?? []).map((definition) => ({ lease, definition: byEntrysWord(lease.server, definition) })),
    );
    const names = exposeNames(
      all.map(({ lease, definition }) => ({ server: lease.server.name, tool: definition.name })),
      [SEARCH_TOOLS_RESERVED],
    );
    const found = new Map<string, FoundTool>();
    for (const { lease, definition } of all) {
      const name = names.nameOf(lease.server.name, definition.name);
      if (name !== undefined) found.set(name, { lease, definition, name, forbidden: forbiddenBy(lease.server, definition.name) });
    }
    const offered = [...found.values()].filter(({ forbidden, lease }) => forbidden === null && lease.pooled.catalog !== null);
    return { names, found, tools: offered.map(offer) };
  }
}

/** What a server wrote itself stays out: its words are nobody's advice. */
function whyMissing({ server, pooled }: Lease): string {
  const until = pooled.breaker.openUntil();
  if (until !== null) return `The server "${server.name}" failed repeatedly and is off until ${new Date(until).toISOString()}.`;
  return `The server "${server.name}" does not work now${pooled.phase === "reconnecting" ? " and is tried again" : ""}.`;
}

function offer({ lease, definition, name }: FoundTool): OfferedTool {
  const { title, description } = definition;
  return {
    name,
    server: lease.server.name,
    tool: definition.name,
    description: neutralise(description === "" ? (title ?? `The tool ${definition.name} of ${lease.server.name}.`) : description),
    inputSchema: definition.inputSchema,
    effect: effectOf(definition),
    readOnly: definition.readOnly,
    idempotent: definition.idempotent,
  };
}

// Which of an agent's tools are declared to its model, where there are more than it should carry: small servers whole, the others on demand.
// Invariant: what was once on demand stays so, and found tools are appended in the order they were found, so that requests keep their beginning.
import type { OfferedTool } from "./contract.ts";
import { searchTool, type OnDemand } from "./search-tools.ts";

export type ToolLimits = {
  /** Tools at a time, the search included; at least 2. */
  readonly max: number;
  /** Servers whose tools are on demand as soon as there are more than this. */
  readonly ownLimits: ReadonlyMap<string, number>;
  /** What servers are for, where their entries say it. */
  readonly descriptions?: ReadonlyMap<string, string>;
};

export class ToolBudget {
  readonly #max: number;
  readonly #ownLimits: ReadonlyMap<string, number>;
  readonly #descriptions: ReadonlyMap<string, string>;
  readonly #onDemand: (servers: readonly OnDemand[], total: number) => void;
  readonly #deferred = new Set<string>();
  /** Names in the order they were found, each with when it was last of use. */
  readonly #found = new Map<string, number>();
  #uses = 0;

  /** `onDemand` is told each time a server's tools begin to be offered on demand. */
  constructor({ max, ownLimits, descriptions = new Map() }: ToolLimits, onDemand: (servers: readonly OnDemand[], total: number) => void) {
    this.#max = Math.max(2, max);
    this.#ownLimits = ownLimits;
    this.#descriptions = descriptions;
    this.#onDemand = onDemand;
  }

  /** True while some tools can only be reached by searching. */
  get active(): boolean {
    return this.#deferred.size > 0;
  }

  /** Of all callable tools those that are declared. */
  offered(all: readonly OfferedTool[]): readonly OfferedTool[] {
    this.#defer(all);
    if (!this.active) return all;
    const byName = new Map(all.map((tool) => [tool.name, tool]));
    const direct = all.filter(({ server }) => !this.#deferred.has(server));
    const found = [...this.#found.keys()].flatMap((name) => {
      const tool = byName.get(name);
      return tool && this.#deferred.has(tool.server) ? [tool] : [];
    });
    return [searchTool(this.#sizes(all)), ...direct, ...this.#latest(found, Math.max(1, this.#max - 1 - direct.length))];
  }

  /** Those that are not declared now. */
  hidden(all: readonly OfferedTool[]): readonly OfferedTool[] {
    const shown = new Set(this.offered(all).map(({ name }) => name));
    return all.filter(({ name }) => !shown.has(name));
  }

  /** From now on these are declared, or stay so. */
  use(names: readonly string[]): void {
    for (const name of names) this.#found.set(name, (this.#uses += 1));
  }

  /** The largest servers first, until what is left takes no more than half of the room: the other half is for what is found. */
  #defer(all: readonly OfferedTool[]): void {
    const before = this.#deferred.size;
    const direct = (): number => all.filter(({ server }) => !this.#deferred.has(server)).length;
    const counts = countTools(all).toSorted((a, b) => b.tools - a.tools || (a.server < b.server ? -1 : 1));
    for (const { server, tools } of counts) if (tools > (this.#ownLimits.get(server) ?? Infinity)) this.#deferred.add(server);
    const fits = direct() + (this.active ? 2 : 0) <= this.#max;
    for (const { server } of fits ? [] : counts) {
      if (direct() + 1 <= this.#max / 2) break;
      this.#deferred.add(server);
    }
    if (this.#deferred.size > before) this.#onDemand(this.#sizes(all), all.length);
  }

  #sizes(all: readonly OfferedTool[]): readonly OnDemand[] {
    return countTools(all)
      .filter(({ server }) => this.#deferred.has(server))
      .map((counted) => {
        const description = this.#descriptions.get(counted.server);
        return description === undefined ? counted : { ...counted, description };
      });
  }

  #latest(found: readonly OfferedTool[], room: number): readonly OfferedTool[] {
    if (found.length <= room) return found;
    const age = (tool: OfferedTool): number => this.#found.get(tool.name) ?? 0;
    const oldest = found.map(age).toSorted((a, b) => b - a)[room - 1] ?? 0;
    return found.filter((tool) => age(tool) >= oldest);
  }
}

function countTools(tools: readonly OfferedTool[]): readonly OnDemand[] {
  const counts = new Map<string, number>();
  for (const { server } of tools) counts.set(server, (counts.get(server) ?? 0) + 1);
  return [...counts].map(([server, count]) => ({ server, tools: count }));
}

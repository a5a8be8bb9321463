// The list of tools of one pooled server over time: known from earlier, read when it must be, read again when something changed.
import type { McpServerConfig } from "../config/types.ts";
import type { RunEvent } from "../core/index.ts";
import type { Clock, Timer } from "../io/index.ts";
import { neutraliseLine } from "../security/index.ts";
import { compareCatalogs, readCatalog, type Catalog, type ToolCheck } from "./catalog.ts";
import type { Connection, ServerIdentity } from "./connection.ts";
import { numberSetting } from "./extra-keys.ts";
import { extraToolSettings, type ExtraTools } from "./extra-tools.ts";

export type ServerCatalogOptions = {
  readonly server: McpServerConfig;
  readonly clock: Clock;
  readonly check: ToolCheck;
  /** `BrokerPolicy.readsFirst`. */
  readonly readsFirst: boolean;
  /** The tools that are offered before the server was asked; null where there are none. */
  readonly known: Catalog | null;
  /** The tools of an earlier run, with which the first reading is compared; null where there are none. */
  readonly former: Catalog | null;
  /** Keeps the list for later runs; it is not kept where it is partial. */
  readonly remember: (catalog: Catalog) => void;
  readonly tell: (event: RunEvent) => void;
  readonly warn: (message: string) => void;
  readonly connection: () => Connection | null;
};

/** Storms of change notices become one new reading. */
const CHANGE_DELAY_MS = 100;
/** A list is believed this many seconds before the server is asked again unprompted, where it promises no other time. */
const FRESH_S = 3_600;
/** A server that promises nothing, or next to nothing, is not asked more often than this. */
const LEAST_FRESH_MS = 30_000;
/** So many bad tools of one list are named. */
const MOST_WARNINGS = 20;

export class ServerCatalog {
  readonly #options: ServerCatalogOptions;
  readonly #freshMs: number;
  readonly #extras: ExtraTools;
  readonly #stopped = new AbortController();
  /** What was said of tools that are set aside; it is said once. */
  readonly #said = new Set<string>();
  #current: Catalog | null = null;
  #names: ReadonlySet<string> = new Set();
  #refreshing: Timer | null = null;
  #expiring: Timer | null = null;
  /** Readings under way; `#stale`: something changed since they began. */
  #reading = 0;
  #stale = false;
  /** Which reading, by its number, `#current` is from. */
  #taken = 0;
  /** How often the list was read. */
  listings = 0;

  /** Throws `MCPConfigurationError` when `cache` or `tools` of the entry make no sense. */
  constructor(options: ServerCatalogOptions) {
    this.#options = options;
    this.#freshMs = numberSetting(options.server, "cache", { key: "ttl", fallback: FRESH_S, least: 0 }) * 1000;
    this.#extras = extraToolSettings(options.server);
    if (options.known) this.#take(options.known);
  }

  get current(): Catalog | null {
    return this.#current;
  }

  /** True while a known list need not be read before somebody calls. */
  fresh(): boolean {
    const known = this.#current;
    return known !== null && this.#options.clock.now() - known.readAt < this.#freshFor(known);
  }

  #freshFor({ ttlMs }: Catalog): number {
    return ttlMs ?? this.#freshMs;
  }

  /** A complete list of the very same server is not read again while a call waits, only afterwards. */
  mustRead({ name, version, protocol }: ServerIdentity): boolean {
    const known = this.#current;
    return (
      this.#options.readsFirst ||
      known === null ||
      known.partial !== null ||
      known.identity.name !== name ||
      known.identity.version !== version ||
      known.identity.protocol !== protocol
    );
  }

  async read(connection: Connection, signal: AbortSignal): Promise<void> {
    this.#reading += 1;
    try {
      await this.#readNow(connection, signal);
    } finally {
      this.#reading -= 1;
      if (this.#stale && this.#reading === 0 && !this.#stopped.signal.aborted) {
        this.#stale = false;
        this.refreshSoon();
      }
    }
  }

  async #readNow(connection: Connection, signal: AbortSignal): Promise<void> {
    const { server, clock, check, remember, warn } = this.#options;
    const number = (this.listings += 1);
    const catalog = await readCatalog(connection, {
      signal,
      timeoutMs: server.connectTimeoutMs,
      now: clock.now(),
      check,
      extras: this.#extras,
    });
    if (number < this.#taken) return; // A reading that began after this one is through already.
    this.#taken = number;
    const before = this.#current ?? this.#options.former;
    this.#take(catalog);
    if (catalog.partial !== null) warn(`The tools of "${server.name}" are incomplete: ${catalog.partial}.`);
    remember(catalog);
    this.#renewLater(catalog);
    const change = before && compareCatalogs(before.tools, catalog.tools);
    if (change) this.#options.tell({ type: "catalog-changed", server: server.name, ...change });
    if (change && before && before.identity.version === catalog.identity.version) this.#warnOfQuietChange(change.changed, catalog);
  }

  /** Takes over what another process of the same server has just listed, where this one has only been known from an earlier run. */
  adopt(catalog: Catalog): void {
    if (this.listings === 0 && this.#current !== null && catalog.partial === null) this.#take(catalog);
  }

  /** Whether agents may be offered a tool of this name now. */
  has(tool: string): boolean {
    return this.#names.has(tool);
  }

  #take(catalog: Catalog): void {
    this.#current = catalog;
    this.#names = new Set(catalog.tools.map(({ name }) => name));
    this.#warnOfQuarantine(catalog);
  }

  #warnOfQuarantine({ quarantined }: Catalog): void {
    const { server, warn } = this.#options;
    const news = quarantined
      .map(({ tool, reason }) => `The tool "${neutraliseLine(tool, 80)}" of "${server.name}" is not offered: ${neutraliseLine(reason)}.`)
      .filter((message) => !this.#said.has(message));
    for (const message of news.slice(0, MOST_WARNINGS)) warn(message);
    if (news.length > MOST_WARNINGS) warn(`${news.length - MOST_WARNINGS} further tools of "${server.name}" are not offered.`);
    for (const message of news) this.#said.add(message);
  }

  /** A package that says other things without a new version may have been taken over: no reason to refuse, one to look. */
  #warnOfQuietChange(changed: readonly string[], { identity: { version } }: Catalog): void {
    if (changed.length === 0) return;
    const { name } = this.#options.server;
    this.#options.warn(
      `"${name}" describes ${changed.join(", ")} otherwise than before${version === null ? "" : `, although it is still version ${version}`}. Look at it with \`massgen mcp tools ${name}\`; \`massgen mcp lock\` holds a server to its word.`,
    );
  }

  /** Reads the list again in the background, once for many notices; what changes meanwhile is read afterwards. */
  refreshSoon(): void {
    if (this.#reading > 0) this.#stale = true;
    else this.#refreshing ??= this.#options.clock.after(CHANGE_DELAY_MS, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    this.#refreshing = null;
    const connection = this.#options.connection();
    if (!connection?.alive()) return;
    try {
      await this.read(connection, this.#stopped.signal);
    } catch (error) {
      if (connection.alive() && !this.#stopped.signal.aborted)
        this.#options.warn(`The tools of "${this.#options.server.name}" could not be read again: ${String(error)}`);
    }
  }

  /** A server at rest is not woken for this: its list is read again when it is next connected. */
  #renewLater(catalog: Catalog): void {
    this.#expiring?.cancel();
    const ms = Math.max(LEAST_FRESH_MS, this.#freshFor(catalog));
    this.#expiring = this.#stopped.signal.aborted ? null : this.#options.clock.after(ms, () => this.refreshSoon());
  }

  stop(): void {
    this.#expiring?.cancel();
    this.#refreshing?.cancel();
    this.#stopped.abort();
  }
}

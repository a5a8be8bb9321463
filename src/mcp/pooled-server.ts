// One server process (or remote session) of the pool: its connection, its catalog, its queue, and its way back after a failure.
import type { AgentId, RunEvent } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import type { Clock, Timer } from "../io/index.ts";
import type { BreakerFault, CircuitBreaker } from "./circuit-breaker.ts";
import { compareCatalogs, readCatalog, type Catalog, type ToolCheck } from "./catalog.ts";
import { openConnection, type Connection, type ListKind } from "./connection.ts";
import { MCPConnectionError, MCPError } from "./errors.ts";
import type { TransportSurroundings } from "./open-transport.ts";
import { ReadWriteQueue, type Release } from "./read-write-queue.ts";
import type { ServerRequests } from "./server-requests.ts";
import type { SharingDecision } from "./sharing.ts";

export type PooledServerOptions = {
  readonly server: McpServerConfig;
  /** The agent it belongs to; null when agents share it. */
  readonly owner: AgentId | null;
  readonly sharing: SharingDecision;
  readonly around: TransportSurroundings;
  readonly requests: ServerRequests;
  readonly random: () => number;
  readonly check: ToolCheck;
  /** A fact for the log; must not throw. */
  readonly tell: (event: RunEvent) => void;
  readonly breaker: CircuitBreaker;
  /** The tools known from an earlier run; null where there are none. */
  readonly known: Catalog | null;
  readonly remember: (catalog: Catalog) => void;
};

export type Phase = "idle" | "connecting" | "ready" | "reconnecting" | "failed" | "closed";

const READ_LIMIT = 16;
/** A server that lived this long has recovered: its restarts are counted anew. */
const STABLE_MS = 60_000;
/** Storms of change notices become one new reading. */
const CHANGE_DELAY_MS = 100;
const MAX_BACKOFF_MS = 60_000;
const FRESH_MS = 3_600_000;

export class PooledServer {
  readonly server: McpServerConfig;
  readonly sharing: SharingDecision;
  readonly owner: AgentId | null;
  readonly queue: ReadWriteQueue;
  readonly #options: PooledServerOptions;
  readonly #clock: Clock;
  readonly #ending = new AbortController();
  #phase: Phase = "idle";
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #catalog: Catalog | null;
  #failure: MCPError | null = null;
  /** The server was given up: its tools are not offered until it is back. */
  #withheld = false;
  #attempts = 0;
  #readySince = 0;
  #busy = 0;
  #timers: { idle: Timer | null; change: Timer | null; retry: Timer | null } = { idle: null, change: null, retry: null };
  #firstResult = Promise.withResolvers<void>();
  /** Counts what the statistics and `massgen mcp list` show. */
  readonly counts = { starts: 0, listings: 0, losses: 0 };

  constructor(options: PooledServerOptions) {
    this.#options = options;
    this.server = options.server;
    this.sharing = options.sharing;
    this.owner = options.owner;
    this.#clock = options.around.clock;
    this.#catalog = options.known;
    this.queue = new ReadWriteQueue(options.server.maxConcurrency ?? READ_LIMIT);
    if (options.known) this.#firstResult.resolve();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What agents may be offered now; null while nothing is known or the server is lost. */
  get catalog(): Catalog | null {
    return this.#withheld || this.#phase === "closed" ? null : this.#catalog;
  }

  get failure(): MCPError | null {
    return this.#failure;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  /** True until the tools are known or the first attempt failed. */
  get pending(): boolean {
    return this.#catalog === null && (this.#phase === "idle" || this.#phase === "connecting");
  }

  /** Resolves when `pending` has become false. */
  get settled(): Promise<void> {
    return this.#firstResult.promise;
  }

  /** Starts connecting unless the tools are known and the entry says to wait for the first call. */
  begin(): void {
    const fresh = this.#catalog !== null && this.#clock.now() - this.#catalog.readAt < (this.#catalog.ttlMs ?? FRESH_MS);
    if (this.server.lazy && fresh) return;
    this.#connect().catch(() => {}); // The failure is in the state; nobody waits for this attempt.
  }

  /** The connection, opened or re-opened where needed. Rejects with an `MCPError`, or with the signal's reason. */
  async connected(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.#connection?.alive()) return this.#connection;
    if (this.#phase === "closed") throw new MCPConnectionError(`The run is over; the server "${this.server.name}" is closed.`, { serverName: this.server.name });
    const attempt = this.#timers.retry ? this.#nextAttempt() : this.#connect();
    return await orAbort(attempt, signal);
  }

  /** Waits for a turn under the readers–writer rule and keeps the server from being ended for idleness. */
  async enter(exclusive: boolean, signal: AbortSignal): Promise<Release> {
    const leave = await this.queue.enter(exclusive, signal);
    this.#busy += 1;
    this.#timers.idle?.cancel();
    return () => {
      leave();
      this.#busy -= 1;
      this.#watchIdleness();
    };
  }

  /** A call was answered: the server works. */
  answered(durationMs: number): void {
    this.#attempts = 0;
    this.#options.breaker.succeeded(durationMs);
  }

  /** A call failed in a way that speaks against the server. */
  fault(kind: BreakerFault): void {
    this.#options.breaker.failed(kind);
  }

  /** Shared by every process of this server. */
  get breaker(): CircuitBreaker {
    return this.#options.breaker;
  }

  /** The connection proved dead without having said so (HTTP). */
  lost(reason: string, connection: Connection): void {
    if (this.#connection !== connection) return;
    connection.close().catch(() => {}); // It is dead already.
    this.#onLost(reason);
  }

  /** Forgets nothing, but reads the tools again. */
  refresh(): void {
    this.#timers.change?.cancel();
    this.#timers.change = this.#clock.after(CHANGE_DELAY_MS, () => {
      this.#timers.change = null;
      const connection = this.#connection;
      if (connection?.alive()) this.#readTools(connection).catch((error: unknown) => this.#warn(`The tools of "${this.server.name}" could not be read again: ${String(error)}`));
    });
  }

  async close(): Promise<void> {
    if (this.#phase === "closed") return;
    const [connection, opening] = [this.#connection, this.#opening];
    const wasUsed = this.counts.starts > 0;
    this.#phase = "closed";
    for (const timer of Object.values(this.#timers)) timer?.cancel();
    this.#ending.abort(new MCPConnectionError(`The server "${this.server.name}" was closed.`, { serverName: this.server.name }));
    this.#firstResult.resolve();
    await opening?.catch(() => {}); // Its end is what is waited for, not its result.
    await connection?.close();
    if (wasUsed) this.#state("closed");
  }

  #connect(): Promise<Connection> {
    return (this.#opening ??= this.#open().finally(() => (this.#opening = null)));
  }

  async #open(): Promise<Connection> {
    this.#timers.retry?.cancel();
    this.#timers.retry = null;
    this.#phase = this.#attempts === 0 ? "connecting" : "reconnecting";
    this.#state(this.#phase);
    this.counts.starts += 1;
    const deadline = new AbortController();
    const timer = this.#clock.after(this.server.connectTimeoutMs, () => deadline.abort(new DOMException("The time to connect is up.", "TimeoutError")));
    const signal = AbortSignal.any([this.#ending.signal, deadline.signal]);
    try {
      const connection = await openConnection({
        server: this.server, around: this.#options.around, requests: this.#options.requests, signal,
        onLost: (reason) => this.#onLost(reason), onChanged: (kind) => this.#onChanged(kind),
      });
      return await this.#adopt(connection, signal);
    } catch (error) {
      throw this.#onConnectFailure(error);
    } finally {
      timer.cancel();
    }
  }

  async #adopt(connection: Connection, signal: AbortSignal): Promise<Connection> {
    try {
      if (this.#mustRead(connection)) await this.#readTools(connection, signal);
      signal.throwIfAborted();
      if (!connection.alive()) throw new MCPConnectionError(`The server "${this.server.name}" ended while its tools were read.`, { serverName: this.server.name, stage: "tools", stderr: connection.stderrTail() });
    } catch (error) {
      await connection.close();
      throw toolsFailure(error, this.server, connection);
    }
    this.#connection = connection;
    this.#phase = "ready";
    this.#withheld = false;
    this.#failure = null;
    this.#readySince = this.#clock.monotonic();
    this.#options.breaker.reachable();
    this.#firstResult.resolve();
    this.#state("ready");
    this.#watchIdleness();
    return connection;
  }

  /** A list that is known, fresh and of the very same server is not read again while a call waits. */
  #mustRead({ identity }: Connection): boolean {
    const known = this.#catalog;
    if (!known || known.partial !== null) return true;
    const same = known.identity.name === identity.name && known.identity.version === identity.version && known.identity.protocol === identity.protocol;
    if (same) this.refresh();
    return !same;
  }

  async #readTools(connection: Connection, signal: AbortSignal = this.#ending.signal): Promise<void> {
    this.counts.listings += 1;
    const before = this.#catalog;
    const catalog = await readCatalog(connection, { signal, timeoutMs: this.server.connectTimeoutMs, now: this.#clock.now(), check: this.#options.check });
    this.#catalog = catalog;
    for (const { tool, reason } of catalog.quarantined) this.#warn(`The tool "${tool}" of "${this.server.name}" is not offered: ${reason}.`);
    if (catalog.partial === null) this.#options.remember(catalog);
    else this.#warn(`The tools of "${this.server.name}" are incomplete: ${catalog.partial}.`);
    const change = before && compareCatalogs(before.tools, catalog.tools);
    if (change) this.#options.tell({ type: "catalog-changed", server: this.server.name, ...change });
  }

  #onChanged(kind: ListKind): void {
    if (kind === "tools") this.refresh();
  }

  #onLost(reason: string): void {
    const connection = this.#connection;
    if (!connection || this.#phase === "closed") return; // While connecting, the attempt itself reports the loss.
    this.#connection = null;
    this.counts.losses += 1;
    if (this.#clock.monotonic() - this.#readySince > STABLE_MS) this.#attempts = 0;
    this.#options.breaker.failed("crash");
    const tail = connection.stderrTail();
    this.#retryLater(new MCPConnectionError(
      `The server "${this.server.name}" was lost: ${reason}.${tail === "" ? "" : ` Its last output:\n${tail}`}`,
      { serverName: this.server.name, transportType: this.server.transport.type, stage: "running", stderr: tail },
      { retryable: true },
    ));
  }

  #onConnectFailure(error: unknown): MCPError {
    if (!(error instanceof MCPError)) throw error; // A bug of ours, or the run's end.
    if (this.#phase === "closed") return error;
    this.#options.breaker.failed("connect");
    this.#retryLater(error);
    this.#firstResult.resolve();
    return error;
  }

  /** Restarts with growing waits; after the last of them the breaker says when to look again. */
  #retryLater(error: MCPError): void {
    this.#failure = error;
    this.#attempts += 1;
    const { max, backoffMs } = this.server.restart;
    const hopeless = !error.retryable || this.#attempts > max;
    this.#phase = hopeless ? "failed" : "reconnecting";
    this.#withheld ||= hopeless;
    this.#state(this.#phase, error);
    const until = this.#options.breaker.openUntil();
    if (hopeless && (until === null || !error.retryable || max === 0)) return;
    const backoff = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (this.#attempts - 1)) * (0.75 + this.#options.random() / 2);
    const wait = Math.max(hopeless ? 0 : backoff, until === null ? 0 : until - this.#clock.now());
    this.#scheduleRetry(wait);
  }

  #retryResult: PromiseWithResolvers<Connection> | null = null;

  #scheduleRetry(ms: number): void {
    this.#timers.retry?.cancel();
    this.#retryResult ??= quietly(Promise.withResolvers<Connection>());
    this.#timers.retry = this.#clock.after(ms, () => {
      this.#timers.retry = null;
      const result = this.#retryResult ?? quietly(Promise.withResolvers<Connection>());
      this.#retryResult = null;
      this.#connect().then(result.resolve, result.reject);
    });
  }

  #nextAttempt(): Promise<Connection> {
    if (this.#phase === "failed" && this.#failure) return Promise.reject(this.#failure);
    return (this.#retryResult ??= quietly(Promise.withResolvers<Connection>())).promise;
  }

  #watchIdleness(): void {
    this.#timers.idle?.cancel();
    this.#timers.idle = null;
    const { idleTimeoutMs } = this.server;
    if (idleTimeoutMs === 0 || this.#busy > 0 || this.#phase !== "ready" || this.sharing.kind === "session-state") return;
    this.#timers.idle = this.#clock.after(idleTimeoutMs, () => {
      if (this.#busy === 0 && this.#phase === "ready") this.#rest().catch((error: unknown) => this.#warn(String(error)));
    });
  }

  /** Ends the process but keeps the tools: the next call starts it again. */
  async #rest(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    this.#phase = "idle";
    await connection?.close();
    if (this.#phase === "idle") this.#options.tell({ type: "mcp-server-state", server: this.server.name, agent: this.owner, state: "closed", message: "idle; it starts again with the next call" });
  }

  #state(state: "connecting" | "ready" | "failed" | "closed" | "reconnecting", error?: MCPError): void {
    this.#options.tell({
      type: "mcp-server-state", server: this.server.name, agent: this.owner, state,
      ...(state === "ready" && this.#catalog ? { tools: this.#catalog.tools.length } : {}),
      ...(error ? { message: error.message, next: error.next } : {}),
    });
  }

  #warn(message: string): void {
    this.#options.tell({ type: "warning", code: "E_MCP_SERVER", message, ...(this.owner === null ? {} : { agent: this.owner }) });
  }
}

function toolsFailure(error: unknown, server: McpServerConfig, connection: Connection): MCPError {
  if (error instanceof MCPError) return error;
  return new MCPConnectionError(`The tools of the server "${server.name}" could not be read: ${error instanceof Error ? error.message : String(error)}.`, {
    serverName: server.name, transportType: server.transport.type, stage: "tools", stderr: connection.stderrTail(),
  }, { cause: error, retryable: true });
}

/** A rejection that nobody waits for is no bug: the failure is in the state. */
function quietly<Value>(deferred: PromiseWithResolvers<Value>): PromiseWithResolvers<Value> {
  deferred.promise.catch(() => {});
  return deferred;
}

function orAbort<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

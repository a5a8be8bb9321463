// One server process (or remote session) of the pool: connecting, being lost, the way back, resting when idle, and the end.
import type { AgentId, RunEvent } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import type { Clock, Timer } from "../io/index.ts";
import { orAbort } from "./abortable.ts";
import type { CallRate } from "./call-rate.ts";
import type { Catalog, ToolCheck } from "./catalog.ts";
import type { BreakerFault, CircuitBreaker } from "./circuit-breaker.ts";
import { toolsFailure } from "./connect-failure.ts";
import { openConnection, type Connection } from "./connection.ts";
import { MCPConnectionError, MCPError } from "./errors.ts";
import { booleanSetting, numberSetting } from "./extra-keys.ts";
import { HealthWatch } from "./health-watch.ts";
import type { TransportSurroundings } from "./open-transport.ts";
import { ReadWriteQueue, type Release } from "./read-write-queue.ts";
import { PlannedRetry } from "./retry.ts";
import { ServerCatalog } from "./server-catalog.ts";
import type { CallOrigin } from "./server-questions.ts";
import type { ServerRequests } from "./server-requests.ts";
import { SharedReads } from "./shared-reads.ts";
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
  readonly readsFirst: boolean;
  /** A fact for the log; must not throw. */
  readonly tell: (event: RunEvent) => void;
  /** Shared by every process of this server. */
  readonly breaker: CircuitBreaker;
  /** Shared by every process of this server; null = calls are as frequent as they come. */
  readonly rate: CallRate | null;
  readonly known: Catalog | null;
  readonly former: Catalog | null;
  readonly remember: (catalog: Catalog) => void;
};

/** A start that takes longer than this is told. */
const SLOW_START_MS = 15_000;

export type Phase = "idle" | "connecting" | "ready" | "reconnecting" | "failed" | "closed";

const READ_LIMIT = 16;
/** A server that lived this long has recovered: its restarts are counted anew. */
const STABLE_MS = 60_000;
const MAX_BACKOFF_MS = 60_000;
/** How long one agent's answer may serve another, in seconds. */
const READ_TTL_S = 60;

export class PooledServer {
  readonly server: McpServerConfig;
  readonly sharing: SharingDecision;
  readonly owner: AgentId | null;
  readonly queue: ReadWriteQueue;
  readonly tools: ServerCatalog;
  /** Answers agents may share; null where each has a process of its own, or the entry forbids it. */
  readonly reads: SharedReads | null;
  readonly counts = { starts: 0, losses: 0 };
  readonly #options: PooledServerOptions;
  readonly #clock: Clock;
  readonly #retry: PlannedRetry<Connection>;
  readonly #ending = new AbortController();
  readonly #firstResult = Promise.withResolvers<void>();
  #phase: Phase = "idle";
  #connection: Connection | null = null;
  #opening: Promise<Connection> | null = null;
  #failure: MCPError | null = null;
  /** The server was given up: its tools are not offered until it is back. */
  #withheld = false;
  readonly #calls = new Set<CallOrigin>();
  readonly #health: HealthWatch;
  #attempts = 0;
  #readySince = 0;
  #busy = 0;
  #idling: Timer | null = null;

  /** Throws `MCPConfigurationError` when a setting of the entry makes no sense. */
  constructor(options: PooledServerOptions) {
    this.#options = options;
    this.server = options.server;
    this.sharing = options.sharing;
    this.owner = options.owner;
    this.#clock = options.around.clock;
    this.#retry = new PlannedRetry(this.#clock);
    this.#health = new HealthWatch({
      server: this.server,
      clock: this.#clock,
      busy: () => this.#busy > 0,
      lost: (reason, connection) => this.lost(reason, connection),
    });
    this.queue = new ReadWriteQueue(options.server.maxConcurrency ?? READ_LIMIT);
    this.tools = new ServerCatalog({
      ...options,
      clock: this.#clock,
      warn: (message) => this.#warn(message),
      connection: () => this.#connection,
    });
    const ttlMs = numberSetting(options.server, "cache", { key: "read_ttl", fallback: READ_TTL_S, least: 0 }) * 1000;
    const shareReads = options.owner === null && booleanSetting(options.server, "cache", { key: "reads", fallback: true });
    this.reads = shareReads ? new SharedReads({ clock: this.#clock, ttlMs }) : null;
    if (options.known) this.#firstResult.resolve();
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** What agents may be offered now; null while nothing is known or the server is lost. */
  get catalog(): Catalog | null {
    return this.#withheld || this.#phase === "closed" ? null : this.tools.current;
  }

  get failure(): MCPError | null {
    return this.#failure;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  /** The connection where it need not be opened first. */
  get ready(): Connection | null {
    return this.#connection?.alive() ? this.#connection : null;
  }

  get rate(): CallRate | null {
    return this.#options.rate;
  }

  get breaker(): CircuitBreaker {
    return this.#options.breaker;
  }

  /** True until the tools are known or the first attempt failed. */
  get pending(): boolean {
    return this.tools.current === null && (this.#phase === "idle" || this.#phase === "connecting");
  }

  /** Resolves when `pending` has become false. */
  get settled(): Promise<void> {
    return this.#firstResult.promise;
  }

  /** Starts connecting unless the tools are known and the entry says to wait for the first call. */
  begin(): void {
    if (this.server.lazy && this.tools.fresh()) return;
    this.#connect().catch(() => {}); // The failure is in the state; nobody waits for this attempt.
  }

  /** The connection, opened or re-opened where needed. Rejects with an `MCPError`, or with the signal's reason. */
  async connected(signal: AbortSignal): Promise<Connection> {
    signal.throwIfAborted();
    if (this.ready) return this.ready;
    if (this.#phase === "closed") throw this.#closedError();
    if (this.#phase === "failed" && this.#failure) throw this.#failure;
    return await orAbort(this.#retry.planned ? this.#retry.outcome() : this.#connect(), signal);
  }

  /** Waits for a turn under the readers–writer rule and keeps the server from being ended for idleness. */
  async enter(exclusive: boolean, signal: AbortSignal): Promise<Release> {
    return this.#occupied(exclusive, await this.queue.enter(exclusive, signal));
  }

  /** As `enter` where the turn is free at once; null where it must be waited for, then nothing has started. */
  tryEnter(exclusive: boolean): Release | null {
    const leave = this.queue.tryEnter(exclusive);
    return leave && this.#occupied(exclusive, leave);
  }

  #occupied(exclusive: boolean, leave: Release): Release {
    this.#busy += 1;
    this.#idling?.cancel();
    return () => {
      leave();
      if (exclusive) this.reads?.clear();
      this.#busy -= 1;
      this.#watchIdleness();
    };
  }

  /** A call is at the server until what is returned is called. */
  calling(origin: CallOrigin): () => void {
    this.#calls.add(origin);
    return () => void this.#calls.delete(origin);
  }

  /** The one call that is at the server; null where it cannot be known which one. */
  get origin(): CallOrigin | null {
    const [only = null] = this.#calls;
    return this.#calls.size === 1 ? only : null;
  }

  /** A call was answered: the server works. */
  answered(durationMs: number): void {
    this.#attempts = 0;
    this.#health.heard();
    this.breaker.succeeded(durationMs);
  }

  /** A call failed in a way that speaks against the server. */
  fault(kind: BreakerFault): void {
    this.breaker.failed(kind);
  }

  /** The connection proved dead without having said so (HTTP). */
  lost(reason: string, connection: Connection): void {
    if (this.#connection !== connection) return;
    connection.close().catch(() => {}); // It is dead already.
    this.#onLost(reason);
  }

  async close(): Promise<void> {
    if (this.#phase === "closed") return;
    const [connection, opening] = [this.#connection, this.#opening];
    this.#phase = "closed";
    this.#idling?.cancel();
    this.#health.stop();
    this.tools.stop();
    this.#retry.cancel(this.#closedError());
    this.#ending.abort(this.#closedError());
    this.#firstResult.resolve();
    await opening?.catch(() => {}); // Its end is what is waited for, not its result.
    await connection?.close();
    if (this.counts.starts > 0) this.#state("closed");
  }

  #connect(): Promise<Connection> {
    return (this.#opening ??= this.#open().finally(() => (this.#opening = null)));
  }

  async #open(): Promise<Connection> {
    this.#phase = this.#attempts === 0 ? "connecting" : "reconnecting";
    this.#state(this.#phase);
    this.counts.starts += 1;
    const deadline = new AbortController();
    const timer = this.#clock.after(this.server.connectTimeoutMs, () =>
      deadline.abort(new DOMException("The time to connect is up.", "TimeoutError")),
    );
    const slow = this.#clock.after(SLOW_START_MS, () =>
      this.#warn(
        `The server "${this.server.name}" is still starting after ${SLOW_START_MS / 1000} s, and agents may go on without it; a first start may have to bring a package, \`massgen mcp test\` waits for it.`,
      ),
    );
    const signal = AbortSignal.any([this.#ending.signal, deadline.signal]);
    try {
      const { around, requests } = this.#options;
      const connection = await openConnection({
        server: this.server,
        around,
        requests,
        signal,
        onLost: (reason) => this.#onLost(reason),
        onChanged: () => this.#onChanged(),
      });
      return await this.#adopt(connection, signal);
    } catch (error) {
      throw this.#onConnectFailure(error);
    } finally {
      timer.cancel();
      slow.cancel();
    }
  }

  async #adopt(connection: Connection, signal: AbortSignal): Promise<Connection> {
    const known = !this.tools.mustRead(connection.identity);
    try {
      if (!known) await this.tools.read(connection, signal);
      signal.throwIfAborted();
      if (!connection.alive()) throw new Error("it ended meanwhile");
    } catch (error) {
      await connection.close();
      throw toolsFailure(error, this.server, connection);
    }
    this.#connection = connection;
    this.#phase = "ready";
    this.#withheld = false;
    this.#failure = null;
    this.#readySince = this.#clock.monotonic();
    this.breaker.reachable();
    this.#firstResult.resolve();
    this.#state("ready");
    this.#health.watch(connection);
    this.#watchIdleness();
    if (known) this.tools.refreshSoon();
    return connection;
  }

  #onChanged(): void {
    this.reads?.clear();
    this.tools.refreshSoon();
  }

  #onLost(reason: string): void {
    const connection = this.#connection;
    if (!connection || this.#phase === "closed") return; // While connecting, the attempt itself reports the loss.
    this.#connection = null;
    this.#health.stop();
    this.reads?.clear();
    this.counts.losses += 1;
    if (this.#clock.monotonic() - this.#readySince > STABLE_MS) this.#attempts = 0;
    this.breaker.failed("crash");
    const tail = connection.stderrTail();
    this.#retryLater(
      new MCPConnectionError(
        `The server "${this.server.name}" was lost: ${reason}.${tail === "" ? "" : ` Its last output:\n${tail}`}`,
        { serverName: this.server.name, transportType: this.server.transport.type, stage: "running", stderr: tail },
        { retryable: true },
      ),
    );
  }

  #onConnectFailure(error: unknown): MCPError {
    if (!(error instanceof MCPError)) throw error; // A bug of ours, or the run's end.
    if (this.#phase === "closed") return error;
    this.breaker.failed("connect");
    this.#retryLater(error);
    this.#firstResult.resolve();
    return error;
  }

  /** Restarts with growing waits; after the last of them the breaker says when to look again, however often. */
  #retryLater(error: MCPError): void {
    this.#failure = error;
    this.#attempts += 1;
    const { max, backoffMs } = this.server.restart;
    const hopeless = !error.retryable || this.#attempts > max;
    this.#phase = hopeless ? "failed" : "reconnecting";
    this.#withheld ||= hopeless;
    this.#state(this.#phase, error);
    if (!error.retryable || max === 0) return this.#retry.cancel(error);
    if (hopeless) return this.#retry.plan(this.breaker.restMs, () => this.#connect());
    const until = this.breaker.openUntil();
    const backoff = Math.min(MAX_BACKOFF_MS, backoffMs * 2 ** (this.#attempts - 1)) * (0.75 + this.#options.random() / 2);
    this.#retry.plan(Math.max(backoff, until === null ? 0 : until - this.#clock.now()), () => this.#connect());
  }

  #watchIdleness(): void {
    this.#idling?.cancel();
    this.#idling = null;
    const { idleTimeoutMs } = this.server;
    if (idleTimeoutMs === 0 || this.#busy > 0 || this.#phase !== "ready" || this.sharing.kind === "session-state") return;
    this.#idling = this.#clock.after(idleTimeoutMs, () => {
      if (this.#busy === 0 && this.#phase === "ready") this.#rest().catch((error: unknown) => this.#warn(String(error)));
    });
  }

  /** Ends the process but keeps the tools: the next call starts it again. */
  async #rest(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    this.#health.stop();
    this.#phase = "idle";
    await connection?.close();
    if (this.#phase === "idle")
      this.#options.tell({
        type: "mcp-server-state",
        server: this.server.name,
        agent: this.owner,
        state: "closed",
        message: "idle; it starts again with the next call",
      });
  }

  #state(state: "connecting" | "ready" | "failed" | "closed" | "reconnecting", error?: MCPError): void {
    const tools = this.tools.current?.tools.length;
    this.#options.tell({
      type: "mcp-server-state",
      server: this.server.name,
      agent: this.owner,
      state,
      ...(state === "ready" && tools !== undefined ? { tools } : {}),
      ...(error ? { message: error.message, next: error.next } : {}),
    });
  }

  #warn(message: string): void {
    this.#options.tell({ type: "warning", code: "E_MCP_SERVER", message, ...(this.owner === null ? {} : { agent: this.owner }) });
  }

  #closedError(): MCPConnectionError {
    return new MCPConnectionError(`The run is over; the server "${this.server.name}" is closed.`, { serverName: this.server.name });
  }
}

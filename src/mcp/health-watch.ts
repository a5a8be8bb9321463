// Asks a server that nobody has heard of for a while whether it is still there, so that its loss is known before somebody calls it.
// Only `ping` of the revisions before 2026-07-28 does that: since then there is no ping, and no session that could be lost.
import type { McpServerConfig } from "../config/types.ts";
import type { Clock, Timer } from "../io/index.ts";
import { explainCallFailure } from "./call-failure.ts";
import { NO_LIBRARY_TIMEOUT } from "./call-limit.ts";
import { httpStatus } from "./connect-failure.ts";
import type { Connection } from "./connection.ts";
import { topLevelNumber } from "./extra-keys.ts";

/** In seconds, for remote servers. A process that ends or closes its pipes is noticed by itself, and some know no ping: they are asked only where the entry says so. */
const REMOTE_INTERVAL_S = 60;
/** How long an answer may take. */
const ANSWER_MS = 10_000;
const FIRST_WITHOUT_PING = "2026-07-28";

export type HealthOptions = {
  readonly server: McpServerConfig;
  readonly clock: Clock;
  /** A call is at the server: whether it answers is seen by that. */
  readonly busy: () => boolean;
  readonly lost: (reason: string, connection: Connection) => void;
};

export class HealthWatch {
  readonly #options: HealthOptions;
  readonly #intervalMs: number;
  #connection: Connection | null = null;
  #timer: Timer | null = null;
  #lastHeard = 0;
  /** The server has answered a ping once, so it knows what that is. */
  #answers = false;
  /** Pings that were met with silence by a server that never answered one. */
  #silences = 0;

  /** Throws `MCPConfigurationError` when `ping_interval` of the entry makes no sense. */
  constructor(options: HealthOptions) {
    this.#options = options;
    const { server } = options;
    const usual = server.transport.type === "stdio" ? 0 : REMOTE_INTERVAL_S;
    this.#intervalMs = (topLevelNumber(server, "ping_interval", 0) ?? usual) * 1000;
  }

  /** From now on it is this connection that matters. */
  watch(connection: Connection): void {
    this.stop();
    const { protocol } = connection.identity;
    if (this.#intervalMs === 0 || (protocol !== null && protocol >= FIRST_WITHOUT_PING)) return;
    this.#connection = connection;
    this.heard();
    this.#wait(this.#intervalMs);
  }

  /** The server has answered something. */
  heard(): void {
    this.#lastHeard = this.#options.clock.monotonic();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#connection = null;
  }

  #wait(ms: number): void {
    this.#timer = this.#options.clock.after(ms, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, busy } = this.#options;
    const connection = this.#connection;
    const left = this.#lastHeard + this.#intervalMs - clock.monotonic();
    if (connection === null) return;
    if (left > 0 || busy()) return this.#wait(left > 0 ? left : this.#intervalMs);
    const reason = await this.#ping(connection);
    if (this.#connection !== connection) return; // It was lost, rested or replaced meanwhile.
    if (reason === null) {
      this.heard();
      return this.#wait(this.#intervalMs);
    }
    this.stop();
    this.#options.lost(reason, connection);
  }

  /** Why the connection is of no use; null where the server answered, with whatever. */
  async #ping(connection: Connection): Promise<string | null> {
    const { clock, server } = this.#options;
    const limit = new AbortController();
    const timer = clock.after(ANSWER_MS, () => limit.abort());
    try {
      await connection.request("ping", {}, { signal: limit.signal, timeout: NO_LIBRARY_TIMEOUT });
      this.#answers = true;
      return null;
    } catch (error) {
      const endedBy = limit.signal.aborted ? "deadline" : null;
      const end = { server: server.name, tool: "ping", readOnly: true, endedBy, limitMs: ANSWER_MS } as const;
      const failure = explainCallFailure(error, end);
      if (endedBy === "deadline") return this.#silent();
      const works = failure.connectionLost !== true && (failure.fault === null || httpStatus(error) === 429);
      return works ? null : `it did not answer a ping: ${failure.message}`;
    } finally {
      timer.cancel();
    }
  }

  /** A server that knows no ping may be silent and well: after a second silence in vain it is believed. */
  #silent(): string | null {
    if (!this.#answers) this.#silences += 1;
    return this.#answers || this.#silences === 1 ? `it did not answer a ping within ${ANSWER_MS / 1000} s` : null;
  }
}

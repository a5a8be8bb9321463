// The circuit breakers of a run, one per server whatever agents use it, remembered on disk between runs.
import path from "node:path";
import { isRecord, type RunEvent } from "../core/index.ts";
import type { McpServerConfig } from "../config/types.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import { breakerSettings } from "./breaker-settings.ts";
import { CircuitBreaker, type BreakerMemory, type BreakerMetrics } from "./circuit-breaker.ts";

export type BreakersOptions = {
  readonly io: Pick<Io, "files" | "clock" | "random">;
  readonly stateDir: string;
  readonly tell: (event: RunEvent) => void;
};
export type ServerStatus = BreakerMetrics & { readonly server: string };

/** Named as in the Python release, whose questions it answers: which servers fail, since when, until when. */
export class MCPCircuitBreaker {
  readonly #options: BreakersOptions;
  readonly #folder: string;
  readonly #known = new Map<string, { readonly server: string; readonly breaker: CircuitBreaker }>();
  readonly #memories = new Map<string, BreakerMemory>();
  #saving: Promise<void> = Promise.resolve();

  constructor(options: BreakersOptions) {
    this.#options = options;
    this.#folder = path.join(options.stateDir, "breakers");
  }

  /** Reads what is remembered of a server; a file that cannot be read is forgotten. */
  async recall(fingerprint: string): Promise<void> {
    try {
      const value: unknown = JSON.parse(Buffer.from(await this.#options.io.files.read(this.#file(fingerprint))).toString("utf8"));
      if (isMemory(value)) this.#memories.set(fingerprint, value);
    } catch (error) {
      if (!(error instanceof SyntaxError) && systemErrorCode(error) === null) throw error;
    }
  }

  /** The breaker of a server, the same for every entry with this fingerprint. Throws `MCPConfigurationError` for bad settings. */
  of(server: McpServerConfig, fingerprint: string): CircuitBreaker {
    const known = this.#known.get(fingerprint);
    if (known) return known.breaker;
    const { clock, random } = this.#options.io;
    const breaker: CircuitBreaker = new CircuitBreaker({
      settings: breakerSettings(server),
      clock,
      random: () => random(),
      memory: this.#memories.get(fingerprint) ?? null,
      changed: (state, until) => {
        this.#options.tell({ type: "breaker-state", scope: server.name, state, ...(until === null ? {} : { until: Math.round(until) }) });
        this.#save(fingerprint, breaker.memory());
      },
    });
    this.#known.set(fingerprint, { server: server.name, breaker });
    return breaker;
  }

  /** Every server of the run with its counts. */
  status(): readonly ServerStatus[] {
    return [...this.#known.values()].map(({ server, breaker }) => ({ server, ...breaker.metrics() }));
  }

  /** Servers that failed last time or are held back. */
  failing(): readonly ServerStatus[] {
    return this.status().filter(({ state, failuresInARow }) => state !== "closed" || failuresInARow > 0);
  }

  resetAll(): void {
    for (const { breaker } of this.#known.values()) breaker.reset();
  }

  /** Resolves when every change is on disk. */
  async flush(): Promise<void> {
    for (const [fingerprint, { breaker }] of this.#known) {
      if (this.#memories.has(fingerprint) || breaker.state !== "closed") this.#save(fingerprint, breaker.memory());
    }
    await this.#saving;
  }

  #file(fingerprint: string): string {
    return path.join(this.#folder, `${fingerprint.slice(0, 32)}.json`);
  }

  #save(fingerprint: string, memory: BreakerMemory): void {
    const { files } = this.#options.io;
    const write = async (): Promise<void> => {
      if (memory.state === "closed" && memory.cycle === 0) return files.remove(this.#file(fingerprint));
      await files.makeFolder(this.#folder);
      await files.replace(this.#file(fingerprint), JSON.stringify(memory));
    };
    this.#saving = this.#saving.then(write).catch((error: unknown) => {
      if (systemErrorCode(error) === null) throw error; // A state folder that cannot be written costs the memory, not the run.
    });
  }
}

function isMemory(value: unknown): value is BreakerMemory {
  if (!isRecord(value)) return false;
  const { state, until, cycle, failures } = value;
  return (
    (state === "closed" || state === "open" || state === "half-open") &&
    [until, cycle, failures].every((number) => typeof number === "number" && Number.isFinite(number) && number >= 0)
  );
}

// Holds a failing server back: closed, open until a time, half-open with one probe; a streak of failures survives the probe.
import type { Clock } from "../io/index.ts";
import type { BreakerSettings } from "./breaker-settings.ts";

export type BreakerState = "closed" | "open" | "half-open";
export type BreakerFault = "connect" | "crash" | "timeout" | "server";

/** What is kept between runs. */
export type BreakerMemory = { readonly state: BreakerState; readonly until: number; readonly cycle: number; readonly failures: number };
export type BreakerMetrics = {
  readonly state: BreakerState;
  /** Epoch milliseconds; null unless open. */
  readonly until: number | null;
  readonly failuresInARow: number;
  /** How often it opened without a lasting recovery in between. */
  readonly cycle: number;
  readonly opened: number;
  readonly refused: number;
  readonly successes: number;
  readonly failures: { readonly [Kind in BreakerFault]: number };
  readonly slow: number;
};

export type BreakerOptions = {
  readonly settings: BreakerSettings;
  readonly clock: Pick<Clock, "now">;
  readonly random: () => number;
  readonly memory?: BreakerMemory | null;
  readonly changed: (state: BreakerState, until: number | null) => void;
};

/** Leave to make one call; `leave` when it is over, whatever came of it. */
export type BreakerPermit = { readonly refusedUntil: null; leave(): void };
export type BreakerRefusal = { readonly refusedUntil: number };

type Sample = "ok" | "timeout" | "slow" | "fault";

/** What others are told while a probe is under way. */
const PROBE_HINT_MS = 1_000;

export class CircuitBreaker {
  readonly #options: BreakerOptions;
  #state: BreakerState = "closed";
  #until = 0;
  #cycle = 0;
  #failures = 0;
  #probe: BreakerPermit | null = null;
  #probesPassed = 0;
  #closedAt = 0;
  #lastOpenMs = 0;
  #samples: Sample[] = [];
  #counts = { opened: 0, refused: 0, successes: 0, slow: 0, connect: 0, crash: 0, timeout: 0, server: 0 };

  constructor(options: BreakerOptions) {
    this.#options = options;
    const { memory } = options;
    if (!memory) return;
    this.#cycle = memory.cycle;
    this.#failures = memory.failures;
    // A new run may look once at a server that was off; if it still fails, the wait grows from where it stood.
    if (memory.state !== "closed") this.#state = "half-open";
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** Until when nothing is tried (epoch milliseconds); null = something may be tried now. */
  openUntil(): number | null {
    return this.#state === "open" && this.#until > this.#options.clock.now() ? this.#until : null;
  }

  /** When to look again at a server that was given up, in milliseconds; at least as long as it is held back. */
  get restMs(): number {
    return Math.max(this.#options.settings.resetTimeMs, (this.openUntil() ?? 0) - this.#options.clock.now());
  }

  /** In the half-open state one call goes at a time. */
  enter(): BreakerPermit | BreakerRefusal {
    const until = this.openUntil();
    if (!this.#options.settings.enabled || (until === null && this.#state === "closed")) return { refusedUntil: null, leave: () => {} };
    if (until !== null || this.#probe) {
      this.#counts.refused += 1;
      return { refusedUntil: until ?? this.#options.clock.now() + PROBE_HINT_MS };
    }
    if (this.#state === "open") this.#become("half-open");
    const permit: BreakerPermit = {
      refusedUntil: null,
      leave: () => {
        if (this.#probe === permit) this.#probe = null;
      },
    };
    this.#probe = permit;
    return permit;
  }

  /** The server can be reached; whether it works, the next call will tell. */
  reachable(): void {
    if (this.#state === "open") this.#become("half-open");
  }

  succeeded(durationMs: number): void {
    const { slowCallMs, probes } = this.#options.settings;
    this.#counts.successes += 1;
    this.#failures = 0;
    const slow = slowCallMs > 0 && durationMs > slowCallMs;
    if (slow) this.#counts.slow += 1;
    this.#sample(slow ? "slow" : "ok");
    if (this.#state === "half-open") {
      this.#probesPassed += 1;
      if (this.#probesPassed >= probes) this.#close();
    } else if (this.#cycle > 0 && this.#state === "closed" && this.#options.clock.now() - this.#closedAt > this.#lastOpenMs)
      this.#cycle = 0;
    if (slow) this.#openOnRates();
  }

  failed(kind: BreakerFault): void {
    this.#failures += 1;
    this.#counts[kind] += 1;
    this.#sample(kind === "timeout" ? "timeout" : "fault");
    if (!this.#options.settings.enabled || this.openUntil() !== null) return;
    // Open with its time over: an attempt to reach the server was made all the same, and was the probe.
    if (this.#state !== "closed" || this.#failures >= this.#options.settings.maxFailures) this.#open();
    else this.#openOnRates();
  }

  /** Forgets everything, as a person's word that the server is well. */
  reset(): void {
    this.#samples = [];
    this.#failures = 0;
    this.#cycle = 0;
    if (this.#state !== "closed") this.#close();
  }

  memory(): BreakerMemory {
    return { state: this.#state, until: this.#until, cycle: this.#cycle, failures: this.#failures };
  }

  metrics(): BreakerMetrics {
    const { opened, refused, successes, slow, ...failures } = this.#counts;
    return {
      state: this.#state,
      until: this.#state === "open" ? this.#until : null,
      failuresInARow: this.#failures,
      cycle: this.#cycle,
      opened,
      refused,
      successes,
      slow,
      failures,
    };
  }

  #sample(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > this.#options.settings.window) this.#samples.shift();
  }

  #openOnRates(): void {
    const { minCalls, timeoutRate, slowCallRate, slowCallMs } = this.#options.settings;
    if (this.#state !== "closed" || this.#samples.length < minCalls) return;
    const share = (kind: Sample): number => this.#samples.filter((sample) => sample === kind).length / this.#samples.length;
    if (share("timeout") >= timeoutRate || (slowCallMs > 0 && share("slow") >= slowCallRate)) this.#open();
  }

  #open(): void {
    const { resetTimeMs, backoffMultiplier, maxBackoffMultiplier, jitter } = this.#options.settings;
    this.#cycle += 1;
    this.#counts.opened += 1;
    const growth = Math.min(backoffMultiplier ** (this.#cycle - 1), maxBackoffMultiplier);
    this.#lastOpenMs = resetTimeMs * growth * (1 + jitter * (2 * this.#options.random() - 1));
    this.#until = this.#options.clock.now() + this.#lastOpenMs;
    this.#samples = [];
    this.#become("open");
  }

  #close(): void {
    this.#closedAt = this.#options.clock.now();
    this.#samples = [];
    this.#become("closed");
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#probe = null;
    this.#probesPassed = 0;
    this.#options.changed(state, state === "open" ? this.#until : null);
  }
}

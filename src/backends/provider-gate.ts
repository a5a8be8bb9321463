// One gate per provider account and model, shared by every agent on it: a breaker for trouble, and the request and token limits of the configuration.
import type { FailureCategory } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import { RateWindow, type RateLimits } from "./rate-window.ts";
import { LONGEST_WAIT_MS } from "./retry.ts";
import type { StepEnd } from "./step.ts";
import type { Trouble } from "./trouble.ts";

/** Trouble that any request on the account would meet, and for how long nobody needs to try. Milliseconds. */
const CLOSED_FOR: Partial<Readonly<Record<FailureCategory, number>>> = { authentication: 60_000, quota: 60_000 };
/** Trouble that passes: this many failures in a row, over all agents, open the breaker. */
const PASSING: ReadonlySet<FailureCategory> = new Set(["overloaded", "network", "timeout"]);
const FAILURES_TO_OPEN = 6;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 40_000;

export type Pass =
  | { readonly go: true }
  /** Ask again after so long. */
  | { readonly go: false; readonly waitMs: number; readonly why: string }
  /** No request would succeed now. */
  | { readonly go: "never"; readonly trouble: Trouble };

type Open = { readonly until: number; readonly trouble: Trouble; readonly final: boolean };

export class ProviderGate {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #rates: RateWindow;
  #open: Open | null = null;
  #probing = false;
  #failures = 0;
  #pauses = 0;

  constructor(clock: Pick<Clock, "monotonic">, limits: RateLimits) {
    this.#clock = clock;
    this.#rates = new RateWindow(limits);
  }

  /** Agents on one account may name different limits: all are kept. */
  tighten(limits: RateLimits): void {
    this.#rates.tighten(limits);
  }

  /** True where token estimates are wanted. */
  get countsTokens(): boolean {
    return this.#rates.countsTokens;
  }

  /** May a request of about `tokens` input tokens be made now? A pass that says `go` must be followed by `succeeded`, `failed` or `released`. */
  ask(tokens: number): Pass {
    const now = this.#clock.monotonic();
    const open = this.#open;
    if (open !== null && now < open.until) {
      if (open.final) return { go: "never", trouble: open.trouble };
      return { go: false, waitMs: open.until - now, why: open.trouble.failure.message };
    }
    // After a pause one request finds out whether the trouble is over.
    if (open !== null && this.#probing) return { go: false, waitMs: 250, why: open.trouble.failure.message };
    const waitMs = this.#rates.waitFor(tokens, now);
    if (waitMs > 0) return { go: false, waitMs, why: "the limit of requests or tokens per minute" };
    this.#probing = open !== null;
    this.#rates.note(tokens, now);
    return { go: true };
  }

  succeeded(): void {
    this.#open = null;
    this.#probing = false;
    this.#failures = 0;
    this.#pauses = 0;
  }

  /** A request we ended ourselves says nothing about the provider. */
  released(): void {
    this.#probing = false;
  }

  failed(trouble: Trouble): void {
    const { category } = trouble.failure;
    const now = this.#clock.monotonic();
    const wasProbe = this.#probing;
    this.#probing = false;
    const closedFor = CLOSED_FOR[category];
    if (closedFor !== undefined) this.#open = { until: now + closedFor, trouble, final: true };
    else if (category === "rate-limit") this.#pauseUntil(now + Math.min(trouble.retryAfterMs ?? 1_000, LONGEST_WAIT_MS), trouble);
    else if (PASSING.has(category)) this.#countFailure(trouble, wasProbe);
    else this.succeeded(); // The provider answered; what it said concerns this request only.
  }

  #countFailure(trouble: Trouble, wasProbe: boolean): void {
    this.#failures += 1;
    if (this.#failures < FAILURES_TO_OPEN && !wasProbe) return;
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
    this.#pauses += 1;
    this.#pauseUntil(this.#clock.monotonic() + pause, trouble);
  }

  #pauseUntil(until: number, trouble: Trouble): void {
    if (this.#open === null || this.#open.until < until) this.#open = { until, trouble, final: false };
  }
}

/** Tells the gate how a request it let pass has ended. */
export function report(gate: ProviderGate, end: StepEnd): void {
  if (end.how === "complete") gate.succeeded();
  else if (end.how === "failed") gate.failed(end.trouble);
  else gate.released();
}

/** Waits for the gate without a word; the reason where no request may be made, or the wait was ended by the signal. */
export async function passGate(
  gate: ProviderGate,
  wait: { readonly clock: Pick<Clock, "sleep">; readonly signal: AbortSignal },
): Promise<string | null> {
  for (;;) {
    const pass = gate.ask(0);
    if (pass.go === true) return null;
    if (pass.go === "never") return pass.trouble.failure.message;
    await wait.clock.sleep(pass.waitMs, wait.signal).catch(() => undefined); // The signal is looked at below.
    if (wait.signal.aborted) return "it was stopped";
  }
}

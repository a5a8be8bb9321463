// One piece of running work of one agent: its signals, its time limit, and how long it may take to stop.
import type { AgentId, AnswerId, TurnId } from "../core/index.ts";
import type { Clock, Timer } from "../io/index.ts";
import type { JobView } from "./difference.ts";

/** Why a job was told to stop: nobody needs it any more, a person ended the run, its time is up, or the run broke. */
export type StopReason = "unneeded" | "cancelled" | "timeout" | "broken";

/** How long a call that may have an effect can go on after the decision. */
const LATE_CALL_MS = 10_000;
/** How long a backend may take to notice that it was stopped. */
const NOTICE_MS = 2_000;

// Made once: an abort without a reason makes an exception with a stack each time.
const STOPPED = new DOMException("The turn was stopped.", "AbortError");
const NEWS = new DOMException("There is news.", "AbortError");

export type JobStart = {
  readonly kind: JobView["kind"];
  readonly agent: AgentId;
  readonly turn: TurnId;
  readonly shown: readonly AnswerId[];
  readonly clock: Clock;
};

export class Job implements JobView {
  readonly kind: JobView["kind"];
  readonly agent: AgentId;
  readonly turn: TurnId;
  readonly shown: readonly AnswerId[];
  readonly #clock: Clock;
  readonly #news = new AbortController();
  readonly #abort = new AbortController();
  readonly #effects = new AbortController();
  readonly #calls = new Set<Promise<unknown>>();
  readonly #timers: Timer[] = [];
  readonly #abandon: () => void;
  /** Resolves when the job is given up although its backend has not stopped. */
  readonly abandoned: Promise<void>;
  decided = false;
  /** Nothing of the backend is recorded any more. */
  closed = false;
  #reason: StopReason | null = null;

  constructor({ kind, agent, turn, shown, clock }: JobStart) {
    this.kind = kind;
    this.agent = agent;
    this.turn = turn;
    this.shown = shown;
    this.#clock = clock;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.abandoned = promise;
    this.#abandon = resolve;
  }

  get news(): AbortSignal {
    return this.#news.signal;
  }

  get abort(): AbortSignal {
    return this.#abort.signal;
  }

  /** Stops calls that may have an effect: after the decision they get more time than everything else. */
  get effects(): AbortSignal {
    return this.#effects.signal;
  }

  get newsSent(): boolean {
    return this.#news.signal.aborted;
  }

  get ending(): boolean {
    return this.decided || this.#reason !== null;
  }

  get stopped(): StopReason | null {
    return this.#reason;
  }

  sendNews(): void {
    this.#news.abort(NEWS);
  }

  limit(ms: number): void {
    this.#timers.push(this.#clock.after(ms, () => this.stop("timeout")));
  }

  /** May be called again with a more urgent reason; the first one is kept. */
  stop(reason: StopReason): void {
    const graceMs = reason === "unneeded" ? LATE_CALL_MS : 0;
    this.#reason ??= reason;
    this.#abort.abort(STOPPED);
    if (graceMs === 0) this.#effects.abort(STOPPED);
    else this.#timers.push(this.#clock.after(graceMs, () => this.#effects.abort(STOPPED)));
    this.#timers.push(this.#clock.after(graceMs + NOTICE_MS, () => this.#abandon()));
  }

  /** A tool call that must be over before the job is. */
  during<T>(call: Promise<T>): Promise<T> {
    const tracked = call.finally(() => this.#calls.delete(tracked));
    this.#calls.add(tracked);
    return tracked;
  }

  /** Waits for calls the backend has left behind. */
  async callsOver(): Promise<void> {
    if (this.#calls.size > 0) await Promise.race([Promise.allSettled(this.#calls), this.abandoned]);
  }

  close(): void {
    this.closed = true;
    for (const timer of this.#timers) timer.cancel();
  }
}

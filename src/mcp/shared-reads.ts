// Equal read-only calls of several agents to one server go out once: those at the same time wait for one answer, later ones of other agents get it again.
// Invariant: an agent that repeats its own call gets a fresh answer, so that waiting for a change by asking again works.
import type { AgentId } from "../core/index.ts";
import type { Clock } from "../io/index.ts";
import { orAbort } from "./abortable.ts";
import type { MeasuredOutcome } from "./outcomes.ts";

type Entry = { readonly answer: Promise<MeasuredOutcome>; readonly served: Set<AgentId>; doneAt: number | null };

export type SharedReadsOptions = {
  readonly clock: Pick<Clock, "monotonic">;
  /** How long an answer may be given to another agent; 0 = only calls at the same time are joined. */
  readonly ttlMs: number;
};

const MAX_ENTRIES = 500;

export class SharedReads {
  readonly #options: SharedReadsOptions;
  readonly #entries = new Map<string, Entry>();
  #saved = 0;

  constructor(options: SharedReadsOptions) {
    this.#options = options;
  }

  /** Calls that were not sent because another agent's answer served. */
  get saved(): number {
    return this.#saved;
  }

  /** Another agent's answer to the same question, or what `ask` brings. Failures are never shared. */
  async get(
    key: string,
    { agent, signal }: { readonly agent: AgentId; readonly signal: AbortSignal },
    ask: () => Promise<MeasuredOutcome>,
  ): Promise<MeasuredOutcome> {
    const known = this.#usable(key, agent);
    if (known) {
      known.served.add(agent);
      const shared = await this.#join(known, signal);
      if (shared) return shared;
    }
    return this.#ask(key, agent, ask);
  }

  /** Something may have changed: nothing that was answered so far is true any more. */
  clear(): void {
    this.#entries.clear();
  }

  /** Null when the answer cannot serve: it failed, or the caller does not want to wait any more. */
  async #join({ answer }: Entry, signal: AbortSignal): Promise<MeasuredOutcome | null> {
    try {
      const { outcome, bytes } = await orAbort(answer, signal);
      if (!outcome.ok) return null;
      this.#saved += 1;
      return { bytes, outcome: { ...outcome, cached: true } };
    } catch {
      return null; // The own call says what there is to say.
    }
  }

  #usable(key: string, agent: AgentId): Entry | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (entry.doneAt === null) return entry;
    const fresh = this.#options.clock.monotonic() - entry.doneAt <= this.#options.ttlMs;
    return fresh && !entry.served.has(agent) ? entry : null;
  }

  #ask(key: string, agent: AgentId, ask: () => Promise<MeasuredOutcome>): Promise<MeasuredOutcome> {
    const answer = ask();
    const entry: Entry = { answer, served: new Set([agent]), doneAt: null };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > MAX_ENTRIES) this.#dropOldest();
    const drop = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    answer.then(({ outcome }) => {
      entry.doneAt = this.#options.clock.monotonic();
      if (!outcome.ok || this.#options.ttlMs === 0) drop();
    }, drop);
    return answer;
  }

  #dropOldest(): void {
    for (const key of this.#entries.keys()) {
      this.#entries.delete(key);
      return;
    }
  }
}

// Lends the sequences of one context to agents: each agent gets back the one that still holds its conversation, nobody waits behind a later comer.
import type { LlamaContext, LlamaContextSequence } from "node-llama-cpp";

export type Lease = { readonly sequence: LlamaContextSequence; release(): void };
type Slot = { readonly sequence: LlamaContextSequence; lastAgent: string; busy: boolean; freed: number };
type Waiting = { readonly agent: string; grant(slot: Slot): void };

export class SequencePool {
  readonly #context: Pick<LlamaContext, "getSequence">;
  readonly #size: number;
  readonly #slots: Slot[] = [];
  readonly #queue: Waiting[] = [];
  readonly #idle: (() => void)[] = [];
  #releases = 0;

  constructor(context: Pick<LlamaContext, "getSequence">, size: number) {
    this.#context = context;
    this.#size = size;
  }

  /** Whoever leases releases. Rejects with the signal's reason when it aborts while waiting. */
  async lease(agent: string, signal: AbortSignal): Promise<Lease> {
    signal.throwIfAborted();
    const slot = this.#queue.length === 0 ? this.#freeSlot(agent) : null;
    return this.#lend(agent, slot ?? (await this.#wait(agent, signal)));
  }

  /** Resolves when nothing is lent. */
  async idle(): Promise<void> {
    if (this.#slots.every(({ busy }) => !busy)) return;
    await new Promise<void>((resolve) => void this.#idle.push(resolve));
  }

  #freeSlot(agent: string): Slot | null {
    const free = this.#slots.filter(({ busy }) => !busy);
    const own = free.find(({ lastAgent }) => lastAgent === agent);
    if (own !== undefined) return own;
    if (this.#slots.length < this.#size) {
      const slot: Slot = { sequence: this.#context.getSequence(), lastAgent: agent, busy: false, freed: 0 };
      this.#slots.push(slot);
      return slot;
    }
    return free.toSorted((a, b) => a.freed - b.freed)[0] ?? null;
  }

  #wait(agent: string, signal: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(signal.reason as Error);
      };
      const grant = (slot: Slot): void => {
        signal.removeEventListener("abort", leave);
        resolve(slot);
      };
      const waiting: Waiting = { agent, grant };
      signal.addEventListener("abort", leave, { once: true });
      this.#queue.push(waiting);
    });
  }

  #lend(agent: string, slot: Slot): Lease {
    slot.busy = true;
    slot.lastAgent = agent;
    let lent = true;
    const release = (): void => {
      if (!lent) return;
      lent = false;
      slot.freed = ++this.#releases;
      const next = this.#queue.shift();
      // Stays busy on its way to the next agent, so that nobody can take it in between.
      if (next !== undefined) next.grant(slot);
      else this.#settle(slot);
    };
    return { sequence: slot.sequence, release };
  }

  #settle(slot: Slot): void {
    slot.busy = false;
    if (this.#slots.some(({ busy }) => busy)) return;
    for (const done of this.#idle.splice(0)) done();
  }
}

// Streaming text on its way into the log: cleaned of secrets at once, merged per block before it is stored.
import type { DeltaEvent, TurnId } from "../core/index.ts";
import type { Redactor, StreamRedactor } from "./redact.ts";

type Block = { readonly event: DeltaEvent; text: string; ended: boolean; readonly stream: StreamRedactor | null };

export class DeltaBuffer {
  readonly #blocks = new Map<string, Block>();
  readonly #redactor: Redactor | null;
  /** The block of the last delta: the next one mostly goes on with it. */
  #latest: Block | null = null;
  /** Characters that wait to be stored. */
  #waiting = 0;

  constructor(redactor: Redactor | null) {
    this.#redactor = redactor;
  }

  get empty(): boolean {
    return this.#waiting === 0;
  }

  /** Takes a delta and gives back what live followers may see of it now, or null. */
  push(event: DeltaEvent): DeltaEvent | null {
    const block = this.#blockOf(event);
    const shown = block.stream === null ? event.delta : block.stream.push(event.delta);
    block.text += shown;
    this.#waiting += shown.length;
    if (shown === "") return null;
    return shown === event.delta ? event : { ...event, delta: shown };
  }

  #blockOf(event: DeltaEvent): Block {
    const { turn, block: id, type } = event;
    const latest = this.#latest?.event;
    if (this.#latest !== null && latest?.turn === turn && latest.block === id && latest.type === type) return this.#latest;
    const key = `${turn}\n${id}\n${type}`;
    let block = this.#blocks.get(key);
    if (block === undefined) this.#blocks.set(key, (block = { event, text: "", ended: false, stream: this.#redactor?.stream() ?? null }));
    this.#latest = block;
    return block;
  }

  /** Ends a block of a turn, or all its blocks (all of every turn where `turn` is null); gives what they had held back, for live followers. */
  end(turn: TurnId | null, id?: string): readonly DeltaEvent[] {
    const rest: DeltaEvent[] = [];
    for (const block of this.#blocks.values()) {
      if ((turn !== null && block.event.turn !== turn) || (id !== undefined && block.event.block !== id)) continue;
      const held = block.stream?.end() ?? "";
      if (held !== "") rest.push({ ...block.event, delta: held });
      block.text += held;
      this.#waiting += held.length;
      block.ended = true;
    }
    return rest;
  }

  /** The merged deltas of one turn, or of all; blocks that have not ended stay, because a secret may go on in the next piece. */
  take(turn: TurnId | null): readonly DeltaEvent[] {
    const merged: DeltaEvent[] = [];
    for (const [key, block] of this.#blocks) {
      if (turn !== null && block.event.turn !== turn) continue;
      if (block.text !== "") merged.push({ ...block.event, delta: block.text });
      this.#waiting -= block.text.length;
      block.text = "";
      if (!block.ended) continue;
      this.#blocks.delete(key);
      if (this.#latest === block) this.#latest = null;
    }
    return merged;
  }
}

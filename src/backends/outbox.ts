// What a reply has brought, on its way to whoever listens. Pieces of text that come faster than anyone can read them are
// handed on as one: every hand they pass through from here costs the same for one piece as for many.
import type { Clock } from "../io/index.ts";
import type { TurnPart } from "./contract.ts";

type Piece = Extract<TurnPart, { type: "text-delta" | "reasoning-delta" }>;

/** Least time between two pieces of text that are handed on, in milliseconds; far below what an eye or a screen tells apart. */
export const PIECE_GAP_MS = 5;

const isPiece = (part: TurnPart): part is Piece => part.type === "text-delta" || part.type === "reasoning-delta";

export class Outbox {
  readonly #clock: Pick<Clock, "after" | "monotonic">;
  readonly #parts: TurnPart[] = [];
  /** What comes after `#parts`: a piece that goes on growing until it is due or something else follows it. */
  #growing: Piece | null = null;
  /** All the text of `#growing`. */
  #text = "";
  #ended = false;
  /** When the next piece may go, on the monotonic clock. */
  #nextPieceAt = -Infinity;
  #wake: (() => void) | null = null;

  constructor(clock: Pick<Clock, "after" | "monotonic">) {
    this.#clock = clock;
  }

  push(part: TurnPart): void {
    const growing = this.#growing;
    if (isPiece(part)) {
      if (growing !== null && growing.block === part.block && growing.type === part.type) {
        this.#text += part.delta;
        return;
      }
      this.#settle();
      this.#growing = part;
      this.#text = part.delta;
    } else {
      this.#settle();
      this.#parts.push(part);
    }
    this.#wake?.();
  }

  /** Nothing more comes; what is left may be taken. */
  end(): void {
    this.#ended = true;
    this.#settle();
    this.#wake?.();
  }

  /** The next part; null when the reply is over. One taker at a time. */
  async take(): Promise<TurnPart | null> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) return part;
      if (this.#ended) return null;
      const waitMs = this.#growing === null ? null : this.#nextPieceAt - this.#clock.monotonic();
      if (waitMs === null || waitMs > 0) await this.#change(waitMs);
      else {
        this.#settle();
        this.#nextPieceAt = this.#clock.monotonic() + PIECE_GAP_MS;
      }
    }
  }

  /** The growing piece becomes a part like the others. */
  #settle(): void {
    const growing = this.#growing;
    if (growing === null) return;
    this.#parts.push(this.#text.length === growing.delta.length ? growing : { ...growing, delta: this.#text });
    this.#growing = null;
    this.#text = "";
  }

  /** Until something else comes, or `ms` have passed. */
  async #change(ms: number | null): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === null ? null : this.#clock.after(ms, resolve);
    this.#wake = resolve;
    await promise;
    timer?.cancel();
    this.#wake = null;
  }
}

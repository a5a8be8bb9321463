// Turns tokens into text as they come: characters that span tokens are held back until they are whole, and so is what may become a stop word.
import type { LlamaModel, Token } from "node-llama-cpp";

const MAX_HELD_TOKENS = 8;

export class TokenText {
  readonly #model: Pick<LlamaModel, "detokenize">;
  readonly #stops: readonly string[];
  readonly #held: number;
  readonly #tokens: Token[] = [];
  #pending: Token[] = [];
  #emitted = 0;
  text = "";
  /** A stop word has come; `text` ends before it. */
  stopped = false;

  constructor(model: Pick<LlamaModel, "detokenize">, stops: readonly string[]) {
    this.#model = model;
    this.#stops = stops.filter((stop) => stop !== "");
    this.#held = Math.max(0, ...this.#stops.map((stop) => stop.length - 1));
  }

  get tokens(): readonly Token[] {
    return this.#tokens;
  }

  /** The text that is certain now; often empty. */
  push(token: Token): string {
    this.#pending.push(token);
    const piece = this.#model.detokenize(this.#pending, false, this.#tokens);
    if (piece.endsWith("\uFFFD") && this.#pending.length < MAX_HELD_TOKENS) return "";
    this.#tokens.push(...this.#pending);
    this.#pending = [];
    this.text += piece;
    this.#findStop();
    return this.#release(this.stopped ? 0 : this.#held);
  }

  /** What was held back, once nothing more comes. */
  end(): string {
    return this.#release(0);
  }

  #findStop(): void {
    const places = this.#stops.map((stop) => this.text.indexOf(stop, this.#emitted)).filter((at) => at >= 0);
    if (places.length === 0) return;
    this.stopped = true;
    this.text = this.text.slice(0, Math.min(...places));
  }

  #release(held: number): string {
    const until = Math.max(this.#emitted, this.text.length - held);
    const piece = this.text.slice(this.#emitted, until);
    this.#emitted = until;
    return piece;
  }
}

// Estimates what dropping a step saved: how many tokens a step of this agent usually has, less what had come already.
import type { Usage } from "../core/index.ts";

/** Used before any step has finished. */
const FIRST_GUESS_TOKENS = 400;

/** A rough measure that is good enough for estimates, in any language model. */
export const CHARACTERS_PER_TOKEN = 4;

export class Meter {
  #mean = 0;
  #steps = 0;

  add({ outputTokens }: Usage): void {
    if (outputTokens === null) return;
    this.#steps += 1;
    this.#mean += (outputTokens - this.#mean) / this.#steps;
  }

  /** Output tokens that were probably not paid for because the step was dropped after so many characters. */
  saved(characters: number): number {
    const expected = this.#steps === 0 ? FIRST_GUESS_TOKENS : this.#mean;
    return Math.max(0, Math.round(expected - characters / CHARACTERS_PER_TOKEN));
  }
}

/** Lets one in after the other, in the order they came. */
export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** Resolves when all who came so far are out. */
  get idle(): Promise<void> {
    return this.#last;
  }

  /** Resolves when everybody before is out, with what lets the next one in. Whoever came must leave. */
  async enter(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    return resolve;
  }
}

// Entries as an async iterable: buffered until somebody reads, ended with the run.
import type { Entry } from "../core/index.ts";

export class EventStream implements AsyncIterable<Entry> {
  readonly #buffer: Entry[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  push(entry: Entry): void {
    this.#buffer.push(entry);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Entry> {
    for (;;) {
      const entry = this.#buffer.shift();
      if (entry !== undefined) yield entry;
      else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

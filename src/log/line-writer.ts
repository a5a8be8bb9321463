// Writes lines in batches: one write at a time, one sync at a time, and everything that arrives meanwhile shares the next.
import type { LogSink } from "./sink.ts";

export type QueuedLine = {
  /** Null for something that is only told, in its place among the lines. */
  readonly line: string | null;
  readonly sync: boolean;
  /** Called in order, once the line is written. */
  written(): void;
  /** Called once the line is as safe as it asked for, or with the error that ended the log. */
  settled(error: Error | null): void;
};

export class LineWriter {
  readonly #store: NonNullable<LogSink["lines"]>;
  readonly #describe: (error: unknown) => Error;
  #queue: QueuedLine[] = [];
  #unsynced: QueuedLine[] = [];
  #writing: Promise<void> | null = null;
  #syncing: Promise<void> | null = null;
  #failure: Error | null = null;

  constructor(store: NonNullable<LogSink["lines"]>, describe: (error: unknown) => Error) {
    this.#store = store;
    this.#describe = describe;
  }

  get idle(): boolean {
    return this.#queue.length === 0 && this.#writing === null;
  }

  get failure(): Error | null {
    return this.#failure;
  }

  push(item: QueuedLine): void {
    if (this.#failure !== null) return item.settled(this.#failure);
    this.#queue.push(item);
    this.#writing ??= this.#write();
  }

  /** Resolves when everything pushed so far has settled; never rejects. */
  async drain(): Promise<void> {
    while (this.#writing !== null || this.#syncing !== null) await (this.#writing ?? this.#syncing);
  }

  async #write(): Promise<void> {
    await nextTick();
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const text = textOf(batch);
      try {
        if (text !== "") await this.#store.write(text);
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const item of batch) {
        item.written();
        if (item.sync) this.#unsynced.push(item);
        else item.settled(null);
      }
      if (this.#unsynced.length > 0) this.#syncing ??= this.#sync();
    }
    this.#writing = null;
  }

  async #sync(): Promise<void> {
    while (this.#unsynced.length > 0) {
      const batch = this.#unsynced;
      this.#unsynced = [];
      try {
        await this.#store.sync();
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const item of batch) item.settled(this.#failure);
    }
    this.#syncing = null;
  }

  #fail(error: unknown, batch: readonly QueuedLine[]): void {
    this.#failure ??= this.#describe(error);
    const lost = [...batch, ...this.#unsynced, ...this.#queue];
    this.#unsynced = [];
    this.#queue = [];
    for (const item of lost) item.settled(this.#failure);
  }
}

function textOf(batch: readonly QueuedLine[]): string {
  let text = "";
  for (const { line } of batch) if (line !== null) text += `${line}\n`;
  return text;
}

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

// The log of one run above any store: order, redaction, merged deltas, live followers. It knows nothing of coordination.
import {
  LOG_SCHEMA_VERSION,
  type DeltaEvent,
  type Entry,
  type EntryHeader,
  type RunEvent,
  type RunId,
  type TurnId,
} from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import type { Clock, Timer } from "../io/index.ts";
import type { LiveItem, Put, RunLog } from "./contract.ts";
import { DeltaBuffer } from "./delta-buffer.ts";
import { mustSync } from "./durability.ts";
import { formatLine } from "./line.ts";
import { LineWriter } from "./line-writer.ts";
import { createRedactor, type Redactor } from "./redact.ts";
import type { LogSink } from "./sink.ts";

/** How long deltas are collected before they are stored as one. */
const MERGE_MS = 100;

/** Where a log goes on: after nothing, or after the entries another process wrote. */
export type LogPosition = { readonly seq: number; readonly activeMs: number; readonly sum: number };
export const LOG_START: LogPosition = { seq: 0, activeMs: 0, sum: 0 };

export type RunLogOptions = {
  readonly run: RunId;
  readonly clock: Clock;
  readonly secrets: readonly string[];
  readonly sink: LogSink;
  readonly from: LogPosition;
};

export function createRunLog(options: RunLogOptions): RunLog {
  return new SinkLog(options);
}

type Follower = (item: LiveItem) => void;

class SinkLog implements RunLog {
  readonly path: string | null;
  readonly #options: RunLogOptions;
  readonly #redactor: Redactor | null;
  readonly #deltas: DeltaBuffer;
  readonly #writer: LineWriter | null;
  readonly #openedAt: number;
  #followers: readonly Follower[] = [];
  #timer: Timer | null = null;
  #seq: number;
  #sum: number;
  #closing: Promise<void> | null = null;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.path = options.sink.path;
    this.#redactor = createRedactor(options.secrets);
    this.#deltas = new DeltaBuffer(this.#redactor);
    this.#writer = options.sink.lines === null ? null : new LineWriter(options.sink.lines, storeFailed);
    this.#openedAt = options.clock.monotonic();
    this.#seq = options.from.seq;
    this.#sum = options.from.sum;
  }

  activeMs(): number {
    return this.#options.from.activeMs + Math.floor(this.#options.clock.monotonic() - this.#openedAt);
  }

  async append(event: RunEvent): Promise<Entry> {
    const { entry, stored } = this.put(event);
    await stored;
    return entry;
  }

  put(event: RunEvent): Put {
    this.#flushBefore(event);
    if (this.#redactor === null) return this.#store(event, null);
    const clean = this.#redactor.event(event);
    return this.#store(clean.event, clean.json);
  }

  delta(event: DeltaEvent): void {
    if (this.#closing !== null) return;
    const shown = this.#deltas.push(event);
    if (shown !== null) this.#tellDelta(shown);
    if (!this.#deltas.empty) this.#timer ??= this.#options.clock.after(MERGE_MS, () => this.#mergeNow());
  }

  follow(follower: Follower): { stop(): void } {
    // One function may follow twice; each registration is its own.
    const mine: Follower = (item) => follower(item);
    this.#followers = [...this.#followers, mine];
    return { stop: () => this.#drop(mine) };
  }

  async *entries(): AsyncIterable<Entry> {
    await this.#writer?.drain();
    yield* this.#options.sink.entries();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#timer?.cancel();
    this.#endBlocks(null);
    for (const merged of this.#deltas.take(null)) this.#store(merged, null);
    await this.#writer?.drain();
    try {
      await this.#options.sink.close();
    } catch (error) {
      throw this.#writer?.failure ?? storeFailed(error);
    }
  }

  #mergeNow(): void {
    this.#timer = null;
    for (const merged of this.#deltas.take(null)) this.#store(merged, null);
  }

  /** A fact stands behind the text that led to it. */
  #flushBefore(event: RunEvent): void {
    const turn = turnOf(event);
    if (turn === null) return;
    if (event.type === "text-end" || event.type === "reasoning-end") this.#endBlocks(turn, event.block);
    else if (ENDS_BLOCKS.has(event.type)) this.#endBlocks(turn);
    for (const merged of this.#deltas.take(turn)) this.#store(merged, null);
    if (this.#deltas.empty) {
      this.#timer?.cancel();
      this.#timer = null;
    }
  }

  #endBlocks(turn: TurnId | null, block?: string): void {
    for (const rest of this.#deltas.end(turn, block)) this.#tellDelta(rest);
  }

  #store(event: RunEvent, json: string | null): Put {
    const header: EntryHeader = {
      v: LOG_SCHEMA_VERSION,
      seq: ++this.#seq,
      at: Math.round(this.#options.clock.now()),
      activeMs: this.activeMs(),
      run: this.#options.run,
    };
    const entry: Entry = { ...header, ...event };
    if (this.#writer === null) {
      this.#options.sink.remember(entry);
      this.#tell({ kind: "entry", entry });
      return { entry, stored: STORED };
    }
    const { line, sum } = formatLine(header, json ?? JSON.stringify(event), this.#sum);
    this.#sum = sum;
    return { entry, stored: this.#write(this.#writer, entry, line) };
  }

  #write(writer: LineWriter, entry: Entry, line: string): Promise<void> {
    const stored = new Promise<void>((resolve, reject) => {
      writer.push({
        line,
        sync: mustSync(entry),
        written: () => this.#tell({ kind: "entry", entry }),
        settled: (error) => (error === null ? resolve() : reject(error)),
      });
    });
    // Whoever needs to know awaits the promise; one that nobody awaits must not end the process.
    stored.catch(ignoreHere);
    return stored;
  }

  /** Deltas keep their place among entries that are still being written. */
  #tellDelta(delta: DeltaEvent): void {
    const item: LiveItem = { kind: "delta", delta };
    if (this.#writer === null || this.#writer.idle) return this.#tell(item);
    this.#writer.push({ line: null, sync: false, written: () => this.#tell(item), settled: ignoreHere });
  }

  #tell(item: LiveItem): void {
    for (const follower of this.#followers) {
      try {
        follower(item);
      } catch (error) {
        this.#drop(follower);
        const message = `Something that was following the run failed and was dropped: ${error instanceof Error ? error.message : String(error)}`;
        queueMicrotask(() => void this.put({ type: "warning", code: "E_INTERNAL", message }));
      }
    }
  }

  #drop(follower: Follower): void {
    this.#followers = this.#followers.filter((other) => other !== follower);
  }
}

const STORED = Promise.resolve();
const ignoreHere = (): void => {};
const ENDS_BLOCKS: ReadonlySet<RunEvent["type"]> = new Set(["model-step", "turn-end", "presentation-end"]);
const turnOf = (event: RunEvent): TurnId | null => ("turn" in event ? event.turn : null);

function storeFailed(error: unknown): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new MassgenError("E_RUN_LOG", `The run's log cannot be written: ${reason}`, { cause: error });
}

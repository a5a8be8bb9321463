// Copies folders in the background, a few at a time, each into a marked folder that is whole or not there.
import { join } from "node:path";
import {
  copyTree,
  makeMarkedFolder,
  markFolder,
  MARKER_FILE,
  measureTree,
  readMarker,
  removeMarkedFolder,
  type Clock,
  type Io,
  type TreeOutcome,
} from "../io/index.ts";
import { MOST_ENTRIES } from "./desk.ts";

/** Longer than this no copy takes. */
const LONGEST_MS = 120_000;
const AT_A_TIME = 3;
const HALF = ".half-";

export type Part = { readonly name: string; readonly from: string };
export type Totals = { readonly files: number; readonly bytes: number };
export type Copied = Totals & {
  /** Names of the parts that hold a file. */
  readonly parts: readonly string[];
  readonly unreadable: readonly string[];
};
/** `problem` completes "The copy was not made: ". */
export type CopyResult = Copied | { readonly problem: string };

type CopyOrder = {
  readonly half: string;
  readonly to: string;
  readonly readOnly: boolean;
  /** What it is a copy of, for the marker. */
  readonly of: string;
  readonly signal: AbortSignal;
};

export type CopyingOptions = {
  readonly io: Pick<Io, "files" | "randomHex"> & { readonly clock: Clock };
  readonly limitBytes: number;
  /** Aborts everything. */
  readonly signal: AbortSignal;
};

export class Copying {
  readonly #options: CopyingOptions;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(options: CopyingOptions) {
    this.#options = options;
  }

  /** Copies each part to a folder of its name below `to`, which must not exist. Rejects only when it is stopped. */
  async copy(parts: readonly Part[], to: string, { readOnly = false, of = "" } = {}): Promise<CopyResult> {
    const half = `${to}${HALF}${this.#options.io.randomHex(4)}`;
    try {
      return await this.#inTurn((signal) => this.#copyParts(parts, { half, to, readOnly, of, signal }));
    } catch (error) {
      await removeMarkedFolder(half).catch(() => false); // What cannot be removed now is removed by the next run.
      this.#options.signal.throwIfAborted();
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Removes what an earlier process has left half made in `folder`. */
  async sweep(folder: string): Promise<void> {
    const { files } = this.#options.io;
    if (!(await files.exists(folder))) return;
    for (const name of await files.list(folder)) if (name.includes(HALF)) await removeMarkedFolder(join(folder, name));
  }

  async #copyParts(parts: readonly Part[], { half, to, readOnly, of, signal }: CopyOrder): Promise<CopyResult> {
    const { io, limitBytes } = this.#options;
    await makeMarkedFolder(half, { whole: false });
    const made = { files: 0, bytes: 0, parts: [] as string[], unreadable: [] as string[] };
    for (const { name, from } of parts) {
      const limits = { bytes: limitBytes - made.bytes, entries: MOST_ENTRIES };
      const outcome = await copyTree({ from, to: join(half, name), limits, readOnly, signal, except: [MARKER_FILE] });
      if (!outcome.whole) {
        await removeMarkedFolder(half);
        return { problem: limitWords(outcome, limitBytes) };
      }
      made.files += outcome.files;
      made.bytes += outcome.bytes;
      if (outcome.files > 0) made.parts.push(name);
      made.unreadable.push(...outcome.unreadable);
    }
    await markFolder(half, { whole: true, of, files: made.files, bytes: made.bytes, parts: made.parts });
    await io.files.rename(half, to);
    return made;
  }

  async #inTurn<Value>(action: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    const { io, signal } = this.#options;
    if (this.#running >= AT_A_TIME) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    const late = new AbortController();
    const timer = io.clock.after(LONGEST_MS, () => late.abort(new Error(`it took longer than ${LONGEST_MS / 1_000} s`)));
    const stop = AbortSignal.any([signal, late.signal]);
    try {
      stop.throwIfAborted();
      return await Promise.race([action(stop), stopped(stop)]);
    } finally {
      timer.cancel();
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }
}

/** A copy of this as its marker tells of it; null where there is none, or something of it is missing. */
export async function wholeCopy(folder: string, of = ""): Promise<Copied | null> {
  const marker = await readMarker(folder);
  if (marker?.["whole"] !== true || marker["of"] !== of) return null;
  const limits = { bytes: Number.MAX_SAFE_INTEGER, entries: Number.MAX_SAFE_INTEGER };
  const found = await measureTree({ from: folder, limits, except: [MARKER_FILE] });
  const { files, bytes, parts } = marker;
  if (!found.whole || found.files !== files || found.bytes !== bytes || !Array.isArray(parts)) return null;
  return { files, bytes, parts: parts.filter((part) => typeof part === "string"), unreadable: [] };
}

function limitWords(outcome: Extract<TreeOutcome, { whole: false }>, limitBytes: number): string {
  const limit = {
    bytes: `it has more than ${limitBytes / 1_000_000} MB (snapshot_limit_mb)`,
    entries: `it has more than ${MOST_ENTRIES} files and folders`,
    depth: "its folders are nested too deep",
  }[outcome.limit];
  return `${limit}, reached at ${JSON.stringify(outcome.at)}`;
}

function stopped(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
}

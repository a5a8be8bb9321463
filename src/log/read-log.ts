// Reads a run's file line by line: the longest valid prefix, and a name for what is wrong behind it. It changes nothing.
import { join } from "node:path";
import { LOG_SCHEMA_VERSION, type Entry } from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import { checkEntry } from "./check-entry.ts";
import { parseSum } from "./line.ts";

export const EVENTS_FILE = "events.jsonl";

/**
 * `torn`: the last lines are incomplete or damaged, as a crash leaves them. `doubled`: the end of the file repeats lines.
 * `corrupt`: a line in the middle is damaged, valid ones follow. `gap`: a line is missing.
 */
export type LogProblem = {
  readonly kind: "torn" | "doubled" | "corrupt" | "gap";
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
  /** Bytes of the file that were not used. */
  readonly dropped: number;
};

export type ReadLog = {
  readonly entries: readonly Entry[];
  readonly problem: LogProblem | null;
  /** Length of the valid prefix in bytes; the line feed of its last line may be missing in the file. */
  readonly validBytes: number;
  readonly endsWithLineFeed: boolean;
  /** The checksum that the next line continues. */
  readonly sum: number;
};

/** Throws `E_RUN_NOT_FOUND` without a log in `folder`, `E_LOG_VERSION` for a log of a later release. */
export async function readLog(folder: string, io: Pick<Io, "files">): Promise<ReadLog> {
  return parseLog(await readBytes(join(folder, EVENTS_FILE), io));
}

async function readBytes(path: string, io: Pick<Io, "files">): Promise<Uint8Array> {
  try {
    return await io.files.read(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") throw new MassgenError("E_RUN_NOT_FOUND", `There is no run log at ${path}.`, { cause: error });
    throw new MassgenError("E_RUN_LOG", `The run log ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

type Line = { readonly text: string; readonly end: number; readonly closed: boolean };
type Judged = { readonly entry: Entry; readonly sum: number } | { readonly fault: "damaged" | "out-of-order"; readonly message: string };

export function parseLog(content: Uint8Array): ReadLog {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const reader = new PrefixReader(hasSums(bytes));
  let validBytes = 0;
  let closed = true;
  for (let at = 0; at < bytes.length;) {
    const line = lineAt(bytes, at);
    const fault = reader.take(line.text);
    if (fault !== null) return reader.finish({ bytes, validBytes, closed, fault });
    at = validBytes = line.end;
    closed = line.closed;
  }
  return reader.finish({ bytes, validBytes, closed, fault: null });
}

/** Lines of other writers may come without checksums; then none has one. */
function hasSums(bytes: Buffer): boolean {
  const first = lineAt(bytes, 0);
  return [first, lineAt(bytes, first.end)].some(({ text }) => parseSum(text, 0).sum !== null);
}

function lineAt(bytes: Buffer, from: number): Line {
  const feed = bytes.indexOf(10, from);
  const end = feed < 0 ? bytes.length : feed;
  return { text: bytes.toString("utf8", from, end), end: feed < 0 ? end : feed + 1, closed: feed >= 0 };
}

type Ending = {
  readonly bytes: Buffer;
  readonly validBytes: number;
  readonly closed: boolean;
  readonly fault: Exclude<Judged, { entry: Entry }> | null;
};

class PrefixReader {
  readonly #entries: Entry[] = [];
  #sum = 0;
  readonly #summed: boolean;

  constructor(summed: boolean) {
    this.#summed = summed;
  }

  /** Adds a line, or says why the valid prefix ends before it. */
  take(text: string): Ending["fault"] {
    const judged = this.#judge(text);
    if (!("entry" in judged)) return judged;
    this.#entries.push(judged.entry);
    this.#sum = judged.sum;
    return null;
  }

  #judge(text: string): Judged {
    const { json, sum, intact } = parseSum(text, this.#sum);
    const checked = checkEntry(json);
    if (typeof checked === "string") return { fault: "damaged", message: checked };
    refuseLaterVersion(checked);
    const expected = (this.#entries.at(-1)?.seq ?? 0) + 1;
    if (checked.seq !== expected) return { fault: "out-of-order", message: `entry ${checked.seq} stands where ${expected} should` };
    if (checked.run !== (this.#entries[0]?.run ?? checked.run)) return { fault: "damaged", message: "the entry belongs to another run" };
    if (this.#summed !== (sum !== null) || !intact) return { fault: "damaged", message: "the checksum does not fit" };
    return { entry: checked, sum: sum ?? 0 };
  }

  finish(ending: Ending): ReadLog {
    const { validBytes, closed } = ending;
    return { entries: this.#entries, problem: this.#problem(ending), validBytes, endsWithLineFeed: closed, sum: this.#sum };
  }

  #problem({ bytes, validBytes, fault }: Ending): LogProblem | null {
    if (fault === null) return null;
    const kind = this.#kindOf(fault.fault, bytes, validBytes);
    const line = this.#entries.length + 1;
    return { kind, line, message: `line ${line}: ${fault.message}`, dropped: bytes.length - validBytes };
  }

  #kindOf(fault: "damaged" | "out-of-order", bytes: Buffer, from: number): LogProblem["kind"] {
    const later = this.#seqsFrom(bytes, fault === "damaged" ? lineAt(bytes, from).end : from);
    const next = this.#entries.length + 1;
    if (later.length > 0 && later.every((seq) => seq < next)) return "doubled";
    if (fault === "out-of-order") return "gap";
    return later.length > 0 ? "corrupt" : "torn";
  }

  /** Numbers of the readable entries from a byte on. */
  #seqsFrom(bytes: Buffer, from: number): readonly number[] {
    const seqs: number[] = [];
    for (let at = from; at < bytes.length;) {
      const line = lineAt(bytes, at);
      const checked = checkEntry(parseSum(line.text, 0).json);
      if (typeof checked !== "string") {
        refuseLaterVersion(checked);
        seqs.push(checked.seq);
      }
      at = line.end;
    }
    return seqs;
  }
}

function refuseLaterVersion(entry: Entry): void {
  if (entry.v <= LOG_SCHEMA_VERSION) return;
  throw new MassgenError("E_LOG_VERSION", `This log has version ${entry.v}; this release reads up to version ${LOG_SCHEMA_VERSION}.`);
}

// Copies a folder with what is in it, within limits: no link is followed, and only regular files and folders are taken.
import { promises as fs, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "./files.ts";
import { holdFolder, type HeldFolder } from "./held-folder.ts";

export type TreeLimits = { readonly bytes: number; readonly entries: number };
export type TreeRequest = {
  readonly from: string;
  readonly limits: TreeLimits;
  readonly signal?: AbortSignal;
  /** Names left out of the uppermost folder. */
  readonly except?: readonly string[];
};
export type CopyRequest = TreeRequest & {
  /** Must not exist. Its uppermost folder stays writable also under `readOnly`, so that it can still be moved. */
  readonly to: string;
  /** Takes the right to write from files and folders of the copy. Default false. */
  readonly readOnly?: boolean;
};

export type TreeReport = {
  readonly files: number;
  readonly bytes: number;
  /** Links, pipes, sockets and devices. */
  readonly passedOver: number;
  /** What the system did not let be read, relative to `from`. */
  readonly unreadable: readonly string[];
};
export type TreeOutcome =
  | (TreeReport & { readonly whole: true })
  | { readonly whole: false; readonly limit: "bytes" | "entries" | "depth"; readonly at: string };

const DEEPEST = 64;
const PIECE = 256 * 1024;
/** Entries of one folder. */
const AT_A_TIME = 8;

class LimitReached extends Error {
  readonly limit: "bytes" | "entries" | "depth";
  readonly at: string;
  constructor(limit: "bytes" | "entries" | "depth", at: string) {
    super(limit);
    this.limit = limit;
    this.at = at;
  }
}

type Place = { readonly relative: string; readonly to: string | null; readonly depth: number };

const innerOf = ({ relative, to, depth }: Place, name: string): Place => ({
  relative: path.join(relative, name),
  to: to === null ? null : path.join(to, name),
  depth: depth + 1,
});

/** Rejects with the system's error or the signal's reason; what was copied by then, also of a copy that is not whole, is left for the caller to remove. */
export async function copyTree(request: CopyRequest): Promise<TreeOutcome> {
  await fs.mkdir(request.to, { mode: 0o700 });
  return walk(request, request.to);
}

/** The same without copying. */
export const measureTree = (request: TreeRequest): Promise<TreeOutcome> => walk(request, null);

async function walk(request: TreeRequest & { readonly readOnly?: boolean }, to: string | null): Promise<TreeOutcome> {
  const walker = new Walker(request);
  await using top = await holdFolder(request.from);
  try {
    await walker.folder(top, { relative: "", to, depth: 0 });
    return { whole: true, ...walker.report };
  } catch (error) {
    if (error instanceof LimitReached) return { whole: false, limit: error.limit, at: error.at };
    throw error;
  }
}

class Walker {
  readonly report: { files: number; bytes: number; passedOver: number; unreadable: string[] } = {
    files: 0,
    bytes: 0,
    passedOver: 0,
    unreadable: [],
  };
  readonly #request: TreeRequest & { readonly readOnly?: boolean };
  #entries = 0;

  constructor(request: TreeRequest & { readonly readOnly?: boolean }) {
    this.#request = request;
  }

  async folder(held: HeldFolder, place: Place): Promise<void> {
    if (place.depth > DEEPEST) throw new LimitReached("depth", place.relative);
    const except = place.depth === 0 ? (this.#request.except ?? []) : [];
    const names = (await held.names()).filter((name) => !except.includes(name));
    const folders: string[] = [];
    for (let at = 0; at < names.length; at += AT_A_TIME) {
      this.#request.signal?.throwIfAborted();
      // All are over before the folder is closed, also where one has failed.
      const some = names.slice(at, at + AT_A_TIME);
      const done = await Promise.allSettled(some.map((name) => this.#fileOrFolder(held, name, { place, folders })));
      for (const each of done) if (each.status === "rejected") throw each.reason;
    }
    // One after the other: each is held open while it is copied.
    for (const name of folders) {
      const inner = innerOf(place, name);
      await this.#readable(inner.relative, () => this.#inner(held, name, inner));
    }
  }

  async #fileOrFolder(
    held: HeldFolder,
    name: string,
    { place, folders }: { readonly place: Place; readonly folders: string[] },
  ): Promise<void> {
    const inner = innerOf(place, name);
    this.#entries += 1;
    if (this.#entries > this.#request.limits.entries) throw new LimitReached("entries", inner.relative);
    await this.#readable(inner.relative, async () => {
      const facts = await held.facts(name);
      if (facts?.isDirectory() === true) folders.push(name);
      else if (facts?.isFile() === true) await this.#entry(held, name, { facts, place: inner });
      else if (facts !== null) this.report.passedOver += 1;
    });
  }

  async #entry(held: HeldFolder, name: string, { facts, place }: { readonly facts: Stats; readonly place: Place }): Promise<void> {
    if (this.report.bytes + facts.size > this.#request.limits.bytes) throw new LimitReached("bytes", place.relative);
    await using handle = await held.file(name);
    if (handle === null) this.report.passedOver += 1;
    else await this.#file(handle, facts, place);
  }

  async #inner(held: HeldFolder, name: string, place: Place): Promise<void> {
    await using inner = await held.folder(name);
    if (inner === null) return void (this.report.passedOver += 1);
    if (place.to !== null) await fs.mkdir(place.to, { mode: 0o700 });
    await this.folder(inner, place);
    if (place.to !== null && this.#request.readOnly === true) await fs.chmod(place.to, 0o555);
  }

  async #file(from: FileHandle, { size, mode }: Stats, { relative, to }: Place): Promise<void> {
    this.report.files += 1;
    if (to === null) return this.#count(size, relative);
    await using target = await fs.open(to, "wx", this.#request.readOnly === true ? 0o444 | (mode & 0o111) : 0o600 | (mode & 0o755));
    const piece = Buffer.allocUnsafe(Math.min(size + 1, PIECE));
    // A file may have grown since it was looked at; a piece that is not full was the last.
    for (let at = 0, full = true; full;) {
      const { bytesRead } = await from.read(piece, 0, piece.length, at);
      full = bytesRead === piece.length;
      at += bytesRead;
      this.#count(bytesRead, relative);
      if (bytesRead > 0) await target.writeFile(piece.subarray(0, bytesRead));
    }
  }

  #count(bytes: number, relative: string): void {
    this.report.bytes += bytes;
    if (this.report.bytes > this.#request.limits.bytes) throw new LimitReached("bytes", relative);
    this.#request.signal?.throwIfAborted();
  }

  /** What may not be read is left out and named. */
  async #readable(relative: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const code = systemErrorCode(error);
      if (code !== "EACCES" && code !== "EPERM") throw error;
      this.report.unreadable.push(relative);
    }
  }
}

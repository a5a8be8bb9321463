// A folder held open, so that what is opened below it lies below it even where somebody swaps a folder for a link meanwhile.
import { constants, promises as fs, type Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { systemErrorCode } from "./files.ts";

// Those that a system does not have are missing there, and count as nothing.
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Let go with the scope that holds it. */
export type HeldFolder = AsyncDisposable & {
  /** The names in it, sorted. */
  names(): Promise<readonly string[]>;
  /** What stands under a name, a link for itself; null where it is gone. */
  facts(name: string): Promise<Stats | null>;
  /** Opens the folder of this name; null where it is none, or a link. */
  folder(name: string): Promise<HeldFolder | null>;
  /** Opens a regular file for reading without following a link or waiting for a pipe; null where it is something else. */
  file(name: string): Promise<FileHandle | null>;
  /** The path to write to below it. */
  at(name: string): string;
};

/** Rejects where `place` is no folder. The last name of it may not be a link. */
export async function holdFolder(place: string): Promise<HeldFolder> {
  const real = await fs.realpath(path.dirname(place));
  const held = await open(path.join(real, path.basename(place)), path.join(real, path.basename(place)));
  if (held === null) throw Object.assign(new Error(`${place} is not a folder`), { code: "ENOTDIR" });
  return held;
}

/** `reach` is how the folder is reached now, `real` where it lies. */
async function open(reach: string, real: string): Promise<HeldFolder | null> {
  const handle = await orNull(fs.open(reach, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), ["ENOTDIR", "ELOOP", "ENOENT", "EISDIR", "EPERM"]);
  if (handle !== null && !(await handle.stat()).isDirectory()) {
    await handle.close();
    return null;
  }
  if (handle === null && !(await isFolderByName(reach))) return null;
  return new Held(handle, real);
}

class Held implements HeldFolder {
  readonly #handle: FileHandle | null;
  readonly #real: string;
  readonly #base: string;

  constructor(handle: FileHandle | null, real: string) {
    this.#handle = handle;
    this.#real = real;
    // The folder itself, whatever its name leads to by now. Other systems have no such way: there the real path is looked at again.
    this.#base = handle !== null && process.platform === "linux" ? `/proc/self/fd/${handle.fd}` : real;
  }

  async names(): Promise<readonly string[]> {
    const names = await fs.readdir(this.#base);
    await this.#check();
    return names.toSorted();
  }

  facts(name: string): Promise<Stats | null> {
    return orNull(fs.lstat(this.at(name)), ["ENOENT"]);
  }

  async folder(name: string): Promise<HeldFolder | null> {
    const held = await open(this.at(name), path.join(this.#real, name));
    try {
      await this.#check();
    } catch (error) {
      await held?.[Symbol.asyncDispose]();
      throw error;
    }
    return held;
  }

  async file(name: string): Promise<FileHandle | null> {
    const handle = await orNull(fs.open(this.at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK), ["ELOOP", "ENOENT", "ENXIO", "EISDIR"]);
    if (handle === null) return null;
    try {
      await this.#check();
      if ((await handle.stat()).isFile()) return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return null;
  }

  at(name: string): string {
    return path.join(this.#base, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close();
  }

  async #check(): Promise<void> {
    if (this.#base !== this.#real || (await fs.realpath(this.#real)) === this.#real) return;
    throw Object.assign(new Error(`${this.#real} became a link`), { code: "ELOOP" });
  }
}

/** Where a folder cannot be opened as such (Windows). */
async function isFolderByName(reach: string): Promise<boolean> {
  const facts = await orNull(fs.lstat(reach), ["ENOENT", "ENOTDIR"]);
  return facts?.isDirectory() === true && process.platform === "win32";
}

async function orNull<Value>(action: Promise<Value>, codes: readonly string[]): Promise<Value | null> {
  try {
    return await action;
  } catch (error) {
    if (codes.includes(systemErrorCode(error) ?? "")) return null;
    throw error;
  }
}

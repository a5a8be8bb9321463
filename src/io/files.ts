// The file operations the program needs, as a port: the real one here, one in memory in src/testing that can fail on demand.
import { constants, promises as fs } from "node:fs";
import type { FileHandle } from "node:fs/promises";

/** A file that only grows. Whoever opens it closes it. */
export type AppendFile = {
  /** Writes everything or rejects; after a rejection an unknown part of it is in the file. */
  write(text: string): Promise<void>;
  /** Resolves when what was written survives a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

/** Every method rejects with the system's error (`code` ENOENT, ENOSPC …); paths are absolute or relative to the working folder. */
export type Files = {
  /** Makes a folder and its parents, mode 0700; no error where it exists. */
  makeFolder(path: string): Promise<void>;
  /** Opens a file for appending, mode 0600. `create`: "new" rejects with EEXIST where it exists. */
  openAppend(path: string, create: "new" | "if-missing"): Promise<AppendFile>;
  /** The whole file, or its first `atMost` bytes: a device that never ends would fill the memory. */
  read(path: string, atMost?: number): Promise<Uint8Array>;
  /** Replaces a file in one step (written beside it and renamed), mode 0600. */
  replace(path: string, content: string | Uint8Array): Promise<void>;
  /** Makes a file, mode 0600; rejects with EEXIST where it exists. */
  createNew(path: string, content: string): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; rejects with EEXIST where that name is taken. */
  link(from: string, to: string): Promise<void>;
  /** No error where the file is missing. */
  remove(path: string): Promise<void>;
  /** The names in a folder, sorted. */
  list(path: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
};

/** The `code` of a system error, or null. */
export function systemErrorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null || !("code" in error)) return null;
  return typeof error.code === "string" ? error.code : null;
}

export function createFiles(): Files {
  return {
    makeFolder,
    openAppend,
    read: (path, atMost) => (atMost === undefined ? fs.readFile(path) : readBeginning(path, atMost)),
    replace,
    createNew: (path, content) => fs.writeFile(path, content, { flag: "wx", mode: 0o600, flush: true }),
    truncate: (path, bytes) => fs.truncate(path, bytes),
    rename: (from, to) => fs.rename(from, to),
    link: (from, to) => fs.link(from, to),
    remove,
    list: async (path) => (await fs.readdir(path)).toSorted(),
    exists,
  };
}

async function remove(path: string): Promise<void> {
  try {
    await fs.unlink(path);
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw error;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await fs.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    // Node says "no such file" where the file system is read-only; asked for the one folder, the system says why.
    if (systemErrorCode(error) === "ENOENT") await fs.mkdir((error as NodeJS.ErrnoException).path ?? path, { mode: 0o700 });
    throw error;
  }
}

async function openAppend(path: string, create: "new" | "if-missing"): Promise<AppendFile> {
  const exclusive = create === "new" ? constants.O_EXCL : 0;
  const handle = await fs.open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | exclusive, 0o600);
  return {
    write: (text) => writeAll(handle, Buffer.from(text)),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  let from = 0;
  while (from < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, null);
    from += bytesWritten;
  }
}

async function readBeginning(path: string, atMost: number): Promise<Uint8Array> {
  const handle = await fs.open(path, "r");
  try {
    const bytes = Buffer.alloc(atMost);
    let filled = 0;
    while (filled < atMost) {
      const { bytesRead } = await handle.read(bytes, filled, atMost - filled, null);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  try {
    await fs.writeFile(beside, content, { mode: 0o600, flush: true });
    await fs.rename(beside, path);
  } catch (error) {
    await fs.rm(beside, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.access(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

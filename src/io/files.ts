// The file operations the program needs, as a port: the real one here, one in memory in src/testing that can fail on demand.
import { constants, promises as fs } from "node:fs";

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
  /** Makes a file, mode 0600, that is there whole or not at all; rejects with EEXIST where it exists. */
  createNew(path: string, content: string): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
  rename(from: string, to: string): Promise<void>;
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
    createNew,
    truncate: (path, bytes) => fs.truncate(path, bytes),
    rename: (from, to) => fs.rename(from, to),
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
    write: (text) => handle.appendFile(text),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
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

let drafts = 0;

/** Writes a file under a name that nobody else uses, and lets `place` give it its own. */
async function viaDraft(path: string, content: string | Uint8Array, place: (draft: string) => Promise<void>): Promise<void> {
  drafts += 1;
  const draft = `${path}.${process.pid}.${drafts}.new`;
  try {
    await fs.writeFile(draft, content, { mode: 0o600, flush: true });
    await place(draft);
  } finally {
    await fs.rm(draft, { force: true });
  }
}

const replace = (path: string, content: string | Uint8Array): Promise<void> => viaDraft(path, content, (draft) => fs.rename(draft, path));

/** A lock that is read while it is being written would be taken for one whose owner died over it. */
const createNew = (path: string, content: string): Promise<void> =>
  viaDraft(path, content, async (draft) => {
    try {
      await fs.link(draft, path);
    } catch (error) {
      if (systemErrorCode(error) === "EEXIST") throw error;
      await fs.writeFile(path, content, { flag: "wx", mode: 0o600, flush: true }); // A file system without links.
    }
  });

async function exists(path: string): Promise<boolean> {
  try {
    await fs.access(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

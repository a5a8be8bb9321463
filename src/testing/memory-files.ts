// A file system in memory that can run out of space, fail at any operation, and lose power.
import type { AppendFile, Files } from "../io/index.ts";

export type FaultCode = "ENOSPC" | "EIO" | "EACCES" | "EMFILE";

export type MemoryFiles = Files & {
  /** Number of operations so far. */
  readonly operations: number;
  /** Lets the n-th operation from now (from 1) and all later ones fail; a failing write still writes `partial` of its bytes (0 to 1). */
  failFrom(n: number, code: FaultCode, partial?: number): void;
  /** Everything works again. */
  heal(): void;
  /** The text of a file, or null. */
  text(path: string): string | null;
  /** Puts a file there, synced. */
  set(path: string, content: string | Uint8Array): void;
  /** Paths of all files, sorted. */
  paths(): readonly string[];
  /** What is left after a power cut: only what was synced. */
  afterPowerCut(): MemoryFiles;
};

type Stored = { bytes: Buffer; synced: number };
type Fault = { readonly from: number; readonly code: FaultCode; readonly partial: number };

export function memoryFiles(before?: ReadonlyMap<string, Uint8Array>): MemoryFiles {
  const files = new Map<string, Stored>();
  for (const [path, bytes] of before ?? []) files.set(path, { bytes: Buffer.from(bytes), synced: bytes.length });
  let operations = 0;
  let fault: Fault | null = null;

  const failing = (): Fault | null => (fault !== null && operations >= fault.from ? fault : null);
  const step = async (): Promise<void> => {
    operations += 1;
    const broken = failing();
    if (broken !== null) throw systemError(broken.code);
  };
  const present = (path: string): Stored => {
    const file = files.get(path);
    if (file === undefined) throw systemError("ENOENT");
    return file;
  };
  const store = (path: string, content: string | Uint8Array): void => {
    const bytes = Buffer.from(content);
    files.set(path, { bytes, synced: bytes.length });
  };
  const refuseTaken = (path: string): void => {
    if (files.has(path)) throw systemError("EEXIST");
  };
  const appendTo = (file: Stored): AppendFile => {
    let isOpen = true;
    const checkOpen = (): void => {
      if (!isOpen) throw systemError("EBADF");
    };
    return {
      async write(text) {
        operations += 1;
        checkOpen();
        const broken = failing();
        const bytes = Buffer.from(text);
        file.bytes = Buffer.concat([file.bytes, broken === null ? bytes : bytes.subarray(0, Math.floor(bytes.length * broken.partial))]);
        if (broken !== null) throw systemError(broken.code);
      },
      async sync() {
        await step();
        checkOpen();
        file.synced = file.bytes.length;
      },
      async close() {
        isOpen = false;
      },
    };
  };

  return {
    get operations() {
      return operations;
    },
    failFrom: (n, code, partial = 0) => void (fault = { from: operations + n, code, partial }),
    heal: () => void (fault = null),
    text: (path) => files.get(path)?.bytes.toString("utf8") ?? null,
    set: store,
    paths: () => [...files.keys()].toSorted(),
    afterPowerCut: () => memoryFiles(new Map([...files].map(([path, file]) => [path, file.bytes.subarray(0, file.synced)]))),
    makeFolder: step,
    async openAppend(path, create) {
      await step();
      if (create === "new") refuseTaken(path);
      const file = files.get(path) ?? { bytes: Buffer.alloc(0), synced: 0 };
      files.set(path, file);
      return appendTo(file);
    },
    async read(path, atMost) {
      await step();
      return Buffer.from(present(path).bytes.subarray(0, atMost));
    },
    async replace(path, content) {
      await step();
      store(path, content);
    },
    async createNew(path, content) {
      await step();
      refuseTaken(path);
      store(path, content);
    },
    async truncate(path, bytes) {
      await step();
      const file = present(path);
      file.bytes = file.bytes.subarray(0, bytes);
      file.synced = Math.min(file.synced, bytes);
    },
    async rename(from, to) {
      await step();
      files.set(to, present(from));
      files.delete(from);
    },
    async remove(path) {
      await step();
      files.delete(path);
    },
    async list(path) {
      await step();
      const inside = [...files.keys()].filter((each) => each.startsWith(`${path}/`));
      return [...new Set(inside.map((each) => each.slice(path.length + 1).split("/")[0] ?? ""))].toSorted();
    },
    async exists(path) {
      await step();
      return files.has(path) || [...files.keys()].some((each) => each.startsWith(`${path}/`));
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}

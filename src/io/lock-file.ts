// A lock as a file that names its holder: made, read, taken from the dead and given back in one way, whether others wait for it or are refused.
import { systemErrorCode } from "./files.ts";
import type { Io } from "./io.ts";
import type { ProcessIdentity } from "./process-identity.ts";

export type LockIo = Pick<Io, "files" | "processes" | "randomHex">;

/** What stands in a lock of this process; no two locks are alike. */
export function ownLock(io: LockIo): string {
  return JSON.stringify({ ...io.processes.self(), nonce: io.randomHex(8) });
}

/** False where there is a lock already. */
export async function makeLock(path: string, content: string, io: Pick<Io, "files">): Promise<boolean> {
  try {
    await io.files.createNew(path, content);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Null where there is no lock. */
export async function readLock(path: string, io: Pick<Io, "files">): Promise<string | null> {
  try {
    return Buffer.from(await io.files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Null where it was cut short: its writer died, or, on a disk without hard links, is still at it. */
export function holderIn(content: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("host" in value)) return null;
    const { pid, host } = value;
    if (typeof pid !== "number" || typeof host !== "string") return null;
    return { pid, host, started: "started" in value && typeof value.started === "string" ? value.started : null };
  } catch {
    return null; // Nothing but JSON.parse throws here.
  }
}

/** Moves the lock of the dead, which held `seen`, aside before it is deleted, so that of two processes that saw it only one takes it over. */
export async function breakLock(path: string, seen: string, io: LockIo): Promise<void> {
  const aside = `${path}.${io.randomHex(8)}`;
  try {
    await io.files.rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return;
    throw error;
  }
  // Somebody may have taken the lock over between the look and the move: then what was moved is theirs.
  const moved = await readLock(aside, io);
  if (moved !== null && moved !== seen) await makeLock(path, moved, io);
  await io.files.remove(aside);
}

/** Leaves a lock alone that is another's by now. */
export async function giveUpLock(path: string, mine: string, io: Pick<Io, "files">): Promise<void> {
  if ((await readLock(path, io)) === mine) await io.files.remove(path);
}

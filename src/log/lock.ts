// One process per run: a second one is refused, and a lock whose holder is gone is taken over.
import { join } from "node:path";
import { MassgenError } from "../errors/index.ts";
import { breakLock, giveUpLock, holderIn, makeLock, ownLock, readLock, type Io, type LockIo, type ProcessIdentity } from "../io/index.ts";

export const LOCK_FILE = "run.lock";

export type RunLock = { release(): Promise<void> };

/** Throws `E_RUN_LOCKED` while another living process holds the run. */
export async function lockRun(folder: string, io: LockIo): Promise<RunLock> {
  const path = join(folder, LOCK_FILE);
  try {
    return await takeLock(path, io);
  } catch (error) {
    if (error instanceof MassgenError) throw error;
    throw new MassgenError(
      "E_RUN_LOG",
      `The run's lock ${path} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

async function takeLock(path: string, io: LockIo): Promise<RunLock> {
  const mine = ownLock(io);
  for (let tries = 0; tries < 5; tries++) {
    if (await makeLock(path, mine, io)) return { release: () => giveUpLock(path, mine, io) };
    const seen = await readLock(path, io);
    if (seen === null) continue;
    const holder = holderIn(seen);
    if (holder !== null && io.processes.isAlive(holder)) throw locked(path, holder);
    await breakLock(path, seen, io);
  }
  throw locked(path, null);
}

function locked(path: string, holder: ProcessIdentity | null): MassgenError {
  const who = holder === null ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new MassgenError("E_RUN_LOCKED", `This run is held by ${who} (${path}).`);
}

/** True while a living process holds the run; a lock that cannot be read counts as held. */
export async function isRunHeld(folder: string, io: Pick<Io, "files" | "processes">): Promise<boolean> {
  try {
    const seen = await readLock(join(folder, LOCK_FILE), io);
    const holder = seen === null ? null : holderIn(seen);
    return holder !== null && io.processes.isAlive(holder);
  } catch {
    return true;
  }
}

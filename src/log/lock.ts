// One process per run: a lock file with the holder's identity. A lock whose holder is gone is taken over.
import { join } from "node:path";
import { MassgenError } from "../errors/index.ts";
import { systemErrorCode, type Io, type ProcessIdentity } from "../io/index.ts";

export const LOCK_FILE = "run.lock";
type LockIo = Pick<Io, "files" | "processes" | "randomHex">;

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
  const mine = JSON.stringify({ ...io.processes.self(), nonce: io.randomHex(8) });
  for (let tries = 0; tries < 5; tries++) {
    if (await create(path, mine, io)) return { release: () => release(path, mine, io) };
    await removeIfStale(path, io);
  }
  throw locked(path, null);
}

async function create(path: string, content: string, io: LockIo): Promise<boolean> {
  try {
    await io.files.createNew(path, content);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Moves the stale lock aside before it is deleted, so that of two processes that saw it only one takes it over. */
async function removeIfStale(path: string, io: LockIo): Promise<void> {
  const seen = await readLock(path, io);
  if (seen === null) return;
  const holder = parseHolder(seen);
  if (holder !== null && io.processes.isAlive(holder)) throw locked(path, holder);
  const aside = `${path}.${io.randomHex(8)}`;
  try {
    await io.files.rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return;
    throw error;
  }
  // Somebody may have taken the lock over between the two steps: then what was moved is theirs.
  if ((await readLock(aside, io)) !== seen) await giveBack(aside, path, io);
  await io.files.remove(aside);
}

async function giveBack(aside: string, path: string, io: LockIo): Promise<void> {
  try {
    await io.files.link(aside, path);
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
  }
}

async function readLock(path: string, io: LockIo): Promise<string | null> {
  try {
    return Buffer.from(await io.files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** Null for a lock that was cut short: its writer died. */
function parseHolder(content: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== "object" || value === null || !("pid" in value) || !("host" in value) || !("started" in value)) return null;
    const { pid, host, started } = value;
    if (typeof pid !== "number" || typeof host !== "string") return null;
    return { pid, host, started: typeof started === "string" ? started : null };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

async function release(path: string, mine: string, io: LockIo): Promise<void> {
  if ((await readLock(path, io)) === mine) await io.files.remove(path);
}

function locked(path: string, holder: ProcessIdentity | null): MassgenError {
  const who = holder === null ? "another process" : `process ${holder.pid} on ${holder.host}`;
  return new MassgenError("E_RUN_LOCKED", `This run is held by ${who} (${path}).`);
}

/** True while a living process holds the run; a lock that cannot be read counts as held. */
export async function isRunHeld(folder: string, io: Pick<Io, "files" | "processes">): Promise<boolean> {
  try {
    const holder = parseHolder(Buffer.from(await io.files.read(join(folder, LOCK_FILE))).toString("utf8"));
    return holder !== null && io.processes.isAlive(holder);
  } catch (error) {
    return systemErrorCode(error) !== "ENOENT";
  }
}

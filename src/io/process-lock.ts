// One process at a time: a lock file that names its holder, so that the lock of a dead process is taken over.
import { systemErrorCode } from "./files.ts";
import type { Io } from "./io.ts";
import type { ProcessIdentity } from "./process-identity.ts";

const POLL_MS = 250;
/** A lock that stays unreadable for so many looks belongs to a process that died while writing it. */
const UNREADABLE_LOOKS = 8;

export type LockRequest = {
  readonly io: Pick<Io, "files" | "processes" | "clock">;
  readonly path: string;
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds it. */
  readonly onWait?: () => void;
};

/** Runs `action` while this process holds the lock; rejects with the signal's reason when it aborts while waiting. */
export async function withProcessLock<Result>(request: LockRequest, action: () => Promise<Result>): Promise<Result> {
  const { io, path } = request;
  await acquire(request);
  try {
    return await action();
  } finally {
    await io.files.remove(path);
  }
}

async function acquire({ io, path, signal, onWait }: LockRequest): Promise<void> {
  let unreadable = 0;
  for (let look = 0; ; look++) {
    signal?.throwIfAborted();
    if (await tryCreate(io, path)) return;
    const text = await readText(io, path);
    const holder = text === null ? null : parseHolder(text);
    unreadable = holder === null ? unreadable + 1 : 0;
    if (text !== null && (holder === null ? unreadable > UNREADABLE_LOOKS : !io.processes.isAlive(holder))) {
      await breakLock(io, path, text);
      continue;
    }
    if (look === 0) onWait?.();
    await io.clock.sleep(POLL_MS, signal);
  }
}

async function tryCreate(io: LockRequest["io"], path: string): Promise<boolean> {
  try {
    await io.files.createNew(path, JSON.stringify(io.processes.self()));
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Moves the dead lock aside; a lock that a third process made in the meantime is put back. */
async function breakLock(io: LockRequest["io"], path: string, seen: string): Promise<void> {
  const aside = `${path}.${io.processes.self().pid}.stale`;
  try {
    await io.files.rename(path, aside);
    if ((await readText(io, aside)) !== seen) await io.files.link(aside, path);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "ENOENT" && code !== "EEXIST") throw error;
  } finally {
    await io.files.remove(aside);
  }
}

async function readText(io: LockRequest["io"], path: string): Promise<string | null> {
  try {
    return Buffer.from(await io.files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

function parseHolder(text: string): ProcessIdentity | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("pid" in value) || typeof value.pid !== "number") return null;
    if (!("host" in value) || typeof value.host !== "string") return null;
    const started = "started" in value && typeof value.started === "string" ? value.started : null;
    return { pid: value.pid, host: value.host, started };
  } catch {
    return null; // Half written: whoever reads it looks again.
  }
}

// One process at a time: the others wait, and the lock of a dead process is taken over.
import type { Io } from "./io.ts";
import { breakLock, giveUpLock, holderIn, makeLock, ownLock, readLock, type LockIo } from "./lock-file.ts";

const POLL_MS = 250;
/** A lock that stays unreadable for so many looks belongs to a process that died while writing it. */
const UNREADABLE_LOOKS = 8;

export type LockRequest = {
  readonly io: LockIo & Pick<Io, "clock">;
  readonly path: string;
  readonly signal?: AbortSignal;
  /** Called once when somebody else holds it. */
  readonly onWait?: () => void;
};

/** Runs `action` while this process holds the lock; rejects with the signal's reason when it aborts while waiting. */
export async function withProcessLock<Result>(request: LockRequest, action: () => Promise<Result>): Promise<Result> {
  const { io, path } = request;
  const mine = ownLock(io);
  await acquire(request, mine);
  try {
    return await action();
  } finally {
    await giveUpLock(path, mine, io);
  }
}

async function acquire({ io, path, signal, onWait }: LockRequest, mine: string): Promise<void> {
  let unreadable = 0;
  for (let look = 0; ; look++) {
    signal?.throwIfAborted();
    if (await makeLock(path, mine, io)) return;
    const text = await readLock(path, io);
    const holder = text === null ? null : holderIn(text);
    unreadable = holder === null ? unreadable + 1 : 0;
    if (text !== null && (holder === null ? unreadable > UNREADABLE_LOOKS : !io.processes.isAlive(holder))) {
      await breakLock(path, text, io);
      continue;
    }
    if (look === 0) onWait?.();
    await io.clock.sleep(POLL_MS, signal);
  }
}

// The real clock: delays of any length; a timer never keeps the process alive, a sleep somebody waits for does.
import type { Clock, Timer } from "./io.ts";

/** The longest delay `setTimeout` takes as it is; longer ones are waited for in pieces. */
const LONGEST_MS = 2 ** 31 - 1;

export function createClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after: start(false),
    sleep: (ms, signal) => sleepOn(start(true), ms, signal),
  };
}

function start(keepsAlive: boolean): Clock["after"] {
  return (ms, action): Timer => {
    let left = Number.isFinite(ms) ? Math.max(0, ms) : Number.MAX_SAFE_INTEGER;
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const piece = Math.min(left, LONGEST_MS);
      left -= piece;
      handle = setTimeout(() => (left > 0 ? arm() : action()), piece);
      if (!keepsAlive) handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  };
}

/** `Clock.sleep` in terms of `Clock.after`. */
export function sleepOn(start: Clock["after"], ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = start(ms, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

// What Ctrl-C and its kin do: the first asks what is going on to end with what it has, the second ends the program at once.
import type { Clock, ProcessPort, StopReason } from "../io/index.ts";

/** How long what was asked to stop by the system may take to write its last lines, in milliseconds. */
const GRACE_MS = 10_000;

export type Stopping = {
  /** Asks what is going on to end. */
  first(reason: StopReason): void;
  /** Puts the terminal back in order, synchronously, before the process ends. */
  atOnce(): void;
};

export type Stopper = {
  /** A Ctrl-C that arrives as a key, because the terminal is in raw mode. */
  press(): void;
  /** Why the program was asked to stop, or null; a conversation goes on after an interrupt, and only then. */
  readonly reason: StopReason | null;
  /** The interrupted work has ended: the next Ctrl-C is a first one again. */
  rearm(): void;
  stop(): void;
};

/** Listens until `stop()` is called. A closed output counts once: there is nobody left to show impatience. */
export function watchStopping(stopping: Stopping, process: ProcessPort, clock: Clock): Stopper {
  let reason: StopReason | null = null;
  const end = (): void => {
    stopping.atOnce();
    process.exitNow(130);
  };
  const on = (next: StopReason): void => {
    if (reason !== null) return next === "output-closed" ? undefined : end();
    reason = next;
    stopping.first(next);
    if (next !== "interrupt") clock.after(GRACE_MS, end);
  };
  const listening = process.onStop(on);
  return {
    press: () => on("interrupt"),
    get reason() {
      return reason;
    },
    rearm: () => void (reason = null),
    stop: () => listening.stop(),
  };
}

// A clock whose time moves only when a test says so; due timers run one after another, and everything they set off settles before the next.
import { sleepOn, type Clock } from "../io/index.ts";

export type FakeClock = Clock & {
  /** Moves time forward by `ms`, running the timers that fall due in the order of their times. */
  advance(ms: number): Promise<void>;
  /** Lets everything that needs no time finish: promises, immediates and file operations, whatever they set off. */
  settle(): Promise<void>;
  /** Jumps from timer to timer until `done` settles, and gives its value. Rejects when no timer is left or `limitMs` has passed. */
  run<T>(done: Promise<T>, limitMs?: number): Promise<T>;
  /** Number of timers that wait. */
  readonly waiting: number;
};

export type FakeClockOptions = {
  /** Milliseconds since the epoch at which it starts. Default: 2026-01-02T03:04:05Z. */
  readonly startsAt?: number;
  /** True while further work is under way (a request to a local server, say): settling waits for it. */
  readonly busy?: () => boolean;
};

/** What keeps the event loop busy without waiting for time or for others. */
const WORK: ReadonlySet<string> = new Set(["Immediate", "FSReqCallback", "FSReqPromise", "FileHandleCloseReq"]);

type Waiting = { readonly at: number; readonly order: number; readonly action: () => void };

export function fakeClock(options: FakeClockOptions = {}): FakeClock {
  const startsAt = options.startsAt ?? Date.UTC(2026, 0, 2, 3, 4, 5);
  const timers = new Set<Waiting>();
  let time = 0;
  let order = 0;

  const settle = async (): Promise<void> => {
    do await new Promise<void>((resolve) => setImmediate(resolve));
    while (options.busy?.() === true || process.getActiveResourcesInfo().some((name) => WORK.has(name)));
  };
  const next = (): Waiting | null => {
    let first: Waiting | null = null;
    for (const timer of timers) {
      if (first === null || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    return first;
  };
  const fire = async (timer: Waiting): Promise<void> => {
    timers.delete(timer);
    time = Math.max(time, timer.at);
    timer.action();
    await settle();
  };
  const after = (ms: number, action: () => void): { cancel(): void } => {
    const timer = { at: time + Math.max(0, ms), order: order++, action };
    timers.add(timer);
    return { cancel: () => void timers.delete(timer) };
  };
  return {
    now: () => startsAt + time,
    monotonic: () => time,
    after,
    sleep: (ms, signal) => sleepOn(after, ms, signal),
    settle,
    get waiting() {
      return timers.size;
    },
    async advance(ms) {
      const until = time + ms;
      await settle();
      for (let timer = next(); timer !== null && timer.at <= until; timer = next()) await fire(timer);
      time = until;
      await settle();
    },
    async run<T>(done: Promise<T>, limitMs = 24 * 3_600_000) {
      let finished = false;
      const mark = (): void => void (finished = true);
      done.then(mark, mark);
      const limit = time + limitMs;
      for (await settle(); !finished;) {
        const timer = next();
        if (timer === null) throw new Error("The fake clock has no timer left, and what the test waits for has not happened.");
        if (timer.at > limit) throw new Error(`What the test waits for did not happen within ${limitMs} ms of fake time.`);
        await fire(timer);
      }
      return done;
    },
  };
}

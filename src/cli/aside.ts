// Lines on standard error that may come while a full screen is open: they wait until it is closed, or they would tear it.
import type { Terminal } from "../io/index.ts";

/** A screen may be open for hours; older lines than these are counted and dropped. */
const MOST_LINES = 500;

export type Aside = {
  say(line: string): void;
  /** The screen opens: lines wait from now on, unless standard error is no terminal and thus not the screen. */
  hold(): void;
  /** The screen is closed: what waited is written. */
  release(): void;
};

export function asideLines({ stderr }: Pick<Terminal, "stderr">): Aside {
  let waiting: string[] | null = null;
  let dropped = 0;
  const write = (line: string): void => void stderr.write(`${line}\n`);
  return {
    say: (line) => {
      if (waiting === null) return write(line);
      waiting.push(line);
      if (waiting.length > MOST_LINES) {
        waiting.shift();
        dropped++;
      }
    },
    hold: () => void (waiting = stderr.isTTY === true ? [] : null),
    release: () => {
      const lines = waiting ?? [];
      waiting = null;
      if (dropped > 0) write(`(${dropped} older lines were dropped)`);
      dropped = 0;
      lines.forEach(write);
    },
  };
}

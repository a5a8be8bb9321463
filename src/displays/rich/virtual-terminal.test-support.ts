// A terminal emulator instead of a terminal: what is written is interpreted, keys are typed, its size changes.
import { PassThrough, Writable } from "node:stream";
import xterm from "@xterm/headless";
import { createClock, type Terminal } from "../../io/index.ts";

export type VirtualTerminal = {
  readonly terminal: Terminal;
  /** The visible lines, without trailing spaces. */
  lines(): readonly string[];
  text(): string;
  type(data: string): void;
  resize(columns: number, rows: number): void;
  /** True while the program has the alternate screen. */
  fullScreen(): boolean;
  rawMode(): boolean;
  /** Everything ever written, escape codes included. */
  written(): string;
  /** Resolves when the screen shows the text, or the condition holds. */
  shows(wanted: string | ((text: string) => boolean)): Promise<void>;
};

export function virtualTerminal(columns: number, rows: number): VirtualTerminal {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const written: string[] = [];
  const write = (chunk: Buffer | string, _encoding: string, done: () => void): void => {
    written.push(chunk.toString());
    // Both outputs reach the one screen in the order in which they were written, as with a real terminal.
    emulator.write(chunk.toString());
    done();
  };
  let raw = false;
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => (raw = on) });
  const stdout = Object.assign(new Writable({ write }), { isTTY: true, columns, rows });
  const stderr = Object.assign(new Writable({ write }), { isTTY: true, columns });
  const lines = (): string[] =>
    Array.from(
      { length: emulator.rows },
      (_, row) => emulator.buffer.active.getLine(emulator.buffer.active.viewportY + row)?.translateToString(true) ?? "",
    );
  const text = (): string => lines().join("\n");
  const clock = createClock();
  return {
    terminal: { stdin, stdout, stderr },
    lines,
    text,
    type: (data) => void stdin.write(data),
    resize: (newColumns, newRows) => {
      emulator.resize(newColumns, newRows);
      Object.assign(stdout, { columns: newColumns, rows: newRows });
      stdout.emit("resize");
    },
    fullScreen: () => emulator.buffer.active.type === "alternate",
    rawMode: () => raw,
    written: () => written.join(""),
    shows: async (wanted) => {
      const holds = (): boolean => (typeof wanted === "string" ? text().includes(wanted) : wanted(text()));
      for (const deadline = clock.monotonic() + 20_000; !holds();) {
        if (clock.monotonic() > deadline) throw new Error(`The screen never showed ${String(wanted)}; it shows:\n${text()}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

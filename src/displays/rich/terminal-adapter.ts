// The program's terminal as the renderer's library wants it: raw keys in whole sequences, size, and output.
import { StdinBuffer, type Terminal as PiTerminal } from "@earendil-works/pi-tui";
import type { Terminal } from "../../io/index.ts";

const PASTE_ON = "\u001B[?2004h";
const PASTE_OFF = "\u001B[?2004l";
const PASTE_BEGIN = "\u001B[200~";
const PASTE_END = "\u001B[201~";
/** Where the terminal does not tell its size. */
const DEFAULT_SIZE = { columns: 80, rows: 24 };

export function adaptTerminal({ stdin, stdout }: Terminal): PiTerminal {
  let stopInput: (() => void) | null = null;
  const write = (data: string): void => void stdout.write(data);
  return {
    start: (onInput, onResize) => {
      stopInput = listen({ stdin, stdout }, onInput, onResize);
      write(PASTE_ON);
    },
    stop: () => {
      if (stopInput === null) return;
      write(PASTE_OFF);
      stopInput();
      stopInput = null;
    },
    drainInput: async () => undefined,
    write,
    get columns() {
      return stdout.columns ?? DEFAULT_SIZE.columns;
    },
    get rows() {
      return stdout.rows ?? DEFAULT_SIZE.rows;
    },
    kittyProtocolActive: false,
    moveBy: (lines) => (lines === 0 ? undefined : write(lines > 0 ? `\u001B[${lines}B` : `\u001B[${-lines}A`)),
    hideCursor: () => write("\u001B[?25l"),
    showCursor: () => write("\u001B[?25h"),
    clearLine: () => write("\u001B[K"),
    clearFromCursor: () => write("\u001B[J"),
    clearScreen: () => write("\u001B[2J\u001B[H"),
    setTitle: () => undefined,
    setProgress: () => undefined,
  };
}

function listen({ stdin, stdout }: Pick<Terminal, "stdin" | "stdout">, onInput: (data: string) => void, onResize: () => void): () => void {
  const decoder = new TextDecoder();
  const buffer = new StdinBuffer({ timeout: 10 });
  buffer.on("data", onInput);
  buffer.on("paste", (content: string) => onInput(PASTE_BEGIN + content + PASTE_END));
  const onData = (chunk: Uint8Array | string): void =>
    buffer.process(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
  stdin.setRawMode?.(true);
  stdin.on("data", onData);
  stdin.resume();
  stdout.on("resize", onResize);
  return () => {
    stdout.off("resize", onResize);
    stdin.off("data", onData);
    stdin.setRawMode?.(false);
    stdin.pause();
    buffer.destroy();
  };
}

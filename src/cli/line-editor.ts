// Reads what a person types at the prompt: editing, history, completion of slash commands, several lines by a trailing backslash or a paste.
import { createInterface, type Interface } from "node:readline";
import type { Reading } from "../displays/index.ts";
import type { Terminal } from "../io/index.ts";
import { pasteJoiner, type Joiner, PASTE_OFF, PASTE_ON, restorePasted } from "./paste.ts";

const CONTINUATION = "... ";

export type LineEditor = {
  read(prompt: string): Promise<Reading>;
  /** Between two reads: lines that `take` does not want are left for the next read. */
  listen(take: (line: string) => boolean): { stop(): void };
  /** Ends a read that goes on, and gives the terminal back as it was; idempotent. */
  close(): void;
};

/** Between two reads the terminal is in its normal mode, so that Ctrl-C is a signal again. `history`: earlier lines, newest first. */
export function openLineEditor(
  terminal: Terminal,
  { words, history }: { words: readonly string[]; history: readonly string[] },
): LineEditor {
  const remembered = history.map(oneLine);
  const input = pasteJoiner(terminal.stdin);
  /** Lines that were sent while nobody read. */
  const ahead: string[] = [];
  let reading: Interface | null = null;
  const readLine = (prompt: string): Promise<Reading> => {
    const sent = ahead.shift();
    if (sent !== undefined) {
      terminal.stderr.write(`${prompt}${restorePasted(sent)}\n`);
      return Promise.resolve({ kind: "text", text: sent });
    }
    return input.readableEnded ? Promise.resolve({ kind: "end" }) : typeLine(prompt);
  };
  const typeLine = (prompt: string): Promise<Reading> =>
    new Promise((resolve) => {
      const output = terminal.stderr;
      const reader = createInterface({
        input,
        output,
        prompt,
        terminal: true,
        history: [...remembered],
        historySize: 500,
        completer: completeFrom(words),
      });
      reading = reader;
      output.write(PASTE_ON);
      input.attach();
      let result: Reading = { kind: "end" };
      reader.on("line", (text) => finish({ kind: "text", text }));
      reader.on("SIGINT", () => interrupt(reader, () => finish({ kind: "interrupted" })));
      reader.on("close", () => {
        reading = null;
        output.write(PASTE_OFF);
        input.detach();
        resolve(result);
      });
      const finish = (reading: Reading): void => {
        result = reading;
        reader.close();
      };
      reader.prompt();
    });
  return {
    read: async (prompt) => {
      const whole = await readWhole(readLine, prompt);
      if (whole.kind === "text" && whole.text.trim() !== "") remembered.unshift(oneLine(whole.text));
      return whole;
    },
    listen: (take) => listenTo(input, ahead, take),
    close: () => reading?.close(),
  };
}

/** A line to be taken as it stands: with an Escape in it, only the editor knows what was meant. */
const isWhole = (line: string): boolean => /^[^\u001B]*[\r\n]$/.test(line);
/** Keys that would have edited the line, had it been read. */
const withoutKeys = (line: string): string => line.replace(/[\u0000-\u0008\u000A-\u001F\u007F]/g, "");

/** Takes lines while nobody reads; those that are not wanted go to `ahead`, and what was begun goes back to the input. */
function listenTo(input: Joiner, ahead: string[], take: (line: string) => boolean): { stop(): void } {
  let begun = "";
  let stopped = false;
  const hear = (chunk: string): void => {
    const line = begun + chunk;
    begun = isWhole(line) ? "" : line;
    if (begun === "" && !take(withoutKeys(line).trim())) ahead.push(withoutKeys(line));
  };
  input.on("data", hear);
  input.attach();
  input.resume();
  return {
    stop() {
      if (stopped) return;
      stopped = true;
      input.off("data", hear);
      input.detach();
      input.pause();
      const rest = input.readableEnded ? [] : begun.split(/(?<=[\r\n])/).filter((piece) => piece !== "");
      for (const piece of rest.toReversed()) input.unshift(piece);
    },
  };
}

const oneLine = (text: string): string => text.replaceAll("\n", " ");

async function readWhole(readLine: (prompt: string) => Promise<Reading>, prompt: string): Promise<Reading> {
  const lines: string[] = [];
  for (;;) {
    const line = await readLine(lines.length === 0 ? prompt : CONTINUATION);
    if (line.kind === "end" && lines.length > 0) return { kind: "text", text: lines.join("\n") };
    if (line.kind !== "text") return line;
    const restored = restorePasted(line.text);
    if (!restored.endsWith("\\")) return { kind: "text", text: [...lines, restored].join("\n") };
    lines.push(restored.slice(0, -1));
  }
}

function interrupt(reader: Interface, leave: () => void): void {
  if (reader.line === "") return leave();
  reader.write(null, { ctrl: true, name: "e" });
  reader.write(null, { ctrl: true, name: "u" });
}

function completeFrom(words: readonly string[]) {
  return (line: string): [string[], string] => [line.startsWith("/") ? words.filter((word) => word.startsWith(line)) : [], line];
}

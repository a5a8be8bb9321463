// Reads what a person types at the prompt: editing, history, completion of slash commands, several lines by a trailing backslash or a paste.
import { createInterface, type Interface } from "node:readline";
import type { Reading } from "../displays/index.ts";
import type { Terminal } from "../io/index.ts";
import { pasteJoiner, PASTE_OFF, PASTE_ON, restorePasted } from "./paste.ts";

const CONTINUATION = "... ";

export type LineEditor = { read(prompt: string): Promise<Reading> };

/** Between two reads the terminal is in its normal mode, so that Ctrl-C is a signal again. */
export function openLineEditor(terminal: Terminal, completions: readonly string[]): LineEditor {
  const remembered: string[] = [];
  const input = pasteJoiner(terminal.stdin);
  const readLine = (prompt: string): Promise<Reading> =>
    new Promise((resolve) => {
      const output = terminal.stderr;
      const reader = createInterface({
        input,
        output,
        prompt,
        terminal: true,
        history: [...remembered],
        historySize: 500,
        completer: completeFrom(completions),
      });
      output.write(PASTE_ON);
      input.attach();
      let result: Reading = { kind: "end" };
      reader.on("line", (text) => finish({ kind: "text", text }));
      reader.on("SIGINT", () => interrupt(reader, () => finish({ kind: "interrupted" })));
      reader.on("close", () => {
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
      if (whole.kind === "text" && whole.text.trim() !== "") remembered.unshift(whole.text.replaceAll("\n", " "));
      return whole;
    },
  };
}

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

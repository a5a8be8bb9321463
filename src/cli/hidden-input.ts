// Reads one secret: from a person without showing it, or from a pipe.
import type { Io } from "../io/index.ts";
import { usageError } from "./arguments.ts";

const MAX_CHARACTERS = 64 * 1024;
const [INTERRUPT, END, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\b", "\u007f"];

/** Without the line end. Throws UsageError where nothing is given or the person interrupts. */
export async function readSecret(prompt: string, { terminal }: Pick<Io, "terminal">): Promise<string> {
  const { stdin, stderr } = terminal;
  const person = stdin.isTTY === true && stdin.setRawMode !== undefined;
  if (person) {
    stderr.write(prompt);
    stdin.setRawMode?.(true);
  }
  try {
    const value = await readAll(stdin, person);
    if (value === "") throw usageError("The secret is empty: give it on standard input");
    return value;
  } finally {
    if (person) {
      stdin.setRawMode?.(false);
      stderr.write("\n");
    }
  }
}

async function readAll(stdin: Io["terminal"]["stdin"], person: boolean): Promise<string> {
  // A character of several bytes may lie across two chunks.
  const decoder = new TextDecoder();
  let value = "";
  for await (const chunk of stdin) {
    for (const character of typeof chunk === "string" ? chunk : decoder.decode(chunk as Uint8Array, { stream: true })) {
      if (person && character === INTERRUPT) throw usageError("Nothing was stored");
      if (person && (character === "\r" || character === "\n" || character === END)) return value;
      if (person && (character === BACKSPACE || character === DELETE)) value = Array.from(value).slice(0, -1).join("");
      else value += character;
    }
    if (value.length > MAX_CHARACTERS) throw usageError(`A secret has at most ${MAX_CHARACTERS} characters`);
  }
  return value.replace(/\r?\n$/, "");
}

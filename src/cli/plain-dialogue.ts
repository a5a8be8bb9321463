// A conversation in the normal screen: a prompt, and displays that print below each other.
import { createDisplay, type Dialogue, type DisplayContext, type DisplayKind } from "../displays/index.ts";
import { openLineEditor } from "./line-editor.ts";

const INVITATION = "Ask a question; /help lists the commands, /quit or Ctrl-D ends. A line that ends in \\ goes on in the next.";

export function plainDialogue(kind: DisplayKind, context: DisplayContext, words: readonly string[]): Dialogue {
  const editor = openLineEditor(context.terminal, words);
  const say = (lines: readonly string[]): void => lines.forEach((line) => void context.terminal.stderr.write(`${line}\n`));
  say([INVITATION]);
  return { read: () => editor.read("> "), say, display: () => createDisplay(kind, context), close: () => undefined };
}

// A conversation in the normal screen: a prompt, and displays that print below each other.
import { createDisplay, type Dialogue, type DialogueOptions, type DisplayContext, type DisplayKind } from "../displays/index.ts";
import type { Display } from "../displays/contract.ts";
import { openLineEditor } from "./line-editor.ts";

const INVITATION = "Ask a question; /help lists the commands, /quit or Ctrl-D ends. A line that ends in \\ goes on in the next.";

export function plainDialogue(kind: DisplayKind, context: DisplayContext, { words, history, atOnce }: DialogueOptions): Dialogue {
  const editor = openLineEditor(context.terminal, { words, history });
  const say = (lines: readonly string[]): void => lines.forEach((line) => void context.terminal.stderr.write(`${line}\n`));
  say([INVITATION]);
  const display = async (): Promise<Display> => {
    const shown = await createDisplay(kind, context);
    let listening: { stop(): void } | null = null;
    return {
      show(item) {
        // Not before there is a run: what is meant for it would reach nobody.
        listening ??= editor.listen(atOnce);
        shown.show(item);
      },
      finish(result) {
        listening?.stop();
        return shown.finish(result);
      },
      dispose() {
        listening?.stop();
        shown.dispose();
      },
    };
  };
  return { read: () => editor.read("> "), say, display, close: () => editor.close() };
}

// A conversation inside the full screen: one screen for all its questions, with a line to type the next one.
import type { DisplayContext } from "../context.ts";
import type { Display } from "../contract.ts";
import type { Dialogue, DialogueOptions, Reading } from "../dialogue.ts";
import { runSpan } from "../run-span.ts";
import { printResult } from "../terminal.ts";
import type { RunResult } from "../../runtime/result.ts";
import { emptyInput } from "../view/input-line.ts";
import { piRenderer } from "./pi-renderer.ts";
import type { MakeRenderer } from "./renderer.ts";
import { richScreen, type RichScreen } from "./rich-screen.ts";

type RichDialogueOptions = DialogueOptions & { readonly makeRenderer?: MakeRenderer };

export function richDialogue(context: DisplayContext, options: RichDialogueOptions): Dialogue {
  const { words, history, atOnce, makeRenderer = piRenderer(context.terminal) } = options;
  const ahead: string[] = [];
  let answer: ((reading: Reading) => void) | null = null;
  let last: { readonly result: RunResult; readonly elapsedMs: number | null } | null = null;
  let broken: unknown = null;
  let leaving = false;
  const reply = (reading: Reading): boolean => {
    const waiting = answer;
    answer = null;
    waiting?.(reading);
    return waiting !== null;
  };
  const screen: RichScreen = richScreen({
    ...context,
    makeRenderer,
    words,
    interrupt: () => void (reply({ kind: "interrupted" }) || context.interrupt()),
    onFailure: (error) => {
      broken = error;
      reply({ kind: "end" });
    },
  });
  const notice = (text: string): void => screen.change((ui) => ({ ...ui, notice: text }));
  screen.onWish((wish) => {
    // Leaving may be wished while nobody reads: then it holds for the next reading.
    if (wish.kind !== "ask") return void (leaving = !reply({ kind: "end" }));
    if (reply({ kind: "text", text: wish.text })) return;
    if (atOnce(wish.text)) return notice("done");
    ahead.push(wish.text);
    notice("comes next, when this question is answered");
  });
  context.leave.addEventListener("abort", () => reply({ kind: "interrupted" }), { once: true });
  screen.change((ui) => ({ ...ui, input: emptyInput(history), typing: true }));

  const close = (): void => {
    screen.close();
    if (broken !== null)
      context.terminal.stderr.write(`The full-screen display failed: ${broken instanceof Error ? broken.message : String(broken)}\n`);
    broken = null;
    // The full screen leaves nothing behind: the newest result is told once more where it stays.
    if (last !== null) printResult(last.result, context, last.elapsedMs);
    last = null;
  };
  return {
    read: () =>
      new Promise((resolve) => {
        if (broken !== null || leaving || context.leave.aborted) return resolve({ kind: "end" });
        const text = ahead.shift();
        if (text !== undefined) return resolve({ kind: "text", text });
        answer = resolve;
        screen.change((ui) => ({ ...ui, input: ui.input ?? emptyInput(), typing: true }));
      }),
    say: (lines) => screen.change((ui) => ({ ...ui, panel: "notes", notes: lines })),
    display: async () => runDisplay(screen, (result, elapsedMs) => (last = { result, elapsedMs })),
    close,
  };
}

/** One run on the common screen: it ends without giving the terminal back. */
function runDisplay(screen: RichScreen, ended: (result: RunResult, elapsedMs: number | null) => void): Display {
  const span = runSpan();
  screen.begin();
  return {
    show: (item) => {
      span.note(item);
      screen.show(item);
    },
    finish: async (result) => {
      ended(result, span.elapsedMs());
      screen.end(result);
    },
    dispose: () => undefined,
  };
}

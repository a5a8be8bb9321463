// `rich_terminal` for one question: full screen while the run goes on and until the person leaves; then the result in the normal screen.
import type { DisplayContext } from "../context.ts";
import type { Display } from "../contract.ts";
import { runSpan } from "../run-span.ts";
import { simpleDisplay } from "../simple.ts";
import { printResult } from "../terminal.ts";
import { piRenderer } from "./pi-renderer.ts";
import { richScreen } from "./rich-screen.ts";
import type { MakeRenderer } from "./renderer.ts";

export function richDisplay(context: DisplayContext, makeRenderer: MakeRenderer = piRenderer(context.terminal)): Display {
  const left = Promise.withResolvers<void>();
  let fallback: Display | null = null;
  const screen = richScreen({
    ...context,
    makeRenderer,
    words: [],
    onFailure: (error) => {
      fallback = simpleDisplay(context);
      context.terminal.stderr.write(
        `The full-screen display failed (${error instanceof Error ? error.message : String(error)}); going on with plain lines.\n`,
      );
      left.resolve();
    },
  });
  const span = runSpan();
  let leaving = false;
  screen.onWish((wish) => {
    if (wish.kind === "stop-and-leave") leaving = true;
    else left.resolve();
  });
  context.leave.addEventListener("abort", () => left.resolve(), { once: true });
  screen.begin();
  return {
    show: (item) => {
      span.note(item);
      (fallback ?? screen).show(item);
    },
    finish: async (result) => {
      if (fallback !== null) return fallback.finish(result);
      screen.end(result);
      if (!leaving && !context.leave.aborted) await left.promise;
      screen.close();
      // The full screen leaves nothing behind: the result is told once more where it stays.
      printResult(result, context, span.elapsedMs());
    },
    dispose: () => {
      screen.close();
      fallback?.dispose();
    },
  };
}

// One question from asking to the printed result, with the person's keys and signals tied to the run that is going on.
import type { HistoryMessage } from "../core/index.ts";
import type { DisplayContext } from "../displays/index.ts";
import type { Display } from "../displays/contract.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";
import { SteeringLater } from "../session/index.ts";
import type { CommandContext } from "./command.ts";
import type { OpenedSession } from "./services.ts";
import { watchStopping, type Stopper } from "./stopping.ts";

/** A question, or the folder of a run that goes on. */
export type Work =
  | { readonly kind: "question"; readonly question: string; readonly history: readonly HistoryMessage[] }
  | { readonly kind: "resume"; readonly folder: string };

export type Question = Work & {
  readonly display: Display;
  readonly alsoTell?: (item: LiveItem) => void;
  /** Before the display shows the result and waits for the person. */
  readonly onResult?: (result: RunResult) => Promise<void>;
};

export type Asking = {
  /** Does one piece of work and shows it. Rejects only for bugs and a log that cannot be written. */
  ask(question: Question): Promise<RunResult>;
  /** Something that must be undone before the process ends at once: the terminal of a conversation. */
  atEnd(undo: () => void): void;
  /** What displays of this session are made with. */
  readonly displayContext: DisplayContext;
  readonly stopper: Stopper;
  close(): void;
};

/**
 * While it is open, a stop without a run going on closes the session and ends the program.
 * A run that is interrupted leaves a conversation going on; a single question is over with it.
 */
export function asking(session: OpenedSession, context: CommandContext, kind: "question" | "conversation"): Asking {
  const { io, process } = context;
  const steering = new SteeringLater("drop");
  const leave = new AbortController();
  let display: Display | null = null;
  const undos: (() => void)[] = [];
  const undo = (): void => undos.splice(0).forEach((step) => step());
  const exit = (): void => {
    undo();
    process.exitNow(130);
  };
  const stopper = watchStopping(
    {
      first: (reason) => {
        steering.cancel();
        if (kind === "question" || display === null || reason !== "interrupt") leave.abort();
        if (display === null) session.close().then(exit, exit);
      },
      atOnce: () => {
        display?.dispose();
        undo();
      },
    },
    process,
    io.clock,
  );
  const ask: Asking["ask"] = async (work) => {
    const { display: shown, alsoTell, onResult } = work;
    display = shown;
    try {
      const follow = (item: LiveItem): void => {
        alsoTell?.(item);
        shown.show(item);
      };
      const asked = work.kind === "resume" ? session.resume(work.folder, follow) : session.ask(work.question, work.history, follow);
      steering.attach(asked.steering);
      const result = await asked.result;
      steering.attach(null);
      const [kept] = await Promise.allSettled([onResult?.(result)]);
      await shown.finish(result);
      // Told after the answer: what could not be written must not cost the person what they paid for.
      if (kept.status === "rejected") throw kept.reason;
      return result;
    } finally {
      steering.attach(null);
      shown.dispose();
      display = null;
    }
  };
  const answering = process.onAnswerNow(() => steering.answerNow());
  const displayContext = { terminal: io.terminal, clock: io.clock, env: io.env, steering, interrupt: stopper.press, leave: leave.signal };
  const close = (): void => {
    stopper.stop();
    answering.stop();
  };
  return { ask, atEnd: (step) => void undos.push(step), displayContext, stopper, close };
}

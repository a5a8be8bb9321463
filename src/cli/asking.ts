// One question from asking to the printed result, with the person's keys and signals tied to the run that is going on.
import type { HistoryMessage } from "../core/index.ts";
import { createDisplay, type DisplayKind } from "../displays/index.ts";
import type { Display } from "../displays/contract.ts";
import type { LiveItem } from "../log/contract.ts";
import type { RunResult } from "../runtime/result.ts";
import type { CommandContext } from "./command.ts";
import { lateSteering } from "./late-steering.ts";
import type { OpenedSession } from "./services.ts";
import { watchStopping, type Stopper } from "./stopping.ts";

export type Asking = {
  /** Runs one question and shows it. Rejects only for bugs and a log that cannot be written. */
  ask(question: string, history: readonly HistoryMessage[], alsoTell?: (item: LiveItem) => void): Promise<RunResult>;
  readonly stopper: Stopper;
  close(): void;
};

/** While it is open, a stop without a run going on closes the session and ends the program. */
export function asking(session: OpenedSession, kind: DisplayKind, context: CommandContext): Asking {
  const { io, process } = context;
  const steering = lateSteering();
  let display: Display | null = null;
  const leave = (): void => {
    const exit = (): void => process.exitNow(130);
    session.close().then(exit, exit);
  };
  const stopper = watchStopping(
    { first: () => (display === null ? leave() : steering.cancel()), atOnce: () => display?.dispose() },
    process,
    io.clock,
  );
  const ask: Asking["ask"] = async (question, history, alsoTell) => {
    const leaving = (): boolean => stopper.reason !== null;
    const shown = await createDisplay(kind, {
      terminal: io.terminal,
      clock: io.clock,
      env: io.env,
      steering,
      interrupt: stopper.press,
      leaving,
    });
    display = shown;
    try {
      const asked = session.ask(question, history, (item) => {
        alsoTell?.(item);
        shown.show(item);
      });
      steering.attach(asked.steering);
      const result = await asked.result;
      steering.attach(null);
      await shown.finish(result);
      return result;
    } finally {
      steering.attach(null);
      shown.dispose();
      display = null;
    }
  };
  return { ask, stopper, close: () => stopper.stop() };
}

// The world of a replay: its clock shows the time of the run, its steering ends the replay, and nothing reaches a model.
import type { Entry } from "../core/index.ts";
import type { DisplayContext } from "../displays/index.ts";
import type { CommandContext } from "./command.ts";
import { watchStopping } from "./stopping.ts";

export type ReplayContext = {
  readonly displayContext: DisplayContext;
  /** Aborts when the person has seen enough. */
  readonly enough: AbortSignal;
  /** The moment of the run that is shown now, in milliseconds since the epoch. */
  moveTo(at: number): void;
  onEnd(undo: () => void): void;
  close(): void;
};

export function replayContext({ io, process }: CommandContext, entries: readonly Entry[]): ReplayContext {
  const enough = new AbortController();
  const undos: (() => void)[] = [];
  let shown = entries[0]?.at ?? 0;
  const stop = (): void => enough.abort(new Error("the replay was ended"));
  const stopper = watchStopping({ first: stop, atOnce: () => undos.splice(0).forEach((undo) => undo()) }, process, io.clock);
  const nothing = (): void => undefined;
  const steering = { cancel: stop, answerNow: nothing, pause: nothing, resume: nothing, permission: nothing, form: nothing };
  return {
    displayContext: {
      terminal: io.terminal,
      env: io.env,
      clock: { ...io.clock, now: () => shown },
      steering,
      interrupt: stopper.press,
      leave: enough.signal,
    },
    enough: enough.signal,
    moveTo: (at) => void (shown = at),
    onEnd: (undo) => void undos.push(undo),
    close: () => stopper.stop(),
  };
}

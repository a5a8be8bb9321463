// `massgen replay RUN`: a stored run once more through a display, at its own pace or faster, without any model.
import type { Entry } from "../../core/index.ts";
import { chooseDisplay, createDisplay } from "../../displays/index.ts";
import type { Display } from "../../displays/contract.ts";
import type { Clock } from "../../io/index.ts";
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import type { OptionTable } from "../option-table.ts";
import { replayContext, type ReplayContext } from "../replay-context.ts";
import { RUN_OPTIONS } from "./run-options.ts";

/** Longer pauses of the run (a slow model, a night between two parts) are shortened to this, in milliseconds. */
const LONGEST_PAUSE_MS = 3000;

const OPTIONS = {
  display: RUN_OPTIONS.display,
  speed: {
    kind: "number",
    min: 0,
    max: 1000,
    whole: false,
    placeholder: "N",
    group: "Replay",
    help: "times faster than it was; 0 = at once (default 1)",
  },
} as const satisfies OptionTable;

export const replayCommand = defineCommand({
  usage: ["replay RUN [--speed N] [--display KIND]"],
  details: "RUN is an id from `massgen runs`, the run's folder, or `last`. No model is called and nothing is spent.",
  options: OPTIONS,
  examples: ["massgen replay last --speed 4"],
  run: async ({ options, positionals: [name, extra] }, context) => {
    const { io } = context;
    if (name === undefined || extra !== undefined) throw usageError("Name one run; `massgen runs` lists them");
    const { findRun } = await import("../stored-runs.ts");
    const run = await findRun(name, io);
    const replay = replayContext(context, run.entries);
    const kind = chooseDisplay({ flag: options.display, configured: null, quiet: false }, io.terminal, io.env);
    const display = await createDisplay(kind, replay.displayContext);
    replay.onEnd(() => display.dispose());
    try {
      await play(run.entries, { display, replay, clock: io.clock, speed: options.speed ?? 1 });
      await display.finish(run.result);
      return 0;
    } finally {
      display.dispose();
      replay.close();
    }
  },
});

type Playing = { readonly display: Display; readonly replay: ReplayContext; readonly clock: Clock; readonly speed: number };

async function play(entries: readonly Entry[], { display, replay, clock, speed }: Playing): Promise<void> {
  let last = entries[0]?.at ?? 0;
  for (const entry of entries) {
    const pause = Math.min(LONGEST_PAUSE_MS, Math.max(0, entry.at - last));
    last = entry.at;
    // Once the person has seen enough the rest is shown at once: the result needs it.
    if (speed > 0 && pause > 0 && !replay.enough.aborted) await clock.sleep(pause / speed, replay.enough).catch(() => undefined);
    replay.moveTo(entry.at);
    display.show({ kind: "entry", entry });
  }
}

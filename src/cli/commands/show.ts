// `massgen show RUN`: the result of a stored run, or everything that happened in it.
import { createDisplay, printResult } from "../../displays/index.ts";
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import type { OptionTable } from "../option-table.ts";
import { replayContext } from "../replay-context.ts";

const OPTIONS = {
  json: { kind: "flag", group: "Output", help: "the result as JSON" },
  log: { kind: "flag", group: "Output", help: "everything that happened, as plain lines" },
} as const satisfies OptionTable;

export const showCommand = defineCommand({
  usage: ["show RUN [--json | --log]"],
  details: "RUN is an id from `massgen runs`, the beginning or end of one, the run's folder, or `last`.",
  options: OPTIONS,
  examples: ["massgen show last", "massgen show 20260102030405-0123abcd --log"],
  run: async ({ options, positionals: [name, extra] }, context) => {
    const { io } = context;
    if (name === undefined || extra !== undefined) throw usageError("Name one run; `massgen runs` lists them");
    if (options.json && options.log) throw usageError("--json and --log exclude each other");
    const { findRun } = await import("../stored-runs.ts");
    const run = await findRun(name, io);
    if (options.json) io.terminal.stdout.write(`${JSON.stringify(run.result, null, 2)}\n`);
    else if (options.log) {
      const replay = replayContext(context, run.entries);
      const display = await createDisplay("simple", replay.displayContext);
      for (const entry of run.entries) display.show({ kind: "entry", entry });
      await display.finish(run.result);
      replay.close();
    } else {
      const { detailLines } = await import("../run-details.ts");
      for (const line of detailLines(run)) io.terminal.stderr.write(`${line}\n`);
      await printResult(run.result, io, (run.entries.at(-1)?.at ?? 0) - (run.entries[0]?.at ?? 0));
    }
    return 0;
  },
});

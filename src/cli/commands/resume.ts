// `massgen resume [RUN]`: a run that was cut off, stopped or out of time or budget goes on where it stopped.
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { withDotEnv } from "../environment.ts";
import type { OptionTable } from "../option-table.ts";
import { checkOutputFile } from "../output-file.ts";
import { checkDisplay, warningLine, withSession, workOnce } from "../work.ts";
import { BUDGET_OPTIONS, RUN_OPTIONS } from "./run-options.ts";

const { config, display, output, quiet, strict, locked, policy, yes, debug } = RUN_OPTIONS;
const OPTIONS = {
  config: { ...config, help: "configuration file; default: the one the run was started with" },
  display,
  "no-display": RUN_OPTIONS["no-display"],
  output,
  quiet,
  "orchestrator-timeout": { ...RUN_OPTIONS["orchestrator-timeout"], help: "for a run whose time was over: how long it may go on" },
  ...BUDGET_OPTIONS,
  strict,
  locked,
  policy,
  yes,
  debug,
} as const satisfies OptionTable;

export const resumeCommand = defineCommand({
  usage: ["resume [RUN] [OPTIONS]"],
  details:
    "RUN is an id from `massgen runs`, the beginning or end of one, the run's folder, or `last` (the default). Nothing that was finished is paid for again, and no tool call that may have had an effect is repeated. A run that nobody could answer asks those agents again whose trouble may have passed: a wrong key, a limit, the network. Any other run that has ended gives its result again; one that was out of budget needs a larger one.",
  options: OPTIONS,
  examples: ["massgen resume", "massgen resume last --max-cost 2"],
  run: async ({ options, positionals: [name = "last", extra] }, outside) => {
    if (extra !== undefined) throw usageError("Name one run; `massgen runs` lists them");
    checkDisplay({ ...options, "no-logs": false });
    if (options.output !== null) await checkOutputFile({ path: options.output }, outside.io);
    const { io, warnings } = await withDotEnv(outside.io);
    const context = { ...outside, io };
    const { findRun } = await import("../stored-runs.ts");
    const { path } = await findRun(name, io);
    const { KEYS_TEAM, sourceOfRun } = await import("../../session/index.ts");
    const source = options.config === null ? await sourceOfRun(path, io) : { ...KEYS_TEAM, file: options.config };
    const work = { ...options, "no-logs": false };
    return withSession({ options: work, source, warnings: warnings.map(warningLine) }, context, (opened) =>
      workOnce({ kind: "resume", folder: path }, opened, { options: work, context }),
    );
  },
});

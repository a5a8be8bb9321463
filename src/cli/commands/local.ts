// `massgen local setup`: brings the runtime and a model for agents that need no key.
import { quoted, unknownAction, usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import type { OptionTable } from "../option-table.ts";
import { RUN_OPTIONS } from "./run-options.ts";

const OPTIONS = { yes: { ...RUN_OPTIONS.yes, group: "Setup", help: "download without asking" } } as const satisfies OptionTable;

export const localCommand = defineCommand({
  usage: ["local setup [--yes]"],
  details:
    "Installs the local runtime and a model into the cache folder. Sizes are told, and asked for on a terminal, before anything is downloaded.",
  options: OPTIONS,
  examples: ["massgen local setup"],
  run: async ({ options, positionals: [action = "", extra] }, { io, process }) => {
    if (action !== "setup") throw unknownAction("local", action, ["setup"]);
    if (extra !== undefined) throw usageError(`local setup takes no argument, and ${quoted(extra)} is one`);
    const { localModels } = await import("../../backends/index.ts");
    const { localSetup, terminalReport } = await localModels();
    const stop = new AbortController();
    const listening = process.onStop(() => (stop.signal.aborted ? process.exitNow(130) : stop.abort()));
    try {
      await localSetup({ io, yes: options.yes, report: terminalReport(io), signal: stop.signal });
      return 0;
    } catch (error) {
      if (stop.signal.aborted) return 130;
      throw error;
    } finally {
      listening.stop();
    }
  },
});

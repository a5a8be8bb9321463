// `massgen runs`: what was run in this folder.
import { cost, shorten } from "../../displays/index.ts";
import { neutraliseLine } from "../../security/index.ts";
import { defineCommand } from "../command.ts";
import type { OptionTable } from "../option-table.ts";
import { usageError } from "../arguments.ts";
import type { StoredRun } from "../stored-runs.ts";

const count = { kind: "number", min: 0, max: 1_000_000, group: "Prune" } as const;
const OPTIONS = {
  json: { kind: "flag", group: "Output", help: "one JSON object per run" },
  keep: { ...count, whole: true, placeholder: "N", help: "with `prune`: delete all but the newest N conversations" },
  "older-than": {
    ...count,
    whole: false,
    placeholder: "DAYS",
    help: "with `prune`: delete conversations without a sign of life for so long",
  },
  "dry-run": { kind: "flag", group: "Prune", help: "with `prune`: only say what would be deleted" },
} as const satisfies OptionTable;

export const runsCommand = defineCommand({
  usage: ["runs [--json]", "runs prune --keep N | --older-than DAYS [--dry-run]"],
  details:
    "Lists the runs stored under massgen_logs in this folder, oldest first. `prune` deletes old ones, with the files of their answers in `snapshot_storage`; folders that hold anything else, and runs that go on, stay.",
  options: OPTIONS,
  examples: ["massgen runs", "massgen runs prune --keep 50"],
  run: async ({ options, positionals }, { io }) => {
    if (positionals.length === 1 && positionals[0] === "prune") return (await import("./prune.ts")).prune(options, io);
    if (positionals.length > 0) throw usageError("runs takes no argument but `prune`");
    if (options.keep !== null || options["older-than"] !== null || options["dry-run"])
      throw usageError("--keep, --older-than and --dry-run belong to `runs prune`");
    const { readRuns, runFolders } = await import("../stored-runs.ts");
    const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
    const folders = await runFolders(io);
    if (folders.length === 0 && !options.json) io.terminal.stderr.write("There are no runs in this folder.\n");
    const unreadable = (folder: string, reason: string): void => void io.terminal.stderr.write(`${folder}: ${reason}\n`);
    for await (const run of readRuns(folders, io, unreadable)) say(options.json ? JSON.stringify(rowOf(run)) : lineOf(run));
    return 0;
  },
});

const questionOf = ({ entries }: StoredRun): string => entries.find((entry) => entry.type === "run-start")?.question ?? "";
const stateOf = ({ ended, result }: StoredRun): string => (!ended ? "unfinished" : result.answer === null ? "no answer" : "answered");

const rowOf = (run: StoredRun) => ({
  runId: run.result.runId,
  path: run.path,
  startedAt: new Date(run.entries[0]?.at ?? 0).toISOString(),
  state: stateOf(run),
  question: questionOf(run),
  winner: run.result.winner?.id ?? null,
  cost: run.result.cost,
});

function lineOf(run: StoredRun): string {
  const winner = run.result.winner === null ? "" : ` by ${neutraliseLine(run.result.winner.id)}`;
  return `${run.result.runId}  ${`${stateOf(run)}${winner}`.padEnd(20)}  ${cost(run.result.cost, run.result.unpricedSteps).padEnd(13)}  ${shorten(neutraliseLine(questionOf(run)), 60)}`;
}

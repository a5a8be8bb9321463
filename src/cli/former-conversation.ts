// The last conversation of a folder: its team, its place on the disk, and what was said in it.
import { dirname } from "node:path";
import { runId, type HistoryMessage, type RunId } from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { sourceOfRun } from "../session/index.ts";
import type { TeamSource } from "./services.ts";
import { readRun, runFolders } from "./stored-runs.ts";

export type FormerConversation = {
  readonly source: TeamSource;
  readonly place: { readonly first: RunId; readonly questions: number };
  readonly history: readonly HistoryMessage[];
};

/** Throws `E_RUN_NOT_FOUND` where there is none. */
export async function lastConversation(io: Io): Promise<FormerConversation> {
  const folders = await runFolders(io);
  const last = folders.at(-1);
  if (last === undefined) throw new MassgenError("E_RUN_NOT_FOUND", "There is no conversation in this folder to go on with.");
  const mine = folders.filter((folder) => dirname(folder) === dirname(last));
  const [first, run] = await Promise.all([readRun(mine[0] ?? last, io), readRun(last, io)]);
  const start = run.entries.find((entry) => entry.type === "run-start");
  const { answer } = run.result;
  const exchange: readonly HistoryMessage[] =
    start === undefined || answer === null
      ? []
      : [
          { role: "user", text: start.question },
          { role: "assistant", text: answer },
        ];
  return {
    source: await sourceOfRun(last, io),
    place: { first: runId(first.result.runId), questions: Number(last.slice(last.lastIndexOf("_") + 1)) },
    history: [...(start?.history ?? []), ...exchange],
  };
}

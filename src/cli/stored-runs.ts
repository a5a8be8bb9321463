// Finds the runs that were stored in the working folder, and reads one back.
import { join, resolve } from "node:path";
import { evolve, initialState, type Entry, type RunOutcome, type State } from "../core/index.ts";
import { plural } from "../displays/index.ts";
import { MassgenError } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";
import { EVENTS_FILE, LOGS_FOLDER, readLog } from "../log/index.ts";
import { buildResult, Ledger } from "../runtime/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { quoted } from "./arguments.ts";

export type StoredRun = {
  readonly path: string;
  readonly entries: readonly Entry[];
  /** False while it goes on, or where it was cut off: it can be resumed. */
  readonly ended: boolean;
  readonly result: RunResult;
};

const UNFINISHED: RunOutcome = {
  outcome: "interrupted",
  answer: null,
  source: null,
  winner: null,
  cause: null,
  degraded: ["the run has not ended"],
};

/** The folders of all runs, oldest first. */
export async function runFolders(io: Io): Promise<readonly string[]> {
  const base = join(io.cwd, LOGS_FOLDER);
  if (!(await io.files.exists(base))) return [];
  const folders: string[] = [];
  for (const conversation of (await io.files.list(base)).filter((name) => name.startsWith("log_"))) {
    const questions = (await namesIn(join(base, conversation), io)).filter((name) => /^question_\d+$/.test(name));
    const inOrder = questions.toSorted((a, b) => Number(a.slice(9)) - Number(b.slice(9)));
    for (const question of inOrder) folders.push(join(base, conversation, question));
  }
  return folders;
}

/** None where it is no folder. */
async function namesIn(path: string, { files }: Pick<Io, "files">): Promise<readonly string[]> {
  try {
    return await files.list(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** The runs of these folders, one after the other. A log that cannot be read must not hide the others: `unreadable` hears of it. */
export async function* readRuns(
  folders: readonly string[],
  io: Io,
  unreadable: (folder: string, reason: string) => void,
): AsyncGenerator<StoredRun> {
  for (const folder of folders) {
    let run: StoredRun;
    try {
      run = await readRun(folder, io);
    } catch (error) {
      if (!(error instanceof MassgenError) && systemErrorCode(error) === null) throw error;
      unreadable(folder, (error as Error).message);
      continue;
    }
    yield run;
  }
}

/**
 * The run that `name` means: its folder, its id, the beginning of one, or `last`.
 * @throws MassgenError E_RUN_NOT_FOUND, E_LOG_VERSION
 */
export async function findRun(name: string, io: Io): Promise<StoredRun> {
  const asPath = resolve(io.cwd, name);
  if (await io.files.exists(join(asPath, EVENTS_FILE))) return readRun(asPath, io);
  const folders = await runFolders(io);
  if (name === "last" && folders.length > 0) return readRun(folders.at(-1) ?? "", io);
  const found: StoredRun[] = [];
  let unread = 0;
  for await (const run of readRuns(folders, io, () => void (unread += 1))) {
    if (run.result.runId === name) return run;
    if (name.length >= 4 && (run.result.runId.startsWith(name) || run.result.runId.endsWith(name))) found.push(run);
  }
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  if (second !== undefined) throw new MassgenError("E_RUN_NOT_FOUND", `Several runs are meant by ${quoted(name)}.`);
  const remark = unread === 0 ? "" : ` (${plural(unread, "log")} of this folder cannot be read)`;
  throw new MassgenError("E_RUN_NOT_FOUND", `There is no run ${quoted(name)} here${remark}.`);
}

/** Reads the valid part of a run's log and makes its result. */
export async function readRun(path: string, io: Io): Promise<StoredRun> {
  const { entries } = await readLog(path, io);
  const [first] = entries;
  if (first === undefined) throw new MassgenError("E_RUN_NOT_FOUND", `The log in ${path} is empty.`);
  const ledger = new Ledger();
  let state: State = initialState;
  let outcome: RunOutcome | null = null;
  for (const entry of entries) {
    state = evolve(state, entry);
    ledger.add(entry);
    if (entry.type === "run-end") outcome = entry.result;
  }
  const result = buildResult({ run: first.run, path, outcome: outcome ?? UNFINISHED, state, ledger, strict: false });
  return { path, entries, ended: outcome !== null, result };
}

// A log as a file of lines in the run's folder, held by one process at a time.
import { join } from "node:path";
import type { Entry, RunId } from "../core/index.ts";
import { MassgenError } from "../errors/index.ts";
import { systemErrorCode, type AppendFile, type Io } from "../io/index.ts";
import type { RunLog } from "./contract.ts";
import { lockRun, type RunLock } from "./lock.ts";
import { EVENTS_FILE, readLog, type LogProblem, type ReadLog } from "./read-log.ts";
import { createRunLog, LOG_START, type LogPosition } from "./run-log.ts";

type LogIo = Pick<Io, "clock" | "files" | "processes" | "randomHex">;
export type FileLogOptions = { readonly run: RunId; readonly folder: string; readonly io: LogIo; readonly secrets: readonly string[] };
export type ReopenedLog = {
  readonly log: RunLog;
  readonly run: RunId;
  /** What other processes have written. */
  readonly entries: readonly Entry[];
  /** What was cut off at the end of the file, as a crash leaves it. */
  readonly problem: LogProblem | null;
};

/** Makes the folder and a new log in it. Throws `E_RUN_LOG` where that fails or a log is there already, `E_RUN_LOCKED` where the folder is held. */
export async function openFileLog({ run, folder, io, secrets }: FileLogOptions): Promise<RunLog> {
  await inLogTerms(folder, io.files.makeFolder(folder));
  const lock = await lockRun(folder, io);
  return withLock(lock, async () => {
    const file = await inLogTerms(folder, io.files.openAppend(join(folder, EVENTS_FILE), "new"));
    return logOn(file, { run, folder, io, secrets, lock, from: LOG_START });
  });
}

/**
 * Takes a log up again: cuts off a torn or doubled end and goes on behind it.
 * Throws `E_LOG_CORRUPT` where lines in the middle are damaged (a copy can be resumed after cutting it there), `E_RUN_LOCKED`,
 * `E_LOG_VERSION`, `E_RUN_NOT_FOUND` as named there.
 */
export async function reopenFileLog({ folder, io, secrets }: Omit<FileLogOptions, "run">): Promise<ReopenedLog> {
  await readLog(folder, io);
  const lock = await lockRun(folder, io);
  return withLock(lock, async () => {
    const found = await readLog(folder, io);
    const last = found.entries.at(-1);
    refuseDamaged(folder, found);
    if (last === undefined) throw new MassgenError("E_RUN_NOT_FOUND", `The run log in ${folder} holds no entry.`);
    const file = await cutAndOpen(folder, io, found);
    const from = { seq: last.seq, activeMs: last.activeMs, sum: found.sum };
    return {
      log: logOn(file, { run: last.run, folder, io, secrets, lock, from }),
      run: last.run,
      entries: found.entries,
      problem: found.problem,
    };
  });
}

function refuseDamaged(folder: string, { problem, entries }: ReadLog): void {
  if (problem === null || problem.kind === "torn" || problem.kind === "doubled") return;
  throw new MassgenError(
    "E_LOG_CORRUPT",
    `The run log in ${folder} is damaged (${problem.message}); ${entries.length} entries before it are readable.`,
  );
}

async function cutAndOpen(folder: string, io: LogIo, found: ReadLog): Promise<AppendFile> {
  const path = join(folder, EVENTS_FILE);
  if (found.problem !== null) await inLogTerms(folder, io.files.truncate(path, found.validBytes));
  const file = await inLogTerms(folder, io.files.openAppend(path, "if-missing"));
  if (!found.endsWithLineFeed) await inLogTerms(folder, file.write("\n"));
  return file;
}

type Held = FileLogOptions & { readonly lock: RunLock; readonly from: LogPosition };

function logOn(file: AppendFile, { run, folder, io, secrets, lock, from }: Held): RunLog {
  return createRunLog({
    run,
    clock: io.clock,
    secrets,
    from,
    sink: {
      lines: { write: (lines) => file.write(lines), sync: () => file.sync() },
      remember: () => {},
      entries: () => stored(folder, io),
      path: folder,
      async close() {
        try {
          await file.sync();
        } finally {
          await file.close();
          await lock.release();
        }
      },
    },
  });
}

async function* stored(folder: string, io: LogIo): AsyncIterable<Entry> {
  yield* (await readLog(folder, io)).entries;
}

async function withLock<T>(lock: RunLock, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    // What went wrong first says more; a lock that stays behind is stale once this process has ended.
    await lock.release().catch(() => undefined);
    throw error;
  }
}

async function inLogTerms<T>(folder: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    const reason =
      systemErrorCode(error) === "EEXIST" ? "a run's log is there already" : error instanceof Error ? error.message : String(error);
    throw new MassgenError("E_RUN_LOG", `The run's log cannot be opened in ${folder}: ${reason}`, {
      cause: error,
      next: "Check the path, its rights and the free space; `--no-logs` writes none.",
    });
  }
}

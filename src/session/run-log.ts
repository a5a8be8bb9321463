// Opens the log of one question: files in the conversation's folder, or memory where nothing is to be written.
import type { Entry, Json, RunId } from "../core/index.ts";
import { VERSION, type Io } from "../io/index.ts";
import {
  conversationFolder,
  createMemoryLog,
  followWithAgentFiles,
  newRunId,
  openFileLog,
  questionFolder,
  reopenFileLog,
  type AgentFiles,
  type LogProblem,
  type RunLog,
} from "../log/index.ts";
import { writeRunRecord } from "./run-record.ts";

/** `root` is the folder in which `massgen_logs` is made; null = nothing is written. */
export type Logging = { readonly io: Io; readonly root: string | null; readonly secrets: readonly string[]; readonly origin: Json };
export type QuestionLog = {
  readonly run: RunId;
  readonly log: RunLog;
  readonly files: AgentFiles | null;
  /** The entries of a run that is taken up again; empty for a new one. */
  readonly before: readonly Entry[];
  /** What was cut off at the end of its file. */
  readonly problem: LogProblem | null;
};

/** The conversation's folder is named after its first run; question `n` counts from 1. Throws as `openFileLog` does, or the system's error. */
export async function openQuestionLog(
  logging: Logging,
  run: RunId,
  place: { readonly first: RunId; readonly n: number },
): Promise<QuestionLog> {
  const { io, root, secrets, origin } = logging;
  if (root === null) return { run, log: createMemoryLog({ run, io, secrets }), files: null, before: [], problem: null };
  const folder = questionFolder(conversationFolder(root, place.first), place.n);
  const log = await openFileLog({ run, folder, io, secrets });
  try {
    await writeRunRecord(folder, { v: 1, program: `massgen ${VERSION}`, cwd: io.cwd, origin }, { io, secrets });
  } catch (error) {
    await log.close().catch(() => undefined); // Nobody would let go of the folder.
    throw error;
  }
  return { run, log, files: followWithAgentFiles({ log, folder, io }), before: [], problem: null };
}

/** Opens the log of a run that is taken up again. Throws as `reopenFileLog` does. */
export async function reopenQuestionLog({ io, secrets }: Logging, folder: string): Promise<QuestionLog> {
  const { log, entries, problem } = await reopenFileLog({ folder, io, secrets });
  return {
    run: entries[0]?.run ?? newRunId(io),
    log,
    files: followWithAgentFiles({ log, folder, io, before: entries }),
    before: entries,
    problem,
  };
}

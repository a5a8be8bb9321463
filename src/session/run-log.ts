// Opens the log of one question: files in the conversation's folder, or memory where nothing is to be written.
import type { RunId } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import {
  conversationFolder,
  createMemoryLog,
  followWithAgentFiles,
  openFileLog,
  questionFolder,
  type AgentFiles,
  type RunLog,
} from "../log/index.ts";

/** `root` is the folder in which `massgen_logs` is made; null = nothing is written. */
export type Logging = { readonly io: Io; readonly root: string | null; readonly secrets: readonly string[] };
export type QuestionLog = { readonly log: RunLog; readonly files: AgentFiles | null };

/** The conversation's folder is named after its first run; question `n` counts from 1. */
export async function openQuestionLog(
  logging: Logging,
  run: RunId,
  place: { readonly first: RunId; readonly n: number },
): Promise<QuestionLog> {
  const { io, root, secrets } = logging;
  if (root === null) return { log: createMemoryLog({ run, io, secrets }), files: null };
  const folder = questionFolder(conversationFolder(root, place.first), place.n);
  const log = await openFileLog({ run, folder, io, secrets });
  return { log, files: followWithAgentFiles({ log, folder, io }) };
}

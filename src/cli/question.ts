// Where the question comes from: the command line, standard input, or nowhere (a conversation).
import type { Io } from "../io/index.ts";
import { quoted, usageError } from "./arguments.ts";

/** The longest question read from standard input, in bytes. */
const MAX_QUESTION_BYTES = 16 * 1024 * 1024;

/**
 * The question, or null where a conversation should start (no question, and a person at a terminal).
 * Standard input is read only for `-` or when it is no terminal and no question is given.
 */
export async function readQuestion(positionals: readonly string[], io: Io): Promise<string | null> {
  const [written, next] = positionals;
  if (next !== undefined) {
    throw usageError(`The question must be one argument, and ${quoted(next)} is a second one`, `"${positionals.join(" ")}" in quotes`);
  }
  if (written !== undefined && written !== "-") return checked(written, "The question is empty");
  const fromPerson = written === undefined && io.terminal.stdin.isTTY === true;
  if (fromPerson) return null;
  return checked(await readAll(io), "There is no question: none is given and standard input is empty");
}

function checked(question: string, complaint: string): string {
  const trimmed = question.trim();
  if (trimmed === "") throw usageError(complaint);
  return trimmed;
}

async function readAll(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of io.terminal.stdin) {
    const buffer = Buffer.from(chunk as Uint8Array | string);
    bytes += buffer.length;
    if (bytes > MAX_QUESTION_BYTES) throw usageError(`The question on standard input is longer than ${MAX_QUESTION_BYTES} bytes`);
    chunks.push(buffer);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

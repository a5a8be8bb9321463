// Says what went wrong: one line per mistake for a person's errors, a plea to report it for a bug.
import { formatProblem, MassgenError, UsageError } from "../errors/index.ts";
import { systemErrorCode } from "../io/index.ts";
import type { Io } from "../io/io.ts";

/** Writes the error to standard error and returns the exit code it stands for. A stack trace is shown for bugs only, and only with `debug`. */
export function reportError(error: unknown, io: Io, debug: boolean): number {
  const known = error instanceof MassgenError ? error : fileTrouble(error);
  const lines = known === null ? bugLines(error, debug) : [...errorLines(known), ...(known !== error && debug ? [stackOf(error)] : [])];
  for (const line of lines) io.terminal.stderr.write(`${line}\n`);
  return known?.exitCode ?? 1;
}

/** What a file system may answer to a path that a person chose, and to a full disk. */
const OF_THE_DISK = new Set(
  "EACCES EDQUOT EEXIST EIO EISDIR ELOOP EMFILE ENAMETOOLONG ENFILE ENOSPC ENOTDIR ENOTEMPTY EPERM EROFS".split(" "),
);

/** Null where the error is none of a file system. */
function fileTrouble(error: unknown): MassgenError | null {
  if (!(error instanceof Error) || !OF_THE_DISK.has(systemErrorCode(error) ?? "")) return null;
  // Node's own form: `ENOTDIR: not a directory, mkdir '/a/b'`.
  const [, reason = error.message] = /^[A-Z]+: ([^,]+)/.exec(error.message) ?? [];
  const path = "path" in error && typeof error.path === "string" ? error.path : "A file";
  return new MassgenError("E_FILES", `${path} cannot be used: ${reason}`, { cause: error });
}

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? "") : "");

/** What a person is told of an error that is no bug: every mistake, and what to do next. */
export function errorLines(error: MassgenError): readonly string[] {
  if (!(error instanceof UsageError)) return [`massgen: ${error.message} [${error.code}]`, error.next];
  const problems = error.problems.map((problem) => `massgen: ${formatProblem(problem)}`);
  // Wrong usage is told by the message alone; everything else is found in the guide by its code.
  const next = error.code === "E_USAGE" ? error.next : `${error.next} [${error.code}]`;
  return [...(problems.length === 0 ? [`massgen: ${error.message}`] : problems), next];
}

function bugLines(error: unknown, debug: boolean): readonly string[] {
  const trace = debug ? stackOf(error) : "Run again with --debug to see where it happened.";
  return [
    `massgen: internal error: ${error instanceof Error ? error.message : String(error)}`,
    "This is a bug: please report it with what you did and the run's log.",
    trace,
  ];
}

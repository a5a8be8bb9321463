// Says what went wrong: one line per mistake for a person's errors, a plea to report it for a bug.
import { MassgenError, UsageError, type Problem } from "../errors/index.ts";
import type { Io } from "../io/io.ts";

/** Writes the error to standard error and returns the exit code it stands for. A stack trace is shown for bugs only, and only with `debug`. */
export function reportError(error: unknown, io: Io, debug: boolean): number {
  const say = (line: string): void => void io.terminal.stderr.write(`${line}\n`);
  if (error instanceof UsageError) {
    if (error.problems.length === 0) say(`massgen: ${error.message}`);
    for (const problem of error.problems) say(`massgen: ${problemLine(problem)}`);
    say(error.next);
    return error.exitCode;
  }
  if (error instanceof MassgenError) {
    say(`massgen: ${error.message} [${error.code}]`);
    say(error.next);
    return error.exitCode;
  }
  say(`massgen: internal error: ${error instanceof Error ? error.message : String(error)}`);
  say("This is a bug: please report it with what you did and the run's log.");
  if (debug && error instanceof Error) say(error.stack ?? "");
  else say("Run again with --debug to see where it happened.");
  return 1;
}

/** `file:line:column: message (expected …; did you mean …?)` */
export function problemLine(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(":");
  const remarks = [
    problem.expected === null ? [] : [`expected ${problem.expected}`],
    problem.suggestion === null ? [] : [`did you mean ${problem.suggestion}?`],
  ].flat();
  const tail = remarks.length === 0 ? "" : ` (${remarks.join("; ")})`;
  return `${place === "" ? "" : `${place}: `}${problem.severity === "warning" ? "warning: " : ""}${problem.message}${tail}`;
}

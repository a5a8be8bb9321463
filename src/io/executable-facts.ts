// What a command turns out to be on this machine: where its program lies, and who could put another one there.
import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { findExecutable, type CommandQuestion } from "./resolve-command.ts";

export type ExecutableFacts = {
  /** Absolute. */
  readonly path: string;
  /** Everybody on this machine can write the program or take its place in its folder. Never true on Windows, where modes say nothing. */
  readonly writableByOthers: boolean;
  /** A bare name that was found in the working folder itself, or through a folder of PATH that depends on it. */
  readonly inWorkingFolder: boolean;
};

/** Null where there is no such program. */
export function executableFacts(question: Omit<CommandQuestion, "args">): ExecutableFacts | null {
  const found = findExecutable({ ...question, args: [] });
  if (found === null) return null;
  return {
    path: found,
    writableByOthers: question.platform !== "win32" && isReplaceable(found),
    inWorkingFolder: dependsOnFolder(found, question),
  };
}

const ANYBODY_WRITES = 0o002;
const ONLY_OWNERS_RENAME = 0o1000;

/** Both the name that is started and what it leads to count. */
function isReplaceable(file: string): boolean {
  const places = [file, realpathSync(file)];
  return places.some((place) => (statSync(place).mode & ANYBODY_WRITES) !== 0 || folderIsOpen(path.dirname(place)));
}

function folderIsOpen(folder: string): boolean {
  const { mode } = statSync(folder);
  return (mode & ANYBODY_WRITES) !== 0 && (mode & ONLY_OWNERS_RENAME) === 0;
}

function dependsOnFolder(found: string, { command, cwd, env, platform }: Omit<CommandQuestion, "args">): boolean {
  if (/[\\/]/.test(command)) return false;
  const folder = path.dirname(found);
  if (folder === path.resolve(cwd)) return true;
  const separator = platform === "win32" ? ";" : ":";
  return !(env["PATH"] ?? env["Path"] ?? "").split(separator).some((entry) => path.isAbsolute(entry) && path.resolve(entry) === folder);
}

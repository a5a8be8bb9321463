// Turns the team the command line names into a configuration: a file, a shipped example, or flags and keys.
import { isAbsolute, relative } from "node:path";
import { usageErrorFor, type MassgenConfig } from "../config/index.ts";
import { UsageError, type Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { configOfSource } from "../session/index.ts";
import { packageFolder } from "./package-folder.ts";
import type { TeamSource } from "./services.ts";

/** @throws UsageError with all problems */
export async function configureTeam(
  source: TeamSource,
  io: Io,
): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }> {
  const fromHere = ({ file, ...problem }: Problem): Problem => ({ ...problem, file: file === null ? null : shorter(file, io.cwd) });
  try {
    const { config, warnings } = await configOfSource(source, io, source.file === null ? null : await packageFolder("examples", io));
    return { config, warnings: warnings.map(fromHere) };
  } catch (error) {
    throw error instanceof UsageError && error.problems.length > 0 ? usageErrorFor(error.problems.map(fromHere)) : error;
  }
}

/** A file below the working folder is told as a person names it, and as `config check` does. */
function shorter(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return isAbsolute(path) || path.startsWith("..") ? file : path;
}

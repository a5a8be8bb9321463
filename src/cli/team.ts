// Turns the team the command line names into a configuration: a file, a shipped example, or flags and keys.
import type { MassgenConfig } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { configOfSource } from "../session/index.ts";
import { packageFolder } from "./package-folder.ts";
import type { TeamSource } from "./services.ts";

/** @throws UsageError with all problems */
export async function configureTeam(
  source: TeamSource,
  io: Io,
): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }> {
  return configOfSource(source, io, source.file === null ? null : await packageFolder("examples", io));
}

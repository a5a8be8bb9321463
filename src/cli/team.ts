// Turns the team the command line names into a configuration: a file, a shipped example, or flags and keys.
import { configFromFlags, loadConfig } from "../config/index.ts";
import type { MassgenConfig } from "../config/index.ts";
import type { Problem } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import { secretSource } from "../security/index.ts";
import { examplesFolder } from "./examples-folder.ts";
import type { TeamSource } from "./services.ts";

/** @throws UsageError with all problems */
export async function configureTeam(
  source: TeamSource,
  io: Io,
): Promise<{ readonly config: MassgenConfig; readonly warnings: readonly Problem[] }> {
  if (source.file === null) return configFromFlags({ ...source, env: io.env });
  return loadConfig({
    source: source.file,
    files: io.files,
    env: io.env,
    strict: source.strictConfig,
    secrets: secretSource(io),
    examples: await examplesFolder(io),
  });
}

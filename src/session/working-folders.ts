// The folders agents are told to work in, looked at before anything runs.
import { resolve } from "node:path";
import type { MassgenConfig } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import { isNoFolder, type Io } from "../io/index.ts";

/** Throws UsageError where the `cwd` of an agent is a file; where it is missing it is made once it is needed. */
export async function checkWorkingFolders({ agents }: MassgenConfig, { cwd }: Pick<Io, "cwd">): Promise<void> {
  const given = agents.flatMap(({ id, backend: { options } }) =>
    typeof options["cwd"] === "string" ? [{ id, folder: resolve(cwd, options["cwd"]) }] : [],
  );
  const wrong = await Promise.all(given.map(async ({ id, folder }) => ((await isNoFolder(folder)) ? [{ id, folder }] : [])));
  if (wrong.flat().length === 0) return;
  const problems = wrong.flat().map(({ id, folder }) => `The \`cwd\` of ${id}, ${folder}, is a file, not a folder.`);
  throw new UsageError("E_CONFIG_INVALID", problems.join("\n"), { next: "Name a folder; one that is missing is made." });
}

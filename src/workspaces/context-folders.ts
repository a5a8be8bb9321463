// The folders of the person's that all agents may use, found and named.
import { basename, resolve } from "node:path";
import type { MassgenConfig } from "../config/types.ts";
import { realPlace, type Io } from "../io/index.ts";
import { WORKSPACE_PART, type ContextFolder } from "./desk.ts";

/** What is no folder becomes a problem, one sentence each. */
export async function contextFolders(
  { orchestrator }: Pick<MassgenConfig, "orchestrator">,
  io: Pick<Io, "cwd" | "files">,
): Promise<{ readonly folders: readonly ContextFolder[]; readonly problems: readonly string[] }> {
  const folders: ContextFolder[] = [];
  const problems: string[] = [];
  const taken = new Set([WORKSPACE_PART]);
  for (const { path, permission } of orchestrator.contextPaths) {
    const place = resolve(io.cwd, path);
    const listed = await io.files.list(place).catch(() => null);
    if (listed === null) {
      problems.push(`\`context_paths\` names ${place}, which is no folder that can be read.`);
      continue;
    }
    const name = freeName(place, taken);
    const use = permission === "read" ? "read" : orchestrator.writes === "winner" ? "staged" : "write";
    folders.push({ path: await realPlace(place), use, name });
  }
  return { folders, problems };
}

function freeName(place: string, taken: Set<string>): string {
  const plain =
    basename(place)
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[.-]+/, "")
      .slice(0, 60) || "folder";
  let name = plain;
  for (let n = 2; taken.has(name.toLowerCase()); n += 1) name = `${plain}-${n}`;
  taken.add(name.toLowerCase());
  return name;
}

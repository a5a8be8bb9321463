// Where the audit trails are: one file for each session, in the state folder, never changed afterwards.
import { join, resolve } from "node:path";
import { MassgenError } from "../errors/index.ts";
import { stateFolder, type Io } from "../io/index.ts";
import { newRunId } from "../log/index.ts";
import { openAuditLog, type AuditLog } from "../mcp/index.ts";

const FOLDER = "audit";
const ENDING = ".jsonl";

const auditFolder = (io: Io): string => join(stateFolder(io), FOLDER);

/** Rejects with the system's error where nothing can be written. */
export async function openTrail(io: Io): Promise<AuditLog> {
  const folder = auditFolder(io);
  await io.files.makeFolder(folder);
  return openAuditLog({ files: io.files, clock: io.clock, path: join(folder, `${newRunId(io)}${ENDING}`) });
}

/** Paths of all trails, oldest first. */
export async function auditTrails(io: Io): Promise<readonly string[]> {
  const folder = auditFolder(io);
  if (!(await io.files.exists(folder))) return [];
  return (await io.files.list(folder)).filter((name) => name.endsWith(ENDING)).map((name) => join(folder, name));
}

/** The trail that `name` means: a path, the beginning of its file's name, or `last`. Throws `E_RUN_NOT_FOUND`. */
export async function findTrail(name: string, io: Io): Promise<string> {
  const asPath = resolve(io.cwd, name);
  if (/[/\\.]/.test(name) && (await io.files.exists(asPath))) return asPath;
  const trails = await auditTrails(io);
  const [found, second] =
    name === "last" ? trails.slice(-1) : trails.filter((path) => path.slice(auditFolder(io).length + 1).startsWith(name));
  if (found !== undefined && second === undefined) return found;
  const problem = second === undefined ? "There is no audit trail" : "Several audit trails are meant by";
  throw new MassgenError("E_RUN_NOT_FOUND", `${problem} "${name}".`, { next: "`massgen audit show` without a name lists them." });
}

// Folders this program makes, told apart from all others by a marker: only what carries one is ever removed.
import { constants, promises as fs } from "node:fs";
import path from "node:path";
import { systemErrorCode } from "./files.ts";

/** The file that says that this program made the folder it lies in. */
export const MARKER_FILE = ".massgen-folder.json";

/** Makes the folder and its parents, and marks it where it was made just now. True where it was. Rejects with ENOTDIR where a link or a file has its place. */
export async function makeMarkedFolder(folder: string, facts: object = {}): Promise<boolean> {
  await fs.mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
  try {
    await fs.mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
    if ((await fs.lstat(folder)).isDirectory()) return false;
    throw Object.assign(new Error(`${folder} is no folder`), { code: "ENOTDIR", cause: error });
  }
  await markFolder(folder, facts);
  return true;
}

/** Writes the marker, or writes it anew. */
export async function markFolder(folder: string, facts: object): Promise<void> {
  const beside = path.join(folder, `${MARKER_FILE}.new`);
  await fs.rm(beside, { force: true });
  await fs.writeFile(beside, `${JSON.stringify({ made_by: "massgen", ...facts })}\n`, { mode: 0o600, flag: "wx" });
  await fs.rename(beside, path.join(folder, MARKER_FILE));
}

/** What the marker says; null for a folder that has none, is a link, or is not there. */
export async function readMarker(folder: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    if (!(await fs.lstat(folder)).isDirectory()) return null;
    const file = path.join(folder, MARKER_FILE);
    if (!(await fs.lstat(file)).isFile()) return null;
    const value: unknown = JSON.parse(await fs.readFile(file, "utf8"));
    return typeof value === "object" && value !== null && "made_by" in value && value.made_by === "massgen"
      ? (value as Readonly<Record<string, unknown>>)
      : null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (error instanceof SyntaxError || code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** Removes a marked folder with all it holds, read-only parts too. False, and nothing is touched, where it carries no marker. */
export async function removeMarkedFolder(folder: string): Promise<boolean> {
  if ((await readMarker(folder)) === null) return false;
  await letWrite(folder);
  // The marker goes last: what a crash leaves behind can be removed later.
  for (const name of await fs.readdir(folder)) {
    if (name !== MARKER_FILE) await fs.rm(path.join(folder, name), { recursive: true, force: true });
  }
  await fs.rm(folder, { recursive: true, force: true });
  return true;
}

/** Takes the right to write from the folder itself. */
export async function sealFolder(folder: string): Promise<void> {
  await fs.chmod(folder, 0o555);
}

/** Gives the right to write back to a folder and those in it; links are passed over. */
async function letWrite(folder: string): Promise<void> {
  {
    await using handle = await fs.open(folder, constants.O_RDONLY | constants.O_NOFOLLOW);
    if ((await handle.stat()).isDirectory()) await handle.chmod(0o700);
  }
  for (const entry of await fs.readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await letWrite(path.join(folder, entry.name));
}

// How large a file is and whose, and folders that are made empty or removed with all they hold.
import { promises as fs, type Stats } from "node:fs";
import { systemErrorCode } from "./files.ts";

/** Bytes of a file, or null where there is none. */
export const fileSize = async (path: string): Promise<number | null> => (await factsOf(path))?.size ?? null;

/** The rights of a file as its nine bits, or null where there is no file. On Windows they say nothing. */
export async function fileRights(path: string): Promise<number | null> {
  const facts = await factsOf(path);
  return facts === null ? null : facts.mode & 0o777;
}

/** Something stands at the path, and it is no folder. */
export async function isNoFolder(path: string): Promise<boolean> {
  try {
    return !(await fs.stat(path)).isDirectory();
  } catch (error) {
    // A part of the path before its end is a file.
    return systemErrorCode(error) === "ENOTDIR";
  }
}

async function factsOf(path: string): Promise<Stats | null> {
  try {
    const facts = await fs.stat(path);
    return facts.isFile() ? facts : null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** Makes `path` an empty folder. */
export async function emptyFolder(path: string): Promise<void> {
  await removeFolder(path);
  await fs.mkdir(path, { recursive: true, mode: 0o700 });
}

/** Removes a folder with everything in it; no error where it is missing. */
export async function removeFolder(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true });
}

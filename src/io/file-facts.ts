// Size and checksum of files too large to read into memory.
import { createHash } from "node:crypto";
import { createReadStream, promises as fs } from "node:fs";
import { systemErrorCode } from "./files.ts";

/** Bytes of a file, or null where there is none. */
export async function fileSize(path: string): Promise<number | null> {
  try {
    const facts = await fs.stat(path);
    return facts.isFile() ? facts.size : null;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

/** Lower-case hex SHA-256 of a file; rejects with the system's error. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
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

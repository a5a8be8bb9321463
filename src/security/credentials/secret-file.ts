// Reads a secret from a file of its own, if nobody else on this machine can read it.
import { join, resolve } from "node:path";
import type { FoundSecret } from "../../config/index.ts";
import { fileRights, systemErrorCode, userHome, type Io } from "../../io/index.ts";

const MAX_BYTES = 64 * 1024;
/** Where container systems mount secrets: readable by all there, and only there. */
const MOUNTED = /^(?:\/var)?\/run\/secrets\//;

type Surroundings = Pick<Io, "files" | "cwd" | "env" | "platform">;

/** The path is relative to the working folder; `~/` is the home. A line end at the end does not belong to the secret. Never rejects for the file's faults. */
export async function readSecretFile(written: string, io: Surroundings): Promise<FoundSecret> {
  const path = written.startsWith("~/") ? join(userHome(io), written.slice(2)) : resolve(io.cwd, written);
  try {
    const rights = await fileRights(path);
    if (rights === null) return { problem: "is in a file that is not there" };
    const forbidden = MOUNTED.test(path) ? 0o022 : 0o077;
    if (io.platform !== "win32" && (rights & forbidden) !== 0)
      return {
        problem: `is in a file that others can ${(rights & 0o044 & forbidden) === 0 ? "change" : "read"} (mode ${rights.toString(8)}); run chmod 600 on it`,
      };
    const bytes = await io.files.read(path, MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) return { problem: `is in a file of more than ${MAX_BYTES} bytes` };
    const value = Buffer.from(bytes)
      .toString("utf8")
      .replace(/\r?\n$/, "");
    return value === "" ? { problem: "is in a file that is empty" } : { value };
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    return { problem: `is in a file that cannot be read (${code})` };
  }
}

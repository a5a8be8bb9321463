// The random key of this machine that keeps fingerprints from giving away what they were made of.
import path from "node:path";
import { systemErrorCode, type Io } from "../io/index.ts";

const FILE = "fingerprint.key";
const KEY = /^[0-9a-f]{64}$/;

/** Made once per state folder; where the folder cannot be written, a key for this run only. */
export async function fingerprintKey({ files, randomHex }: Pick<Io, "files" | "randomHex">, stateDir: string): Promise<string> {
  const file = path.join(stateDir, FILE);
  const known = await readKey(files, file);
  if (known !== null) return known;
  const fresh = randomHex(32);
  try {
    await files.makeFolder(stateDir);
    await files.createNew(file, fresh);
    return fresh;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return (await readKey(files, file)) ?? fresh; // Another process was faster, or nothing can be written here.
  }
}

async function readKey(files: Io["files"], file: string): Promise<string | null> {
  try {
    const text = Buffer.from(await files.read(file))
      .toString("utf8")
      .trim();
    return KEY.test(text) ? text : null;
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return null;
  }
}

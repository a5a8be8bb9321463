// The environment with the `.env` of the working folder merged in.
import { join } from "node:path";
import type { Problem } from "../errors/index.ts";
import { systemErrorCode, type Io } from "../io/index.ts";

/** The same world with more variables; the real environment wins. Warnings name variables that `.env` may not set. */
export async function withDotEnv(io: Io): Promise<{ readonly io: Io; readonly warnings: readonly Problem[] }> {
  const file = join(io.cwd, ".env");
  let bytes: Uint8Array;
  try {
    bytes = await io.files.read(file);
  } catch (error) {
    // Most folders have no `.env`, and a folder of that name (a Python environment) is none either.
    if (["ENOENT", "EISDIR", "EACCES"].includes(systemErrorCode(error) ?? "")) return { io, warnings: [] };
    throw error;
  }
  const { loadDotEnv } = await import("../config/index.ts");
  const { env, warnings } = loadDotEnv({ text: new TextDecoder().decode(bytes), file: ".env", env: io.env });
  return { io: { ...io, env }, warnings };
}

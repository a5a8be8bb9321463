// The operator's part of the policy: a file of whoever runs the program, never one of the folder it runs in.
import { join, resolve } from "node:path";
import { UsageError } from "../errors/index.ts";
import { configFolder, systemErrorCode, type Io } from "../io/index.ts";
import { DEFAULT_POLICY, readPolicy, type OperatorPolicy } from "../security/index.ts";

const POLICY_FILE = "policy.json";

/**
 * The policy of `file`, else `policy.json` in the configuration folder, else the defaults. Throws UsageError for a file that was named and
 * is not there, and for one that cannot be read or has a mistake: it fails closed.
 */
export async function operatorPolicy(io: Io, file: string | null = null): Promise<OperatorPolicy> {
  const path = file === null ? join(configFolder(io), POLICY_FILE) : resolve(io.cwd, file);
  const text = await readIfThere(path, io);
  if (text === null && file === null) return DEFAULT_POLICY;
  if (text === null) throw new UsageError("E_SECURITY", `There is no policy ${path}.`, { next: "Correct --policy." });
  const { policy, problems } = readPolicy(parse(text, path));
  if (problems.length > 0)
    throw new UsageError("E_SECURITY", `${path}: ${problems.join("; ")}`, { next: "Correct the file or remove it." });
  return policy;
}

async function readIfThere(path: string, io: Io): Promise<string | null> {
  try {
    return Buffer.from(await io.files.read(path)).toString("utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw new UsageError("E_SECURITY", `The policy ${path} cannot be read (${systemErrorCode(error) ?? "unknown error"}).`, {
      cause: error,
    });
  }
}

function parse(text: string, path: string): Parameters<typeof readPolicy>[0] {
  try {
    return JSON.parse(text) as Parameters<typeof readPolicy>[0];
  } catch (error) {
    throw new UsageError("E_SECURITY", `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

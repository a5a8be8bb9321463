// Keeps results that are too large for a model whole, in a folder of the session under the state folder, without the run's secrets.
import { join } from "node:path";
import { removeFolder, stateFolder, type Io } from "../io/index.ts";
import { createRedactor, newRunId } from "../log/index.ts";
import type { BrokerPolicy } from "../mcp/index.ts";

const FOLDER = "results";
/** Folders of earlier sessions that are left alone; older ones are removed. */
const KEPT_SESSIONS = 20;
const MOST_BYTES = 256 * 1024 * 1024;

type KeepResult = NonNullable<BrokerPolicy["keepResult"]>;

/** Nothing is made before the first large result. A session keeps `mostBytes` at most; what would be over, or cannot be written, is not kept. */
export function resultKeeper(io: Io, secrets: readonly string[], mostBytes = MOST_BYTES): KeepResult {
  const redactor = createRedactor(secrets);
  let opening: Promise<string> | null = null;
  let [count, bytes] = [0, 0];
  return async ({ server, tool, text }) => {
    const clean = redactor?.text(text) ?? text;
    const size = Buffer.byteLength(clean);
    if (bytes + size > mostBytes) return null;
    bytes += size;
    count += 1;
    const name = `${String(count).padStart(4, "0")}-${fileName(server)}-${fileName(tool)}.txt`;
    try {
      const path = join(await (opening ??= openFolder(io)), name);
      await io.files.createNew(path, clean);
      return path;
    } catch {
      return null; // The model is told that the rest was left out; a full disk does not end a run.
    }
  };
}

async function openFolder(io: Io): Promise<string> {
  const all = join(stateFolder(io), FOLDER);
  await io.files.makeFolder(all);
  const former = await io.files.list(all);
  await Promise.all(former.slice(0, Math.max(0, former.length - KEPT_SESSIONS)).map((name) => removeFolder(join(all, name))));
  const own = join(all, newRunId(io));
  await io.files.makeFolder(own);
  return own;
}

const fileName = (text: string): string => text.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 60);

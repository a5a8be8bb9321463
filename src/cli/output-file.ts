// Writes the answer (or, for `.json`, the whole result) to the file the person named.
import { dirname, resolve } from "node:path";
import type { Io } from "../io/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { usageError } from "./arguments.ts";

/** Finds out before money is spent that the file can be written. @throws UsageError */
export async function checkOutputFile(path: string, io: Io): Promise<void> {
  const folder = dirname(resolve(io.cwd, path));
  if (!(await io.files.exists(folder))) throw usageError(`--output cannot be written: there is no folder ${folder}`);
}

export async function writeOutputFile(path: string, result: RunResult, io: Io): Promise<void> {
  const content = path.toLowerCase().endsWith(".json") ? JSON.stringify(result, null, 2) : (result.answer ?? "");
  await io.files.replace(resolve(io.cwd, path), content.endsWith("\n") ? content : `${content}\n`);
}

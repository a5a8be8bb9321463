// Writes the answer (or, for `.json`, the whole result), or any other text, to the file the person named.
import { dirname, resolve } from "node:path";
import { systemErrorCode, type Io } from "../io/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { usageError } from "./arguments.ts";

/** A file as a person named it; `option` is how it is called in messages. */
type Named = { readonly path: string; readonly option?: string };
type Outside = Pick<Io, "files" | "cwd" | "pid">;

/** Finds out before money is spent that the file can be written. @throws UsageError */
export async function checkOutputFile(named: Named, { files, cwd, pid }: Outside): Promise<void> {
  const place = resolve(cwd, named.path);
  const isFolder = await files.list(place).then(
    () => true,
    () => false,
  );
  if (isFolder) throw cannot(named, `${place} is a folder`);
  const trial = `${place}.${pid}.try`;
  await inWords(named, cwd, async () => {
    await files.createNew(trial, "");
    await files.remove(trial);
  });
}

/** Replaces the file in one step. @throws UsageError where it cannot be written */
export async function writeNamedFile(named: Named, text: string, { files, cwd }: Pick<Outside, "files" | "cwd">): Promise<void> {
  await inWords(named, cwd, () => files.replace(resolve(cwd, named.path), text));
}

export async function writeOutputFile(path: string, result: RunResult, io: Pick<Outside, "files" | "cwd">): Promise<void> {
  const content = path.toLowerCase().endsWith(".json") ? JSON.stringify(result, null, 2) : (result.answer ?? "");
  await writeNamedFile({ path }, content.endsWith("\n") ? content : `${content}\n`, io);
}

async function inWords(named: Named, cwd: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    const place = resolve(cwd, named.path);
    throw cannot(named, code === "ENOENT" ? `there is no folder ${dirname(place)}` : `${place} (${code})`);
  }
}

const cannot = ({ option = "--output" }: Named, why: string) => usageError(`${option} cannot be written: ${why}`);

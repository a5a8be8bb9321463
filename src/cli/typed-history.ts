// What was typed in conversations, kept between them: one file in the state folder, a JSON text per line, readable by its owner only.
import { join } from "node:path";
import { stateFolder, systemErrorCode, type Io } from "../io/index.ts";

const FILE = "typed-history.jsonl";
const KEPT = 500;
/** Characters; what is longer was pasted, and is not typed again. */
const LONGEST = 2_000;
/** As much as the file can hold: twice as many lines as are kept, and a character takes six bytes at most. */
const MOST_BYTES = 2 * KEPT * (6 * LONGEST + 8);

export type TypedHistory = {
  /** Newest first. */
  readonly lines: readonly string[];
  /** Rejects never: a line that cannot be kept is only missing the next time. */
  remember(line: string): Promise<void>;
};

/** Nothing is read and nothing kept: with `--no-logs`. */
export const NO_HISTORY: TypedHistory = { lines: [], remember: async () => undefined };

/** Never rejects; a file that cannot be read is no history. Older lines than the newest 500 are dropped on the way. */
export async function openTypedHistory(io: Pick<Io, "files" | "env" | "cwd">): Promise<TypedHistory> {
  const folder = stateFolder(io);
  const path = join(folder, FILE);
  const stored = await readLines(path, io);
  const kept = stored.slice(-KEPT);
  // Twice as many are let into the file, so that it is not written anew with each line.
  let full = stored.length > 2 * KEPT;
  const write = async (line: string): Promise<void> => {
    await io.files.makeFolder(folder);
    if (full) await io.files.replace(path, kept.map((each) => `${JSON.stringify(each)}\n`).join(""));
    full = false;
    const file = await io.files.openAppend(path, "if-missing");
    try {
      await file.write(`${JSON.stringify(line)}\n`);
    } finally {
      await file.close();
    }
  };
  let writing: Promise<void> = Promise.resolve();
  return {
    lines: kept.toReversed(),
    remember(line) {
      if (line.length > LONGEST || line.trim() === "") return Promise.resolve();
      writing = writing
        .then(() => write(line))
        .catch((error: unknown) => {
          if (systemErrorCode(error) === null) throw error;
        });
      return writing;
    },
  };
}

async function readLines(path: string, { files }: Pick<Io, "files">): Promise<string[]> {
  try {
    const text = new TextDecoder().decode(await files.read(path, MOST_BYTES));
    return text.split("\n").flatMap(lineOf);
  } catch (error) {
    if (systemErrorCode(error) === null) throw error;
    return [];
  }
}

/** A line that was cut off or damaged is left out. */
function lineOf(written: string): readonly string[] {
  try {
    const line: unknown = JSON.parse(written);
    return typeof line === "string" && line.trim() !== "" ? [line] : [];
  } catch {
    return [];
  }
}

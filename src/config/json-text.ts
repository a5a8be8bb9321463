// Holds a .json file to JSON before it is read for its places, and says where it is none.
import { markAt } from "./decode.ts";
import { report, ROOT, type Reading } from "./reading.ts";

/** False where `text` is not JSON, which is reported with the place of the first wrong character. */
export function checkJson(text: string, reading: Reading): boolean {
  const error = jsonError(text);
  if (error === null) return true;
  const message =
    text.trim() === ""
      ? "The file holds no configuration"
      : "This is not valid JSON here (a missing quote, comma or bracket, a comma too many, or a comment)";
  report(reading, { place: ROOT, mark: markAt(text, error.offset ?? firstWrong(text)) }, { code: "json-syntax", message });
  return false;
}

type JsonError = { readonly offset: number | null; readonly ended: boolean };

/** The engine's message is used for the place only: it repeats parts of the file. */
function jsonError(text: string): JsonError | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const position = /at position (\d+)/.exec(error.message)?.[1];
    const offset = position === undefined ? null : Number(position);
    return { offset, ended: offset === null ? error.message.startsWith("Unexpected end") : offset >= text.length };
  }
}

/** The engine leaves the place out of some messages; the first wrong character ends the shortest beginning that no ending could mend. */
function firstWrong(text: string): number {
  let good = 0;
  let bad = text.length;
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (jsonError(text.slice(0, middle))?.ended !== false) good = middle;
    else bad = middle;
  }
  return good;
}

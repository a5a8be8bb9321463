// The line in which a question is typed: text, cursor, history. Pure: a key gives a new line, or says that it was sent.
import { textWidth } from "./measure.ts";

export type InputLine = {
  readonly text: string;
  /** In UTF-16 units, always between two characters as people see them. */
  readonly cursor: number;
  /** Former lines, newest first, and which of them is shown (-1: none). */
  readonly history: readonly string[];
  readonly recalled: number;
  /** What was typed before the history was looked at. */
  readonly draft: string;
};

const MAX_HISTORY = 500;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export const emptyInput = (history: readonly string[] = []): InputLine => ({ text: "", cursor: 0, history, recalled: -1, draft: "" });

export const insert = (line: InputLine, text: string): InputLine =>
  withText(line, line.text.slice(0, line.cursor) + text + line.text.slice(line.cursor), line.cursor + text.length);

/** The line after it was sent: empty, with the text in the history. */
export function sent(line: InputLine): InputLine {
  const known = line.text.trim() === "" || line.history[0] === line.text;
  return emptyInput(known ? line.history : [line.text, ...line.history].slice(0, MAX_HISTORY));
}

type Edit = (line: InputLine) => InputLine;

/** Editing keys, the usual ones of shells. */
const EDITS: Readonly<Record<string, Edit>> = {
  left: (line) => at(line, before(line)),
  right: (line) => at(line, after(line)),
  "ctrl+b": (line) => at(line, before(line)),
  "ctrl+f": (line) => at(line, after(line)),
  home: (line) => at(line, 0),
  end: (line) => at(line, line.text.length),
  "ctrl+a": (line) => at(line, 0),
  "ctrl+e": (line) => at(line, line.text.length),
  "alt+b": (line) => at(line, wordBefore(line)),
  "alt+f": (line) => at(line, wordAfter(line)),
  "ctrl+left": (line) => at(line, wordBefore(line)),
  "ctrl+right": (line) => at(line, wordAfter(line)),
  backspace: (line) => removed(line, before(line), line.cursor),
  delete: (line) => removed(line, line.cursor, after(line)),
  "ctrl+d": (line) => removed(line, line.cursor, after(line)),
  "ctrl+u": (line) => removed(line, 0, line.cursor),
  "ctrl+k": (line) => removed(line, line.cursor, line.text.length),
  "ctrl+w": (line) => removed(line, wordBefore(line), line.cursor),
  "alt+backspace": (line) => removed(line, wordBefore(line), line.cursor),
  "shift+enter": (line) => insert(line, "\n"),
  "alt+enter": (line) => insert(line, "\n"),
  "ctrl+j": (line) => insert(line, "\n"),
  up: (line) => recall(line, line.recalled + 1),
  down: (line) => recall(line, line.recalled - 1),
};

/** The edited line, or null where the key is no editing key. */
export const edit = (line: InputLine, key: string): InputLine | null => (Object.hasOwn(EDITS, key) ? (EDITS[key]?.(line) ?? null) : null);

/** The commands that begin with what was typed; none for anything else. */
export const completions = (text: string, words: readonly string[]): readonly string[] =>
  text.startsWith("/") ? words.filter((word) => word.startsWith(text)) : [];

/** Completes the word in front of the cursor when exactly one of `words` begins with the text; otherwise gives the common beginning. */
export function complete(line: InputLine, words: readonly string[]): InputLine {
  const fitting = completions(line.text, words);
  const [first] = fitting;
  if (first === undefined) return line;
  let common = first;
  for (const word of fitting) while (!word.startsWith(common)) common = common.slice(0, -1);
  return withText(line, common, common.length);
}

/** The line as rows of at most `columns`, and where the cursor stands among them. Line breaks show as a sign. */
export function inputRows(
  line: InputLine,
  columns: number,
): { readonly rows: readonly string[]; readonly cursorRow: number; readonly cursorColumn: number } {
  const rows = [""];
  let width = 0;
  let cursor: { row: number; column: number } | null = null;
  for (const { segment, index } of graphemes.segment(line.text)) {
    const shown = segment === "\n" || segment === "\r\n" ? "␤" : segment;
    const next = Math.min(textWidth(shown), columns);
    if (width + next > columns) {
      rows.push("");
      width = 0;
    }
    if (index >= line.cursor) cursor ??= { row: rows.length - 1, column: width };
    rows[rows.length - 1] += textWidth(shown) > columns ? "." : shown;
    width += next;
  }
  if (cursor === null && width >= columns) rows.push("");
  const end = cursor ?? { row: rows.length - 1, column: width >= columns ? 0 : width };
  return { rows, cursorRow: end.row, cursorColumn: end.column };
}

const withText = (line: InputLine, text: string, cursor: number): InputLine => ({ ...line, text, cursor, recalled: -1 });
const at = (line: InputLine, cursor: number): InputLine => ({ ...line, cursor });
const removed = (line: InputLine, from: number, to: number): InputLine =>
  withText(line, line.text.slice(0, from) + line.text.slice(to), from);

function recall(line: InputLine, index: number): InputLine {
  if (index < -1 || index >= line.history.length) return line;
  const draft = line.recalled === -1 ? line.text : line.draft;
  const text = index === -1 ? draft : (line.history[index] ?? "");
  return { ...line, text, cursor: text.length, recalled: index, draft };
}

/** Where the character before the cursor begins, as people see characters. */
export function before({ text, cursor }: Pick<InputLine, "text" | "cursor">): number {
  let last = 0;
  for (const { index } of graphemes.segment(text)) {
    if (index >= cursor) break;
    last = index;
  }
  return last;
}

function after({ text, cursor }: InputLine): number {
  const [first] = graphemes.segment(text.slice(cursor));
  return cursor + (first?.segment.length ?? 0);
}

const wordBefore = ({ text, cursor }: InputLine): number => text.slice(0, cursor).replace(/\S*\s*$/, "").length;
const wordAfter = ({ text, cursor }: InputLine): number => cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);

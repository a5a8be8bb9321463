// The bottom of the screen: the line for the next question, a running search, or the keys that do something now.
import type { Frame } from "./frame.ts";
import { inputRows } from "./input-line.ts";
import { cut } from "./measure.ts";
import { spanLine, type Span } from "./spans.ts";

const MAX_INPUT_ROWS = 5;
const PROMPT = "› ";

export type Footer = {
  readonly lines: readonly string[];
  /** Where the cursor stands: rows from the top of the footer, columns from the left; null: nowhere. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
};

export function footer(frame: Frame): Footer {
  const { ui, size, theme } = frame;
  const keys = spanLine(keySpans(frame), size.columns, theme);
  if (ui.input === null) return { lines: [keys], cursor: null };
  const { rows, cursorRow, cursorColumn } = inputRows(ui.input, Math.max(1, size.columns - PROMPT.length - 1));
  const first = Math.max(0, Math.min(cursorRow - MAX_INPUT_ROWS + 1, rows.length - MAX_INPUT_ROWS));
  const shown = rows.slice(first, first + MAX_INPUT_ROWS);
  const lines = shown.map((row, index) =>
    spanLine(
      [
        [ui.typing ? "focus" : "dim", index + first === 0 ? PROMPT : "  "],
        ["text", row],
      ],
      size.columns,
      theme,
    ),
  );
  return { lines: [...lines, keys], cursor: ui.typing ? { row: cursorRow - first, column: cursorColumn + PROMPT.length } : null };
}

type Hint = readonly [key: string, meaning: string];

function keySpans(frame: Frame): Span[] {
  const { ui, size } = frame;
  if (ui.search?.typing === true)
    return [
      ["key", "/"],
      ["text", cut(ui.search.text, size.columns - 2)],
      ["focus", "▏"],
    ];
  if (ui.notice !== null) return [["warn", ui.notice]];
  const commands = ui.typing && ui.suggestions.length > 0;
  const hints = commands ? [TAB, ...ui.suggestions.map((word): Hint => [word, ""])] : hintsFor(frame);
  return whole(hints, size.columns).flatMap(([key, meaning], index): Span[] => [
    ["text", index === 0 ? "" : "  "],
    [commands && index > 0 ? "text" : "key", key],
    ["dim", meaning === "" ? "" : ` ${meaning}`],
  ]);
}

const TAB: Hint = ["Tab", "completes"];
const hintsFor = ({ ui, view }: Frame): readonly Hint[] =>
  ui.typing ? TYPING : ui.panel === "agent" ? AGENT : view.phase === "done" ? AFTER : GOING_ON;

/** The hints that fit; half a hint says nothing. */
function whole(hints: readonly Hint[], columns: number): readonly Hint[] {
  let used = 0;
  return hints.filter(([key, meaning], index) => {
    used += key.length + (meaning === "" ? 0 : 1 + meaning.length) + (index === 0 ? 0 : 2);
    return used <= columns;
  });
}

const TYPING: readonly Hint[] = [
  ["Enter", "ask"],
  ["Tab", "complete"],
  ["Esc", "look at the views"],
  ["Ctrl-D", "leave"],
];
const ALWAYS: readonly Hint[] = [
  ["?", "help"],
  ["q", "leave"],
];
const AGENT: readonly Hint[] = [
  ...ALWAYS,
  ["Esc", "all agents"],
  ["← →", "next"],
  ["↑ ↓", "scroll"],
  ["/", "search"],
  ["t v m e", "lists"],
  ["y", "copy"],
];
const LISTS: readonly Hint[] = [
  ["1-9", "agent"],
  ["t", "tools"],
  ["v", "votes"],
  ["m", "servers"],
  ["e", "events"],
];
const GOING_ON: readonly Hint[] = [...ALWAYS, ...LISTS, ["a", "answer now"], ["p", "pause"]];
const AFTER: readonly Hint[] = [...ALWAYS, ["r", "result"], ...LISTS, ["y", "copy"]];

// Rows of the lists and texts in the views: a style, a mark in front, and text that is made harmless and wrapped when it is shown.
import { neutralise } from "../../security/index.ts";
import { textWidth, wrap } from "./measure.ts";
import type { RowSource } from "./rows.ts";
import { spanLine, spansWidth, type Span } from "./spans.ts";
import type { AgentId } from "../../core/index.ts";
import type { RunView } from "./model.ts";
import { agentStyle, type Style, type Theme } from "./theme.ts";

export type TextRow =
  /** Wrapped under its mark. */
  | { readonly kind: "wrapped"; readonly style: Style; readonly mark: string; readonly text: string }
  /** One line, cut at the width. */
  | { readonly kind: "spans"; readonly spans: readonly Span[] }
  /** A text wrapped beside (in narrow places: below) pieces of its own. */
  | { readonly kind: "led"; readonly lead: readonly Span[]; readonly style: Style; readonly text: string }
  /** Already styled for this width. */
  | { readonly kind: "ready"; readonly line: string };

const MAX_PIECE = 2000;

/** A text of any length as rows, one for each of its lines; very long lines become several rows. */
export function textRows(style: Style, mark: string, text: string): TextRow[] {
  return text.split("\n").flatMap((line) => {
    const pieces: TextRow[] = [];
    for (let at = 0; at === 0 || at < line.length; at += MAX_PIECE)
      pieces.push({ kind: "wrapped", style, mark, text: line.slice(at, at + MAX_PIECE) });
    return pieces;
  });
}

export const spanRow = (...spans: readonly Span[]): TextRow => ({ kind: "spans", spans });
export const heading = (text: string): TextRow => spanRow(["title", text]);

/** An agent's name in its colour, with a space after it; empty for what is no agent's. */
export function agentName(view: RunView, id: AgentId | null): Span {
  const agent = id === null ? undefined : view.agents.get(id);
  return [agent === undefined ? "dim" : agentStyle(agent.index), id === null ? "" : `${harmless(id)} `];
}

export const ledRow = (lead: readonly Span[], style: Style, text: string): TextRow => ({ kind: "led", lead, style, text });
export const blankRow: TextRow = { kind: "spans", spans: [] };

/** What a stranger wrote, as one line of ours. */
export const harmless = (text: string): string => neutralise(text).replace(/\s+/g, " ").trim();

export function rowSource(rows: readonly TextRow[], theme: Theme): RowSource {
  const known = new Map<number, { readonly columns: number; readonly lines: readonly string[] }>();
  return {
    dropped: 0,
    length: rows.length,
    lines: (index, columns) => {
      const remembered = known.get(index);
      if (remembered?.columns === columns) return remembered.lines;
      const row = rows[index];
      const lines = row === undefined ? [""] : rowLines(row, columns, theme);
      known.set(index, { columns, lines });
      return lines;
    },
  };
}

function rowLines(row: TextRow, columns: number, theme: Theme): readonly string[] {
  if (row.kind === "ready") return [row.line];
  if (row.kind === "spans") return [spanLine(row.spans, columns, theme)];
  return row.kind === "led" ? ledLines(row, columns, theme) : markedLines(row, columns, theme);
}

/** Where less is left beside the lead, the text stands below it. */
const MIN_BESIDE = 16;

function ledLines({ lead, style, text }: Extract<TextRow, { kind: "led" }>, columns: number, theme: Theme): string[] {
  const width = spansWidth(lead);
  const beside = columns - width >= MIN_BESIDE;
  const indent = beside ? width : Math.min(4, columns - 1);
  const [first = "", ...others] = [...(beside ? [] : [""]), ...wrap(harmless(text), columns - indent)];
  return [
    spanLine([...lead, [style, first]], columns, theme),
    ...others.map((line) =>
      spanLine(
        [
          ["text", " ".repeat(indent)],
          [style, line],
        ],
        columns,
        theme,
      ),
    ),
  ];
}

/** Wrapped text with its mark in front of the first line and as much space in front of the others. */
export function markedLines(
  row: { readonly style: Style; readonly mark: string; readonly text: string },
  columns: number,
  { paint }: Theme,
): string[] {
  const mark = textWidth(row.mark) < columns && row.text.trim() !== "" ? row.mark : "";
  const text = neutralise(row.text)
    .replaceAll("\t", "    ")
    .replaceAll(/[\r\n]/g, " ")
    .trimEnd();
  const bullet = bulletOf(text, columns - textWidth(mark));
  const indent = textWidth(mark) + bullet.length;
  return wrap(text.slice(bullet.length), columns - indent).map((line, index) =>
    paint(row.style, (index === 0 ? mark + bullet : " ".repeat(indent)) + line),
  );
}

/** `- ` or `1. ` at the beginning of an item of a list: its other lines are set in. */
function bulletOf(text: string, columns: number): string {
  const [bullet = ""] = /^ {0,12}(?:[-*+•]|\d{1,3}[.)]) (?=\S)/.exec(text) ?? [];
  return bullet.length * 3 < columns && !bullet.includes("•") ? bullet : "";
}

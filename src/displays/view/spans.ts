// One screen line made of styled pieces, never wider than it may be.
import { cut, fit, sealed, textWidth } from "./measure.ts";
import type { Style, Theme } from "./theme.ts";

export type Span = readonly [style: Style, text: string];

/** Pieces side by side, cut where the width ends; not filled up. */
export function spanLine(spans: readonly Span[], columns: number, { paint }: Theme): string {
  let left = columns;
  let line = "";
  for (const [style, text] of spans) {
    if (left <= 0) break;
    const piece = cut(text, left);
    line += paint(style, piece);
    left -= textWidth(piece);
  }
  return line;
}

/** Exactly `columns` wide: `left` is cut where it meets `right`, which is kept as long as it fits at all. */
export function spreadLine(
  { left, right }: { readonly left: readonly Span[]; readonly right: readonly Span[] },
  columns: number,
  theme: Theme,
): string {
  const rightWidth = Math.min(spansWidth(right), columns);
  const room = Math.max(0, columns - rightWidth - 1);
  const used = Math.min(room, spansWidth(left));
  const gap = Math.max(0, columns - rightWidth - used);
  return spanLine(left, room, theme) + " ".repeat(gap) + spanLine(right, rightWidth, theme);
}

export const spansWidth = (spans: readonly Span[]): number => spans.reduce((sum, [, text]) => sum + textWidth(text), 0);

/** One style, exactly `columns` wide. */
export const filled = ([style, text]: Span, columns: number, theme: Theme): string => theme.paint(style, fit(text, columns));

const ESCAPES = /\u001B\[[0-9;]*m/g;

/** Styled text filled up to `columns`. */
export function padded(line: string, columns: number): string {
  const plain = line.includes("\u001B") ? line.replaceAll(ESCAPES, "") : line;
  return sealed(line + " ".repeat(Math.max(0, columns - textWidth(plain))), plain);
}

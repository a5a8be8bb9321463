// Scrolling over long content of which only the visible part is ever wrapped: a place is a row and a line within it, so it survives
// a resize, new text at the end and old text dropped at the front.

/** Content as logical rows; `lines` gives a row's screen lines for a width, at least one, and should remember them. */
export type RowSource = {
  /** Rows that existed before the first one and are gone. */
  readonly dropped: number;
  readonly length: number;
  lines(index: number, columns: number): readonly string[];
};

/** The top line shown; null follows the end. `row` counts dropped rows too. */
export type Anchor = { readonly row: number; readonly line: number } | null;
export type Area = { readonly columns: number; readonly height: number };

/** The visible lines, at most `height`. */
export function visibleLines(source: RowSource, anchor: Anchor, area: Area): string[] {
  const start = clamp(source, anchor ?? endAnchor(source, area));
  const lines: string[] = [];
  let skip = start.line;
  for (let index = start.index; index < source.length && lines.length < area.height; index++) {
    const row = source.lines(index, area.columns);
    for (let line = skip; line < row.length && lines.length < area.height; line++) lines.push(row[line] ?? "");
    skip = 0;
  }
  return lines;
}

/** The place `by` lines further down (negative: up); null once the end is in sight. */
export function scrolled(source: RowSource, anchor: Anchor, { by, area }: { readonly by: number; readonly area: Area }): Anchor {
  const start = clamp(source, anchor ?? endAnchor(source, area));
  const moved = by < 0 ? up(source, start, { by: -by, area }) : down(source, start, { by, area });
  const end = clamp(source, endAnchor(source, area));
  const atEnd = moved.index > end.index || (moved.index === end.index && moved.line >= end.line);
  return atEnd ? null : { row: moved.index + source.dropped, line: moved.line };
}

/** The first line of everything, or null where all of it is visible anyway. */
export function startAnchor(source: RowSource, area: Area): Anchor {
  return scrolled(source, { row: source.dropped, line: 0 }, { by: 0, area });
}

type Place = { readonly index: number; readonly line: number };

function clamp(source: RowSource, anchor: Anchor): Place {
  if (anchor === null) return { index: 0, line: 0 };
  const index = anchor.row - source.dropped;
  if (index < 0) return { index: 0, line: 0 };
  return index >= source.length ? { index: Math.max(0, source.length - 1), line: 0 } : { index, line: anchor.line };
}

/** Where the top must be so that the last line is at the bottom. */
function endAnchor(source: RowSource, area: Area): Anchor {
  let left = area.height;
  for (let index = source.length - 1; index >= 0; index--) {
    const count = source.lines(index, area.columns).length;
    if (count >= left) return { row: index + source.dropped, line: count - left };
    left -= count;
  }
  return { row: source.dropped, line: 0 };
}

type Move = { readonly by: number; readonly area: Area };

function up(source: RowSource, from: Place, { by, area }: Move): Place {
  let left = by;
  let { index, line } = from;
  while (left > 0) {
    if (line >= left) return { index, line: line - left };
    left -= line;
    if (index === 0) return { index: 0, line: 0 };
    index--;
    left--;
    line = source.lines(index, area.columns).length - 1;
  }
  return { index, line };
}

function down(source: RowSource, from: Place, { by, area }: Move): Place {
  let left = by;
  let { index, line } = from;
  while (left > 0 && index < source.length) {
    const remaining = source.lines(index, area.columns).length - line;
    if (left < remaining) return { index, line: line + left };
    left -= remaining;
    index++;
    line = 0;
  }
  return { index: Math.min(index, Math.max(0, source.length - 1)), line };
}

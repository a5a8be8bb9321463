// Widths in terminal columns: cutting, padding and wrapping of plain text (no escape codes). Nothing here is ever wider than asked for.
import { truncateToWidth, visibleWidth } from "@earendil-works/pi-tui";

const ASCII = /^[\x20-\x7e]*$/;
/** Texts of these characters only: each is one column, or two for the second group, and none joins with its neighbour. */
const ASCII_AND_CJK = /^[\x20-\x7e\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]*$/;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
/** Ends a right-to-left run, so that a terminal which reorders text leaves borders and neighbouring columns alone. */
const LEFT_TO_RIGHT_MARK = "\u200e";
const ELLIPSIS = "…";

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Columns that a plain text takes. */
export function textWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  if (!ASCII_AND_CJK.test(text)) return visibleWidth(text);
  let width = text.length;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7e) width++;
  return width;
}

/** The longest prefix that fits, and its width. */
function prefix(text: string, columns: number): { readonly end: number; readonly width: number } {
  if (ASCII.test(text)) return { end: Math.min(columns, text.length), width: Math.min(columns, text.length) };
  let width = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    const next = textWidth(segment);
    if (width + next > columns) break;
    width += next;
    end = index + segment.length;
  }
  return { end, width };
}

/** Cuts to at most `columns` and marks the cut; shorter text stays as it is. */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (text.length <= columns && ASCII.test(text)) return text;
  if (text.length <= columns * 16 && textWidth(text) <= columns) return text;
  if (columns === 1) return ELLIPSIS;
  return text.slice(0, prefix(text.slice(0, columns * 16), columns - 1).end) + ELLIPSIS;
}

/** Exactly `columns` wide: cut, then filled with spaces. */
export function fit(text: string, columns: number): string {
  const short = cut(text, columns);
  return sealed(short + " ".repeat(Math.max(0, columns - textWidth(short))), short);
}

/** The line with its right-to-left run ended, where its plain text has one. */
export const sealed = (line: string, plain: string): string => (RIGHT_TO_LEFT.test(plain) ? line + LEFT_TO_RIGHT_MARK : line);

/**
 * Breaks one line of text (no line breaks inside) into pieces of at most `columns`, at spaces where there are any.
 * A character wider than `columns` becomes a dot.
 */
export function wrap(text: string, columns: number): string[] {
  if (columns <= 0) return [];
  if (text.length <= columns && textWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let rest = text;
  while (rest !== "") {
    const { piece, length } = takePiece(rest, columns);
    lines.push(piece);
    rest = rest.slice(length);
  }
  return lines.length === 0 ? [""] : lines;
}

function takePiece(rest: string, columns: number): { readonly piece: string; readonly length: number } {
  // A line cannot hold more than this many characters, except absurd runs of combining marks, which then continue on the next line.
  const window = rest.length > columns * 8 ? rest.slice(0, columns * 8) : rest;
  const { end } = prefix(window, columns);
  if (end === rest.length) return { piece: rest, length: end };
  if (end === 0) return oversized(window);
  const space = window.lastIndexOf(" ", end);
  if (space <= 0 || window.slice(0, space).trim() === "") return { piece: window.slice(0, end), length: end };
  return { piece: window.slice(0, space), length: space + 1 };
}

function oversized(window: string): { readonly piece: string; readonly length: number } {
  const [first] = graphemes.segment(window);
  return { piece: ".", length: first?.segment.length ?? 1 };
}

/** Cuts a line that holds colours. */
export const cutStyled = (line: string, columns: number): string => truncateToWidth(line, columns, "");

// What an agent said and did, as logical lines. Bounded: the oldest lines go when there is too much, and are counted.
import type { ToolView } from "./tool-view.ts";

/** Characters kept for one agent; the log keeps everything. */
const MAX_CHARS = 1_000_000;
/** A logical line is broken after this many characters, so that a frame never wraps more than what it shows. */
const MAX_ROW = 2000;

export type RowTone = "speech" | "thought" | "good" | "bad" | "note" | "answer";
export type Row = { readonly kind: "text"; readonly tone: RowTone; text: string } | { readonly kind: "tool"; readonly tool: ToolView };

export type Transcript = {
  rows: Row[];
  /** Rows dropped from the front; row `n` of the whole transcript is `rows[n - dropped]`. */
  dropped: number;
  chars: number;
  /** The row that streamed text is added to. */
  open: Extract<Row, { kind: "text" }> | null;
};

export const emptyTranscript = (): Transcript => ({ rows: [], dropped: 0, chars: 0, open: null });

/** Adds streamed text; goes on in the open row where it has the same tone. */
export function addDelta(transcript: Transcript, tone: RowTone, delta: string): void {
  const [first = "", ...rest] = delta.split("\n");
  extend(transcript, tone, first);
  for (const text of rest) {
    transcript.open = null;
    push(transcript, { kind: "text", tone, text: "" });
    extend(transcript, tone, text);
  }
  trim(transcript);
}

/** Adds whole lines. */
export function addLines(transcript: Transcript, tone: RowTone, text: string): void {
  closeRow(transcript);
  addDelta(transcript, tone, text);
  closeRow(transcript);
}

export function addTool(transcript: Transcript, tool: ToolView): void {
  closeRow(transcript);
  push(transcript, { kind: "tool", tool });
  trim(transcript);
}

/** The next text begins a new row. */
export function closeRow(transcript: Transcript): void {
  if (transcript.open?.text === "") removeLast(transcript);
  transcript.open = null;
}

function removeLast(transcript: Transcript): void {
  if (transcript.rows.at(-1) === transcript.open) transcript.rows.pop();
}

function extend(transcript: Transcript, tone: RowTone, text: string): void {
  if (transcript.open?.tone !== tone) {
    closeRow(transcript);
    push(transcript, { kind: "text", tone, text: "" });
  }
  let rest = text;
  while (transcript.open !== null && transcript.open.text.length + rest.length > MAX_ROW) {
    const end = breakPoint(rest, MAX_ROW - transcript.open.text.length);
    grow(transcript, rest.slice(0, end));
    rest = rest.slice(end);
    push(transcript, { kind: "text", tone, text: "" });
  }
  grow(transcript, rest);
}

/** After a space where there is one near, never inside a pair of surrogates. */
function breakPoint(text: string, limit: number): number {
  const space = text.lastIndexOf(" ", limit - 1);
  const end = space >= 0 && space > limit - 200 ? space + 1 : limit;
  return end > 0 && /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? end - 1 : end;
}

function grow(transcript: Transcript, text: string): void {
  if (transcript.open !== null) transcript.open.text += text;
  transcript.chars += text.length;
}

function push(transcript: Transcript, row: Row): void {
  transcript.rows.push(row);
  transcript.open = row.kind === "text" ? row : null;
  transcript.chars += ROW_WEIGHT;
}

/** Empty rows count too, or a flood of line breaks would grow without bound. */
const ROW_WEIGHT = 40;

function trim(transcript: Transcript): void {
  if (transcript.chars <= MAX_CHARS) return;
  let gone = 0;
  let index = 0;
  // A tenth at once: removing from the front of an array moves all the rest.
  while (transcript.chars - gone > MAX_CHARS * 0.9 && index < transcript.rows.length - 1) {
    const row = transcript.rows[index++];
    gone += ROW_WEIGHT + (row?.kind === "text" ? row.text.length : 0);
  }
  transcript.rows.splice(0, index);
  transcript.dropped += index;
  transcript.chars -= gone;
}

// Finding a text in a transcript.
import type { Transcript } from "./transcript.ts";

export type Wanted = {
  readonly text: string;
  /** Row to start from, exclusive; null: the end. */ readonly from: number | null;
  readonly direction: 1 | -1;
};

/** The row (dropped ones counted) of the next match, going round at the ends; null where there is none. Case does not matter. */
export function nextMatch({ rows, dropped }: Transcript, { text, from, direction }: Wanted): number | null {
  const wanted = text.toLowerCase();
  const start = from === null ? (direction === 1 ? -1 : rows.length) : from - dropped;
  for (let step = 1; step <= rows.length; step++) {
    const index = (((start + step * direction) % rows.length) + rows.length) % rows.length;
    const row = rows[index];
    const content = row === undefined ? "" : row.kind === "text" ? row.text : `${row.tool.name} ${row.tool.outcome}`;
    if (content.toLowerCase().includes(wanted)) return index + dropped;
  }
  return null;
}

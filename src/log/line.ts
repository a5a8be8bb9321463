// One entry as one line of text. Each line ends with a checksum that also covers the line before, so that flipped bytes and lost lines show.
import { crc32 } from "node:zlib";
import type { EntryHeader } from "../core/index.ts";

const SUM = ',"sum":"';
/** Length of `,"sum":"xxxxxxxx"}`. */
const SUM_LENGTH = SUM.length + 8 + 2;

/** The line without its line feed, and the checksum that the next line continues. `json` is the event's JSON. */
export function formatLine(header: EntryHeader, json: string, before: number): { readonly line: string; readonly sum: number } {
  const open = `${JSON.stringify(header).slice(0, -1)},${json.slice(1)}`;
  const sum = crc32(open, before);
  return { line: `${open.slice(0, -1)}${SUM}${hex(sum)}"}`, sum };
}

/** The line's JSON without the checksum; `sum` is null where the line has none, and `intact` false where it does not fit. */
export function parseSum(line: string, before: number): { readonly json: string; readonly sum: number | null; readonly intact: boolean } {
  const at = line.length - SUM_LENGTH;
  if (at < 0 || !line.startsWith(SUM, at)) return { json: line, sum: null, intact: true };
  const json = `${line.slice(0, at)}}`;
  const sum = crc32(json, before);
  return { json, sum, intact: line.endsWith(`${SUM}${hex(sum)}"}`) };
}

const hex = (sum: number): string => sum.toString(16).padStart(8, "0");

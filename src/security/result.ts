// What a model and a person are shown of a tool's result: harmless text of bounded size.
import { neutralise } from "./neutralise.ts";

export type TreatedResult = {
  readonly text: string;
  /** What was cut off, already harmless, for a file; null where all fits. */
  readonly rest: string | null;
  /** Bytes of the whole harmless text. */
  readonly bytes: number;
};

/** Neutralises a text and keeps at most `limit` bytes of it, cut between characters. */
export function treatResult(text: string, limit: number): TreatedResult {
  const clean = neutralise(text);
  const bytes = Buffer.byteLength(clean);
  if (bytes <= limit) return { text: clean, rest: null, bytes };
  const kept = new TextDecoder("utf-8", { fatal: false })
    .decode(Buffer.from(clean).subarray(0, Math.max(0, limit)))
    .replace(/\ufffd+$/, "");
  return { text: kept, rest: clean.slice(kept.length), bytes };
}

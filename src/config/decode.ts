// From the bytes of a file to its text: size, encoding and control characters are judged here, before any parser sees it.
import { MAX_BYTES } from "./limits.ts";
import { report, ROOT, type Reading } from "./reading.ts";

/** The text; null after a problem was reported. */
export function decode(bytes: Uint8Array, reading: Reading): string | null {
  if (bytes.length > MAX_BYTES) return tooLarge(reading);
  const bom = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    return checkText(new TextDecoder("utf-8", { fatal: true }).decode(bytes), reading);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = bom ? "The file is in UTF-16; save it as UTF-8" : "The file is not valid UTF-8 here; save it as UTF-8";
    report(reading, { place: ROOT, mark: bom ? { line: 1, column: 1 } : firstBadByte(bytes) }, { code: "not-utf8", message: hint });
    return null;
  }
}

/** The same judgement for text that is already decoded. */
export function checkText(text: string, reading: Reading): string | null {
  if (text.length > MAX_BYTES) return tooLarge(reading);
  // eslint-disable-next-line no-control-regex
  const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (control === null) return text.startsWith("\uFEFF") ? text.slice(1) : text;
  const code = control[0].charCodeAt(0);
  const name = code === 0 ? "a NUL character" : `a control character (U+${code.toString(16).toUpperCase().padStart(4, "0")})`;
  report(
    reading,
    { place: ROOT, mark: markAt(text, control.index) },
    { code: "control-character", message: `The file holds ${name} here; remove it` },
  );
  return null;
}

function tooLarge(reading: Reading): null {
  report(
    reading,
    { place: ROOT, mark: null },
    { code: "too-large", message: "The file is larger than 1 MiB; a configuration is a few kilobytes" },
  );
  return null;
}

/** Line and column, from 1, of a character offset. */
export function markAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split("\n").length, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}

/** Decoding in a stream stops at the first wrong byte: what lies before decodes alone. */
function firstBadByte(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  let good = 0;
  let bad = bytes.length;
  while (good + 1 < bad) {
    const middle = (good + bad) >> 1;
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  const before = new TextDecoder("utf-8").decode(bytes.subarray(0, good), { stream: true });
  return markAt(before, before.length);
}

function decodes(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

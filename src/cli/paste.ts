// Keeps a pasted text of several lines one input: its line breaks travel through the line editor as a visible sign.
import { Transform, type TransformCallback } from "node:stream";
import type { Terminal } from "../io/index.ts";

export const PASTE_ON = "\u001B[?2004h";
export const PASTE_OFF = "\u001B[?2004l";
const BEGIN = "\u001B[200~";
const END = "\u001B[201~";
/** SYMBOL FOR NEWLINE. */
const SIGN = "\u2424";

export const restorePasted = (line: string): string => line.replaceAll(SIGN, "\n");

export type Joiner = Transform & { attach(): void; detach(): void; setRawMode(on: boolean): unknown };

/**
 * Standard input with the line breaks of bracketed pastes replaced, one line per chunk, so that lines typed ahead wait for the next reader.
 * It reads between `attach` and `detach` only.
 */
export function pasteJoiner(stdin: Terminal["stdin"]): Joiner {
  const join = pasteFilter();
  const decoder = new TextDecoder();
  const stream = new Transform({
    readableObjectMode: true,
    transform(chunk: Buffer | string, _encoding: BufferEncoding, done: TransformCallback) {
      const text = join(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      for (const line of text.split(/(?<=[\r\n\u0004])/)) if (line !== "") this.push(line);
      done();
    },
  });
  return Object.assign(stream, {
    setRawMode: (on: boolean) => stdin.setRawMode?.(on),
    attach: () => void stdin.pipe(stream),
    detach: () => {
      stdin.unpipe(stream);
      stdin.pause();
    },
  });
}

/** A function over successive chunks; a marker may be split between two of them. */
export function pasteFilter(): (chunk: string) => string {
  let pasting = false;
  let held = "";
  return (chunk) => {
    let rest = held + chunk;
    held = "";
    let out = "";
    for (;;) {
      const marker = pasting ? END : BEGIN;
      const at = rest.indexOf(marker);
      if (at < 0) break;
      out += pasting ? signed(rest.slice(0, at)) : rest.slice(0, at);
      rest = rest.slice(at + marker.length);
      pasting = !pasting;
    }
    const cut = splitMarker(rest, pasting ? END : BEGIN);
    held = rest.slice(cut);
    const ready = rest.slice(0, cut);
    return out + (pasting ? signed(ready) : ready);
  };
}

const signed = (text: string): string => text.replace(/\r\n?|\n/g, SIGN);

/** Where an unfinished marker at the end begins. A lone Escape, or Escape and a bracket, is a key and is never held back. */
function splitMarker(text: string, marker: string): number {
  for (let length = Math.min(marker.length - 1, text.length); length >= 3; length--) {
    if (text.endsWith(marker.slice(0, length))) return text.length - length;
  }
  return text.length;
}

// How a conversation talks with the person: it reads a line, says lines, and shows each run on a display of its own.
import type { Display } from "./contract.ts";

export type Reading =
  | { readonly kind: "text"; readonly text: string }
  /** Ctrl-D, or the input was closed. */
  | { readonly kind: "end" }
  /** Ctrl-C on an empty line; on a line with text it empties the line. */
  | { readonly kind: "interrupted" };

export type Dialogue = {
  read(): Promise<Reading>;
  say(lines: readonly string[]): void;
  /** A display for the next run. */
  display(): Promise<Display>;
  /** Gives the terminal back; idempotent. */
  close(): void;
};

// How a conversation talks with the person: it reads a line, says lines, and shows each run on a display of its own.
import type { Display } from "./contract.ts";

export type Reading =
  | { readonly kind: "text"; readonly text: string }
  /** Ctrl-D, or the input was closed. */
  | { readonly kind: "end" }
  /** Ctrl-C on an empty line; on a line with text it empties the line. */
  | { readonly kind: "interrupted" };

export type DialogueOptions = {
  /** Completed in the input line. */
  readonly words: readonly string[];
  /** What was typed in earlier conversations, newest first. */
  readonly history: readonly string[];
  /** Is asked for each line that is sent while a run goes on: true = it was for the run. Every other one waits for the next `read`. */
  readonly atOnce: (line: string) => boolean;
};

export type Dialogue = {
  read(): Promise<Reading>;
  say(lines: readonly string[]): void;
  /** A display for the next run. */
  display(): Promise<Display>;
  /** Gives the terminal back; idempotent. */
  close(): void;
};

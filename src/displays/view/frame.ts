// What a drawing function is given besides the run: the person's choices, the size, the time, the colours.
import type { RunView } from "./model.ts";
import type { Theme } from "./theme.ts";
import type { Ui } from "./ui.ts";

export type Size = { readonly columns: number; readonly rows: number };

export type Frame = {
  readonly view: RunView;
  readonly ui: Ui;
  readonly size: Size;
  /** Milliseconds since the epoch; stands still in replays and after the run. */
  readonly now: number;
  readonly theme: Theme;
  /** Markdown as styled lines of at most `columns`. */
  readonly markdown: (text: string, columns: number) => readonly string[];
};

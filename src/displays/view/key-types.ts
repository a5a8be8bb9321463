// A key, what surrounds it, and what may come of it.
import type { CallId, FormAnswer } from "../../core/index.ts";
import type { Frame } from "./frame.ts";
import type { Ui } from "./ui.ts";

export type Key = {
  /** `a`, `Q`, `up`, `ctrl+c`, `enter`, `escape` … */
  readonly name: string;
  /** What the key would write; null for keys that write nothing. */
  readonly text: string | null;
  /** True for text that was pasted: it is never a command. */
  readonly pasted?: true;
};

/** What the owner of the screen must do. */
export type OwnerWish = { readonly kind: "stop-and-leave" | "leave" } | { readonly kind: "ask"; readonly text: string };

export type Wish =
  | OwnerWish
  | { readonly kind: "interrupt" | "answer-now" | "pause" | "resume" | "next-theme" }
  | { readonly kind: "permission"; readonly call: CallId; readonly allow: boolean; readonly remember: "once" | "run" | "always" }
  | { readonly kind: "form"; readonly call: CallId; readonly answer: FormAnswer }
  | { readonly kind: "copy"; readonly text: string };

export type Pressed = { readonly ui: Ui; readonly wish?: Wish };
export type Surroundings = {
  readonly frame: Frame;
  /** Monotonic milliseconds. */
  readonly at: number;
  /** True while a run is going on: then leaving is asked for. */
  readonly running: boolean;
  /** Words the input line completes. */
  readonly words: readonly string[];
};

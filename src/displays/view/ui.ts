// What the person has chosen to look at: changed by keys only, never by the run.
import type { FormValues } from "../../core/index.ts";
import type { FormEntry } from "./form-steps.ts";
import type { InputLine } from "./input-line.ts";
import type { Anchor } from "./rows.ts";

/** `grid`: all agents side by side; `agent`: one at full size; the others are lists. */
export type PanelName = "grid" | "agent" | "tools" | "votes" | "servers" | "events" | "help" | "result" | "notes";

export type Search = { readonly typing: boolean; readonly text: string };

export type Modal =
  | { readonly kind: "quit" }
  /** `choice` is the marked row, `scroll` the first line of the arguments, `since` when it appeared (monotonic milliseconds). */
  | { readonly kind: "permission"; readonly question: number; readonly choice: number; readonly scroll: number; readonly since: number }
  | FormModal;

/** `question`: the form's id; `step`: the field that is shown, behind the last one everything is sent; `scroll`: the first line of the words above it. */
export type FormModal = {
  readonly kind: "form";
  readonly question: number;
  readonly step: number;
  readonly values: FormValues;
  readonly entry: FormEntry;
  readonly problem: string | null;
  readonly scroll: number;
  readonly since: number;
};

export type Ui = {
  readonly panel: PanelName;
  /** Index of the agent that is marked, and shown in the `agent` panel. */
  readonly focused: number;
  /** Where each scrollable thing stands, by its name. */
  readonly anchors: Readonly<Record<string, Anchor>>;
  readonly search: Search | null;
  readonly modal: Modal | null;
  /** Ids of the questions that were answered here. */
  readonly answered: ReadonlySet<number>;
  /** The first digit of an agent's number, and when it was typed (monotonic milliseconds). */
  readonly digit: { readonly value: number; readonly at: number } | null;
  /** The line for the next question; null while there is nothing to type. */
  readonly input: InputLine | null;
  /** True while keys go to the input line. */
  readonly typing: boolean;
  /** Words that the input line could become. */
  readonly suggestions: readonly string[];
  /** What a command of the conversation answered, shown by the `notes` panel. */
  readonly notes: readonly string[];
  /** A short message of ours in the footer. */
  readonly notice: string | null;
};

export const firstUi = (): Ui => ({
  panel: "grid",
  focused: 0,
  anchors: {},
  search: null,
  modal: null,
  answered: new Set(),
  digit: null,
  input: null,
  typing: false,
  suggestions: [],
  notes: [],
  notice: null,
});

/** The name under which a panel's scroll place is kept. */
export const anchorName = (ui: Pick<Ui, "panel" | "focused">): string =>
  ui.panel === "agent" || ui.panel === "grid" ? `agent ${ui.focused}` : ui.panel;

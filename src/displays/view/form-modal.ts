// Draws the form a server puts before a person: who asks, what for, one field at a time, and at the end everything before it is sent.
import type { Frame } from "./frame.ts";
import { inputRows, type InputLine } from "./input-line.ts";
import { wrap } from "./measure.ts";
import type { FormView } from "./model.ts";
import type { Span } from "./spans.ts";
import { harmless } from "./text-rows.ts";
import type { FormModal } from "./ui.ts";
import { filledLines, isTyped, rowsOf, wantedBy } from "../../security/index.ts";

/** From this many columns on every key is named. */
const WIDE = 70;
const MOST_INPUT_ROWS = 4;
const CARET = "▏";

type Look = { readonly view: FormView; readonly modal: FormModal; readonly height: number };

/** The lines of the box, without its borders. */
export function formLines({ view, modal, height }: Look, { size }: Frame): Span[][] {
  const inner = Math.max(1, size.columns - 4);
  const field = view.form.fields[modal.step];
  const problem: Span[][] = modal.problem === null ? [] : wrapped("bad", harmless(modal.problem), inner).slice(0, 2);
  // Two borders, the title and the keys.
  const room = Math.max(2, height - 4 - problem.length);
  const said = wordLines(view, modal, inner);
  // Neither the words nor a long list of choices takes more than half from the other.
  const rows = Math.max(2, room - Math.min(said.length, Math.ceil(room / 2)));
  const step = field === undefined ? [] : fieldLines(field, modal, { columns: inner, rows });
  const left = Math.max(1, room - step.length);
  const from = Math.min(modal.scroll, Math.max(0, said.length - left));
  const above = said.slice(from, from + left);
  return [
    titleLine(view, modal),
    ...above,
    ...step,
    ...problem,
    hints({ last: field === undefined, more: said.length - above.length, columns: inner }),
  ];
}

function titleLine({ server, agent, form }: FormView, { step }: FormModal): Span[] {
  const count = form.fields.length;
  return [
    ["title", "The server "],
    ["tool", harmless(server)],
    ["title", " asks you"],
    ["dim", step < count ? ` (${step + 1} of ${count}, called by ${harmless(agent)})` : ` (called by ${harmless(agent)})`],
  ];
}

const wrapped = (style: Span[0], text: string, columns: number): Span[][] =>
  text.split("\n").flatMap((line) => wrap(harmless(line), columns).map((piece): Span[] => [[style, piece]]));

function words({ form }: FormView, { step }: FormModal, columns: number): Span[][] {
  const field = form.fields[step];
  const warning: Span[][] = form.mentionsSecrets ? wrapped("warn", "Do not type a password, token or key here.", columns) : [];
  const about = field === undefined || field.description === "" ? [] : wrapped("dim", field.description, columns);
  return [...warning, ...wrapped("text", form.message, columns), ...about];
}

/** Everything that is said above the field; behind the last field, what will be sent. */
export function wordLines(view: FormView, modal: FormModal, columns: number): Span[][] {
  return view.form.fields[modal.step] === undefined ? summary(view, modal, columns) : words(view, modal, columns);
}

function summary(view: FormView, modal: FormModal, columns: number): Span[][] {
  const lines = filledLines(view.form, modal.values).flatMap(([title, value]) => wrapped("text", `${title}: ${value}`, columns));
  return [...words(view, modal, columns), ...lines];
}

type Room = { readonly columns: number; readonly rows: number };

function fieldLines(field: FormView["form"]["fields"][number], { entry }: FormModal, { columns, rows }: Room): Span[][] {
  const head: Span[] = [
    ["key", harmless(field.title)],
    ["dim", `  ${wantedBy(field)}${field.kind === "choices" ? "; Space marks" : ""}`],
  ];
  if (isTyped(field)) return [head, ...typedLines(entry.line, { columns, rows: Math.min(MOST_INPUT_ROWS, rows - 1) })];
  const all = rowsOf(field);
  const shown = Math.max(1, Math.min(all.length, rows - 1));
  const from = Math.max(0, Math.min(entry.marked - Math.floor(shown / 2), all.length - shown));
  const choices = all.slice(from, from + shown).map(({ title, value }, index): Span[] => {
    const marked = from + index === entry.marked;
    const box = field.kind === "choices" ? (typeof value === "string" && entry.picked.includes(value) ? "[x] " : "[ ] ") : "";
    return [
      [marked ? "selected" : "text", marked ? " ▸ " : "   "],
      [marked ? "focus" : "text", ` ${box}${harmless(title)}`],
    ];
  });
  return [head, ...choices];
}

function typedLines(line: InputLine, { columns, rows }: Room): Span[][] {
  const text = `${line.text.slice(0, line.cursor)}${CARET}${line.text.slice(line.cursor)}`;
  const drawn = inputRows({ ...line, text }, Math.max(1, columns - 2));
  const from = Math.max(0, Math.min(drawn.cursorRow - rows + 1, drawn.rows.length - rows));
  return drawn.rows.slice(from, from + Math.max(1, rows)).map((row, index): Span[] => [
    ["focus", from + index === 0 ? "› " : "  "],
    ["text", row],
  ]);
}

type Hints = { readonly last: boolean; readonly more: number; readonly columns: number };

function hints({ last, more, columns }: Hints): Span[] {
  const [on, back, no, out] =
    columns >= WIDE
      ? [last ? "Enter sends this" : "Enter goes on", "Shift+Tab back", "Ctrl-D declines", "Esc leaves"]
      : [last ? "Enter sends" : "Enter", "⇧Tab", "^D no", "Esc"];
  const lines = columns >= WIDE ? `${more} more: PgUp PgDn  ` : `+${more} PgDn  `;
  return [
    ["warn", more > 0 ? lines : ""],
    ["dim", [on, back, no, out].join("  ")],
  ];
}

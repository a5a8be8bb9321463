// Keys while a form is filled in: typing and choosing in the step that is shown, on and back, and the two ways out.
import { wordLines } from "./form-modal.ts";
import { beginStep, endStep, withValue } from "./form-steps.ts";
import { edit, insert } from "./input-line.ts";
import type { Key, Pressed } from "./key-types.ts";
import type { FormView } from "./model.ts";
import type { FormModal, Ui } from "./ui.ts";
import { isTyped, rowsOf } from "../../security/index.ts";

/** `deaf`: the step has only just appeared, and a key on its way must not answer it. */
type Pressing = { readonly key: Key; readonly at: number; readonly deaf: boolean; readonly columns: number };

/** The first step of a form; what was sent before is in it where it is asked again. */
export function openForm(view: FormView, at: number): FormModal {
  return stepOf({ kind: "form", question: view.id, step: 0, values: view.filled, problem: view.problem, scroll: 0, since: at }, view);
}

export function pressInForm(ui: Ui, modal: FormModal, { view, ...pressing }: Pressing & { readonly view: FormView }): Pressed {
  const { key, deaf } = pressing;
  const shown = (next: FormModal): Pressed => ({ ui: { ...ui, modal: next } });
  const over = (answer: Answer): Pressed => ({
    ui: { ...ui, modal: null, answered: new Set(ui.answered).add(view.id) },
    wish: { kind: "form", call: view.call, answer },
  });
  if (key.name === "pageup") return shown({ ...modal, scroll: Math.max(0, modal.scroll - 1) });
  if (key.name === "pagedown")
    return shown({ ...modal, scroll: Math.min(modal.scroll + 1, wordLines(view, modal, pressing.columns).length - 1) });
  if (deaf) return { ui };
  if (key.name === "escape") return over({ action: "cancel" });
  if (key.name === "ctrl+d") return over({ action: "decline" });
  if (key.name === "shift+tab")
    return modal.step === 0 ? { ui } : shown(stepOf({ ...modal, step: modal.step - 1, problem: null, scroll: 0 }, view));
  const field = view.form.fields[modal.step];
  if (field === undefined) return key.name === "enter" ? over({ action: "accept", content: modal.values }) : { ui };
  if (key.name !== "enter") return shown(inStep(modal, key, field));
  const ended = endStep(field, modal.entry);
  if ("problem" in ended) return shown({ ...modal, problem: ended.problem });
  const values = withValue(modal.values, field.name, ended.value);
  return shown(
    stepOf({ ...modal, step: modal.step + 1, values, problem: null, scroll: 0, since: lastGuard(modal, view, pressing.at) }, view),
  );
}

type Answer = Extract<NonNullable<Pressed["wish"]>, { kind: "form" }>["answer"];

/** The step that sends everything must be seen before it is answered. */
const lastGuard = ({ step, since }: FormModal, { form }: FormView, at: number): number => (step + 1 === form.fields.length ? at : since);

function stepOf(modal: Omit<FormModal, "entry">, { form }: FormView): FormModal {
  const field = form.fields[modal.step];
  return { ...modal, entry: field === undefined ? NOTHING : beginStep(field, modal.values) };
}

const NOTHING: FormModal["entry"] = { line: { text: "", cursor: 0, history: [], recalled: -1, draft: "" }, marked: 0, picked: [] };

function inStep(modal: FormModal, key: Key, field: FormView["form"]["fields"][number]): FormModal {
  const { entry } = modal;
  const changed = (change: Partial<FormModal["entry"]>): FormModal => ({ ...modal, problem: null, entry: { ...entry, ...change } });
  if (isTyped(field)) {
    if (key.pasted === true) return changed({ line: insert(entry.line, (key.text ?? "").replaceAll("\n", " ")) });
    const edited = edit(entry.line, key.name);
    if (edited !== null) return changed({ line: { ...edited, text: edited.text.replaceAll("\n", " ") } });
    return key.text === null ? modal : changed({ line: insert(entry.line, key.text) });
  }
  if (key.pasted === true) return modal;
  const rows = rowsOf(field);
  if (key.name === "up" || key.name === "k") return changed({ marked: (entry.marked + rows.length - 1) % rows.length });
  if (key.name === "down" || key.name === "j" || key.name === "tab") return changed({ marked: (entry.marked + 1) % rows.length });
  if (field.kind === "yes-no" && (key.name === "y" || key.name === "n")) return changed({ marked: key.name === "y" ? 0 : 1 });
  const value = rows[entry.marked]?.value;
  if (field.kind !== "choices" || key.name !== "space" || typeof value !== "string") return modal;
  const without = entry.picked.filter((one) => one !== value);
  return changed({ picked: without.length < entry.picked.length ? without : [...without, value] });
}

// Keys while a question waits for its answer.
import { openForm, pressInForm } from "./form-keys.ts";
import type { Frame } from "./frame.ts";
import type { Key, Pressed, Surroundings } from "./key-types.ts";
import { argumentLines, PERMISSION_CHOICES, REFUSE_ONCE } from "./modal.ts";
import type { RunView } from "./model.ts";
import type { FormModal, Modal, Ui } from "./ui.ts";

/** A key that was on its way when the question appeared must not answer it, in milliseconds. */
const DEAF_MS = 400;

export function pressInModal(ui: Ui, key: Key, around: Surroundings): Pressed {
  if (ui.modal?.kind === "form") return inForm(ui, ui.modal, { key, around });
  if (ui.modal === null || key.pasted === true) return { ui };
  return ui.modal.kind === "quit" ? inQuit(ui, key) : inPermission(ui, ui.modal, { key, around });
}

function inQuit(ui: Ui, key: Key): Pressed {
  if (key.name === "y" || key.name === "q") return { ui: { ...ui, modal: null }, wish: { kind: "stop-and-leave" } };
  return key.name === "n" || key.name === "escape" ? { ui: { ...ui, modal: null } } : { ui };
}

type Pressing = { readonly key: Key; readonly around: Surroundings };

function inPermission(ui: Ui, modal: Extract<Modal, { kind: "permission" }>, { key, around }: Pressing): Pressed {
  const moved = (change: Partial<typeof modal>): Pressed => ({ ui: { ...ui, modal: { ...modal, ...change } } });
  const count = PERMISSION_CHOICES.length;
  if (key.name === "tab") return moved({ choice: (modal.choice + 1) % count });
  if (key.name === "shift+tab") return moved({ choice: (modal.choice + count - 1) % count });
  if (key.name === "up" || key.name === "pageup") return moved({ scroll: Math.max(0, modal.scroll - 1) });
  if (key.name === "down" || key.name === "pagedown") return moved({ scroll: Math.min(modal.scroll + 1, lastLine(modal, around.frame)) });
  const chosen = key.name === "enter" ? PERMISSION_CHOICES[modal.choice] : PERMISSION_CHOICES.find((choice) => choice.key === key.name);
  if (chosen === undefined || around.at - modal.since < DEAF_MS) return { ui };
  const permission = around.frame.view.permissions.find(({ id }) => id === modal.question);
  if (permission === undefined) return { ui: { ...ui, modal: null } };
  return {
    ui: { ...ui, modal: null, answered: new Set(ui.answered).add(permission.id) },
    wish: { kind: "permission", call: permission.call, allow: chosen.allow, remember: chosen.remember },
  };
}

function inForm(ui: Ui, modal: FormModal, { key, around }: Pressing): Pressed {
  const view = around.frame.view.forms.find(({ id }) => id === modal.question);
  if (view === undefined) return { ui: { ...ui, modal: null } };
  return pressInForm(ui, modal, {
    key,
    view,
    at: around.at,
    columns: Math.max(1, around.frame.size.columns - 4),
    deaf: around.at - modal.since < DEAF_MS,
  });
}

function lastLine({ question }: Extract<Modal, { kind: "permission" }>, { view, size }: Frame): number {
  const permission = view.permissions.find(({ id }) => id === question);
  return permission === undefined ? 0 : Math.max(0, argumentLines(permission, Math.max(1, size.columns - 4)).length - 1);
}

/** Opens the oldest question that nobody answered yet, and closes one that was settled elsewhere. */
export function syncModal(ui: Ui, view: RunView, at: number): Ui {
  const { modal } = ui;
  const asked = modal?.kind === "permission" ? view.permissions : modal?.kind === "form" ? view.forms : null;
  if (asked !== null && modal?.kind !== "quit" && !asked.some(({ id }) => id === modal?.question))
    return syncModal({ ...ui, modal: null }, view, at);
  if (modal !== null) return ui;
  const permission = view.permissions.find(({ id }) => !ui.answered.has(id));
  if (permission !== undefined)
    return { ...ui, modal: { kind: "permission", question: permission.id, choice: REFUSE_ONCE, scroll: 0, since: at } };
  const form = view.forms.find(({ id }) => !ui.answered.has(id));
  return form === undefined ? ui : { ...ui, modal: openForm(form, at) };
}

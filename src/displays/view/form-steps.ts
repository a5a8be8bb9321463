// A form field by field: what a step begins with and what it comes to. Pure.
import type { FormField, FormValue, FormValues } from "../../core/index.ts";
import { checkField, isTyped, rowsOf, typedValue } from "../../security/index.ts";
import { emptyInput, type InputLine } from "./input-line.ts";

/** What is typed and marked in the step that is shown. */
export type FormEntry = { readonly line: InputLine; readonly marked: number; readonly picked: readonly string[] };
/** The step of a field, with what it was filled with before or the server proposes. Nobody agrees by a stray Enter: a yes is marked only where it is proposed. */
export function beginStep(field: FormField, values: FormValues): FormEntry {
  const value = Object.hasOwn(values, field.name) ? values[field.name] : (field.initial ?? undefined);
  const text = isTyped(field) && value !== undefined ? String(value) : "";
  const rows = rowsOf(field);
  const at = rows.findIndex((row) => row.value === value);
  return {
    line: { ...emptyInput(), text, cursor: text.length },
    marked: at >= 0 && field.kind !== "choices" ? at : field.kind === "yes-no" ? 1 : 0,
    picked: Array.isArray(value) ? value : [],
  };
}

/** What the step comes to, or why it cannot be taken. */
export function endStep(field: FormField, entry: FormEntry): { readonly value: FormValue | undefined } | { readonly problem: string } {
  const value = valueOf(field, entry);
  const problem = checkField(field, value);
  return problem === null ? { value } : { problem };
}

function valueOf(field: FormField, { line, marked, picked }: FormEntry): FormValue | undefined {
  if (isTyped(field)) return typedValue(field, line.text);
  if (field.kind !== "choices") return rowsOf(field)[marked]?.value;
  // In the order of the list; nothing chosen means nothing is sent, where that is allowed.
  const chosen = field.options.map(({ value }) => value).filter((value) => picked.includes(value));
  return chosen.length === 0 && !field.required ? undefined : chosen;
}

export const withValue = (values: FormValues, name: string, value: FormValue | undefined): FormValues => {
  const others = Object.entries(values).filter(([known]) => known !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
};

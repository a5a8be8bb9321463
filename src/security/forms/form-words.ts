// A form in words for people: what there is to choose from, what a field wants, and what it was filled with.
import type { Form, FormField, FormValue, FormValues } from "../../core/index.ts";
import { FORMATS } from "./check-field.ts";

/** `value` undefined = the field is left out. */
export type FormRow = { readonly title: string; readonly value: FormValue | undefined };

const LEFT_OUT: FormRow = { title: "(leave it out)", value: undefined };

export const isTyped = (field: FormField): field is Extract<FormField, { kind: "text" | "number" }> =>
  field.kind === "text" || field.kind === "number";

/** What there is to choose from; empty for fields that are typed. */
export function rowsOf(field: FormField): readonly FormRow[] {
  if (isTyped(field)) return [];
  if (field.kind === "choices") return field.options;
  const rows: readonly FormRow[] =
    field.kind === "yes-no"
      ? [
          { title: "yes", value: true },
          { title: "no", value: false },
        ]
      : field.options;
  return field.required ? rows : [...rows, LEFT_OUT];
}

/** What a field wants, in a few words. */
export function wantedBy(field: FormField): string {
  const duty = field.required ? "required" : "may be left empty";
  if (!isTyped(field)) return field.required ? "required" : "optional";
  const range = rangeOf(field.least, field.most);
  if (field.kind === "number") return [field.whole ? "whole number" : "number", range, duty].filter((part) => part !== "").join(", ");
  return [field.format === null ? "text" : FORMATS[field.format].words, range === "" ? "" : `${range} characters`, duty]
    .filter((part) => part !== "")
    .join(", ");
}

const rangeOf = (least: number | null, most: number | null): string =>
  least === null ? (most === null ? "" : `at most ${most}`) : most === null ? `at least ${least}` : `${least} to ${most}`;

/** The filled form, a line for each field. */
export function filledLines({ fields }: Form, values: FormValues): readonly (readonly [title: string, value: string])[] {
  return fields.map((field) => {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    return [field.title, value === undefined ? "(left out)" : inWords(field, value)] as const;
  });
}

function inWords(field: FormField, value: FormValue): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  const titled = (one: string): string => ("options" in field ? (field.options.find((option) => option.value === one)?.title ?? one) : one);
  return typeof value === "object" ? value.map(titled).join(", ") || "(none)" : titled(String(value));
}

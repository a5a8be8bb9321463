// Whether what a person fills a field with is what its form asks for, in words they can act on.
import type { Form, FormField, FormValue, FormValues } from "../../core/index.ts";

type TextField = Extract<FormField, { kind: "text" }>;
type NumberField = Extract<FormField, { kind: "number" }>;
const LONGEST_TEXT = 100_000;

/** What a typed line means for the field; undefined = nothing was typed. */
export function typedValue({ kind, ...field }: TextField | NumberField, text: string): FormValue | undefined {
  if (text.trim() === "") return undefined;
  if (kind === "number") return Number(text.trim().replace(",", "."));
  return "format" in field && field.format !== null ? text.trim() : text;
}

/** What is wrong with the value (undefined = left out); null = nothing. */
export function checkField(field: FormField, value: unknown): string | null {
  if (value === undefined) return field.required ? "This has to be filled in." : null;
  switch (field.kind) {
    case "yes-no":
      return typeof value === "boolean" ? null : "Yes or no.";
    case "number":
      return checkNumber(field, value);
    case "text":
      return typeof value === "string" ? checkText(field, value) : "A text.";
    case "choice":
      return field.options.some((option) => option.value === value) ? null : "One of the choices.";
    case "choices":
      return checkChoices(field, value);
  }
}

/** The first field whose value cannot be taken; also what no field stands for. */
export function checkForm({ fields }: Form, values: FormValues): string | null {
  const stranger = Object.keys(values).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined) return "There is a value for a field that the form does not have.";
  for (const field of fields) {
    const problem = checkField(field, Object.hasOwn(values, field.name) ? values[field.name] : undefined);
    if (problem !== null) return `${field.title}: ${problem}`;
  }
  return null;
}

function checkNumber({ whole, least, most }: NumberField, value: unknown): string | null {
  const fits =
    typeof value === "number" &&
    Number.isFinite(value) &&
    (!whole || Number.isSafeInteger(value)) &&
    (least === null || value >= least) &&
    (most === null || value <= most);
  return fits ? null : `${whole ? "A whole number" : "A number"}${boundsInWords(least, most)}.`;
}

const boundsInWords = (least: number | null, most: number | null): string =>
  least !== null && most !== null
    ? ` from ${least} to ${most}`
    : least !== null
      ? ` of at least ${least}`
      : most !== null
        ? ` of at most ${most}`
        : "";

function checkText({ format, least, most }: TextField, value: string): string | null {
  const length = value.length > LONGEST_TEXT ? value.length : Array.from(value).length;
  if (length > LONGEST_TEXT || (most !== null && length > most)) return `At most ${most ?? LONGEST_TEXT} characters.`;
  if (least !== null && length < least) return `At least ${least} characters.`;
  return format === null || FORMATS[format].fits(value) ? null : `${FORMATS[format].words}.`;
}

/** What a field of a format wants, for people. */
export const FORMATS = {
  email: {
    words: "An e-mail address such as ann@example.org",
    fits: (text: string) => text.length <= 320 && /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z\d](?:[a-z\d.-]*[a-z\d])?$/i.test(text),
  },
  uri: { words: "An address with its scheme, such as https://example.org", fits: (text: string) => URL.canParse(text) && !/\s/.test(text) },
  date: { words: "A date as year-month-day, such as 2026-01-31", fits: isDate },
  "date-time": { words: "A date and time such as 2026-01-31T18:30:00Z", fits: isDateTime },
} as const;

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isDateTime(text: string): boolean {
  const [, date = "", time = ""] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$/i.exec(text) ?? [];
  return isDate(date) && !Number.isNaN(Date.parse(`${date}T${time.toUpperCase()}`));
}

function checkChoices({ options, least, most }: Extract<FormField, { kind: "choices" }>, value: unknown): string | null {
  if (!Array.isArray(value) || new Set(value).size < value.length) return "Some of the choices.";
  if (!value.every((item) => options.some((option) => option.value === item))) return "Only what is among the choices.";
  if (least !== null && value.length < least) return `At least ${least} of them.`;
  return most !== null && value.length > most ? `At most ${most} of them.` : null;
}

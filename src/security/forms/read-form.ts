// Reads the form a server puts before a person: flat fields of known kinds, its words made harmless. What cannot be shown truthfully is refused.
import { isRecord, type Form, type FormField, type FormOption, type Json } from "../../core/index.ts";
import { hiddenKinds, neutralise, neutraliseLine } from "../neutralise.ts";
import { checkField, FORMATS } from "./check-field.ts";
import { asksForSecret } from "./secret-words.ts";

const MOST_FIELDS = 50;
const MOST_OPTIONS = 200;
const LONGEST = { message: 4_000, description: 1_000, title: 100, name: 100, option: 200, initial: 4_000 };

type Schema = Readonly<Record<string, unknown>>;
type Common = Pick<FormField, "name" | "title" | "description" | "required">;
export type FormReading = Form | { readonly refused: string };

const numberOr = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);
const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
/** What is sent back to the server as it stands must look like what it is. */
const isPlain = (text: string, most: number): boolean => text.length <= most && hiddenKinds(text).length === 0;
/** The same for what stands in for a title: a line break could make it look like words of ours. */
const isPlainLine = (text: string, most: number): boolean => isPlain(text, most) && !/[\t\r\n]/.test(text);

/** Pure, never throws. `refused` says why in words of ours only. */
export function readForm(message: string, schema: Json): FormReading {
  const properties = isRecord(schema) ? (schema["properties"] ?? {}) : null;
  if (!isRecord(schema) || !isRecord(properties)) return { refused: "it sent no form" };
  const names = Object.keys(properties);
  if (names.length > MOST_FIELDS) return { refused: `its form has more than ${MOST_FIELDS} fields` };
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  if (!required.every((name) => typeof name === "string" && names.includes(name)))
    return { refused: "its form requires a field that it does not have" };
  const fields = names.map((name) => readField(properties[name], { name, required: required.includes(name) }));
  const readable = fields.filter((field) => field !== null);
  if (readable.length < fields.length) return { refused: "its form has a field that cannot be shown to a person" };
  if (readable.some(isSecret)) return { refused: "it wants a password, token or key, for which a form must not be used" };
  const said = [message, ...readable.map(({ description }) => description)];
  return {
    message: cut(neutralise(cut(message, LONGEST.message)), LONGEST.message),
    fields: readable,
    mentionsSecrets: said.some((words) => asksForSecret(words, "text")),
  };
}

function isSecret({ kind, name, title }: FormField): boolean {
  return (kind === "text" || kind === "number") && [name, title].some((words) => asksForSecret(words, kind));
}

/** Null = it cannot be shown. */
function readField(schema: unknown, { name, required }: Pick<Common, "name" | "required">): FormField | null {
  if (!isRecord(schema) || !isPlainLine(name, LONGEST.name) || name === "" || name === "__proto__") return null;
  const { title, description } = schema;
  const common: Common = {
    name,
    title: (typeof title === "string" ? neutraliseLine(title, LONGEST.title) : "") || name,
    description: typeof description === "string" ? neutralise(cut(description, LONGEST.description)) : "",
    required,
  };
  const field = kindOf(schema, common);
  // A default that would be refused is none.
  return field !== null && field.initial !== null && checkField(field, field.initial) !== null ? { ...field, initial: null } : field;
}

function kindOf(schema: Schema, common: Common): FormField | null {
  const initial = schema["default"];
  switch (schema["type"]) {
    case "boolean":
      return { ...common, kind: "yes-no", initial: typeof initial === "boolean" ? initial : null };
    case "number":
    case "integer": {
      const bounds = { least: numberOr(schema["minimum"]), most: numberOr(schema["maximum"]) };
      return { ...common, kind: "number", whole: schema["type"] === "integer", ...bounds, initial: numberOr(initial) };
    }
    case "string":
      return textOrChoice(schema, common);
    case "array":
      return choices(schema, common);
    default:
      return null;
  }
}

function textOrChoice(schema: Schema, common: Common): FormField | null {
  const given = schema["default"];
  const initial = typeof given === "string" && isPlain(given, LONGEST.initial) ? given : null;
  const wished = optionsOf(schema, "oneOf");
  if (wished === "none") {
    const format = isFormat(schema["format"]) ? schema["format"] : null;
    return { ...common, kind: "text", format, least: numberOr(schema["minLength"]), most: numberOr(schema["maxLength"]), initial };
  }
  return wished === null ? null : { ...common, kind: "choice", options: wished, initial };
}

function choices(schema: Schema, common: Common): FormField | null {
  const { items, default: given } = schema;
  const options = isRecord(items) ? optionsOf(items, "anyOf") : null;
  if (options === null || options === "none") return null;
  const initial = Array.isArray(given) && given.every((item) => typeof item === "string") ? given : null;
  return { ...common, kind: "choices", options, least: numberOr(schema["minItems"]), most: numberOr(schema["maxItems"]), initial };
}

const isFormat = (value: unknown): value is keyof typeof FORMATS => typeof value === "string" && Object.hasOwn(FORMATS, value);

/** "none" = there is no list to choose from; null = there is one that cannot be shown. */
function optionsOf(schema: Schema, key: "oneOf" | "anyOf"): readonly FormOption[] | null | "none" {
  const { enum: values, enumNames: names } = schema;
  const titled = schema[key];
  const wished: readonly unknown[] | null = Array.isArray(values) ? values : Array.isArray(titled) ? titled : null;
  if (wished === null) return "none";
  const options = wished.map((item, index) => {
    const value = isRecord(item) ? item["const"] : item;
    const title = isRecord(item) ? item["title"] : Array.isArray(names) ? (names[index] as unknown) : undefined;
    if (typeof value !== "string" || !isPlainLine(value, LONGEST.option)) return null;
    return { value, title: (typeof title === "string" ? neutraliseLine(title, LONGEST.title) : "") || value };
  });
  const readable = options.filter((option) => option !== null);
  const distinct = new Set(readable.map(({ value }) => value)).size;
  return readable.length === 0 || readable.length > MOST_OPTIONS || distinct < options.length ? null : readable;
}

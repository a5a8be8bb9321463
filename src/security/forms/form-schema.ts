// A form as a schema of our own, for handing it on: the same fields in harmless words.
import type { Form, FormField, FormOption } from "../../core/index.ts";

type Schema = { readonly [key: string]: unknown };

export function formSchema({ fields }: Form): Schema {
  return {
    type: "object",
    properties: Object.fromEntries(fields.map((field) => [field.name, { ...wordsOf(field), ...kindOf(field) }])),
    required: fields.filter(({ required }) => required).map(({ name }) => name),
  };
}

const wordsOf = ({ title, description, initial }: FormField): Schema =>
  withoutNulls({ title, description: description === "" ? null : description, default: initial });
const withoutNulls = (schema: Schema): Schema => Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null));
/** Names beside values, which older clients know as well. */
const listed = (options: readonly FormOption[]): Schema => ({
  enum: options.map(({ value }) => value),
  enumNames: options.map(({ title }) => title),
});

function kindOf(field: FormField): Schema {
  switch (field.kind) {
    case "yes-no":
      return { type: "boolean" };
    case "number":
      return withoutNulls({ type: field.whole ? "integer" : "number", minimum: field.least, maximum: field.most });
    case "text":
      return withoutNulls({ type: "string", format: field.format, minLength: field.least, maxLength: field.most });
    case "choice":
      return { type: "string", ...listed(field.options) };
    case "choices":
      return withoutNulls({
        type: "array",
        items: { anyOf: field.options.map(({ value, title }) => ({ const: value, title })) },
        minItems: field.least,
        maxItems: field.most,
      });
  }
}

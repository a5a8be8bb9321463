// Takes the tokens that authorization servers gave us out of what servers say: they came after the configuration was read, so nobody else looks for them.
import { jsonEscaped, secretForms } from "../../security/index.ts";

const CONCEALED = "[redacted]";

/** Gives a value of plain JSON back without the secrets that are known by then; the same value where none is in it. */
export type Conceal = <Value>(value: Value) => Value;

/** `secrets` is asked each time: tokens come and go while a run goes on. */
export function concealer(secrets: () => readonly string[]): Conceal {
  let [known, forms]: [readonly string[], readonly string[]] = [[], []];
  return (value) => {
    const now = secrets();
    if (now.length === 0) return value;
    if (now.length !== known.length || now.some((secret, at) => secret !== known[at]))
      [known, forms] = [now, [...new Set(secretForms(now).map(jsonEscaped))]];
    const json = JSON.stringify(value);
    if (!forms.some((form) => json.includes(form))) return value;
    return JSON.parse(forms.reduce((text, form) => text.replaceAll(form, CONCEALED), json)) as typeof value;
  };
}

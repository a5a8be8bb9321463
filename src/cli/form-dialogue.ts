// A server's form line by line, for commands without a display: every field is a question, Enter takes what stands in brackets.
import type { FormAnswer, FormField, FormValue, FormValues } from "../core/index.ts";
import type { Terminal } from "../io/index.ts";
import type { BrokerPolicy, FormQuestion } from "../mcp/contract.ts";
import { checkField, filledLines, isTyped, neutralise, rowsOf, typedValue, wantedBy } from "../security/index.ts";
import { openLineEditor, type LineEditor } from "./line-editor.ts";

const LEAVE_OUT = "-";
type Said = { readonly value: FormValue | undefined } | { readonly problem: string };
type Left = Exclude<FormAnswer["action"], "accept">;

/** Ctrl-D declines, Ctrl-C on an empty line leaves the form; so does the end of the call, which gives the terminal back. */
export function formDialogue(terminal: Terminal): NonNullable<BrokerPolicy["fillIn"]> {
  const editor = openLineEditor(terminal, { words: [], history: [] });
  const say = (line: string): void => void terminal.stderr.write(`${neutralise(line)}\n`);
  const fillIn = async ({ server, form, filled, problem }: FormQuestion): Promise<FormAnswer> => {
    say(`The server "${server}" asks: ${form.message}`);
    if (form.mentionsSecrets) say("Do not type a password, token or key here.");
    if (problem !== null) say(problem);
    say(`Ctrl-D declines, Ctrl-C leaves it. Enter takes what stands in brackets, ${LEAVE_OUT} leaves a field out.`);
    const values = new Map<string, FormValue>();
    for (const field of form.fields) {
      const said = await askField(field, filled, { editor, say });
      if (typeof said === "string") return { action: said };
      if (said.value !== undefined) values.set(field.name, said.value);
    }
    const content: FormValues = Object.fromEntries(values);
    for (const [title, value] of filledLines(form, content)) say(`  ${title}: ${value}`);
    const sure = await agreed(editor, say);
    return sure === true ? { action: "accept", content } : { action: sure === false ? "decline" : sure };
  };
  return async (question, signal) => {
    if (signal.aborted) return { action: "cancel" };
    const leave = (): void => {
      editor.close();
      say("");
    };
    signal.addEventListener("abort", leave, { once: true });
    const answer = await fillIn(question).finally(() => signal.removeEventListener("abort", leave));
    return signal.aborted ? { action: "cancel" } : answer;
  };
}

type Talk = { readonly editor: LineEditor; say(line: string): void };

async function askField(
  field: FormField,
  filled: FormValues,
  { editor, say }: Talk,
): Promise<{ readonly value: FormValue | undefined } | Left> {
  const before = Object.hasOwn(filled, field.name) ? filled[field.name] : (field.initial ?? undefined);
  if (field.description !== "") say(field.description);
  rowsOf(field).forEach(({ title }, index) => say(`  ${index + 1}  ${title}`));
  const several = field.kind === "choices" ? "; numbers such as 1,3" : "";
  const shown =
    before === undefined
      ? ""
      : ` [${filledLines({ message: "", fields: [field], mentionsSecrets: false }, { [field.name]: before })[0]?.[1]}]`;
  for (;;) {
    const reading = await editor.read(neutralise(`${field.title} (${wantedBy(field)}${several})${shown}: `));
    if (reading.kind !== "text") return reading.kind === "interrupted" ? "cancel" : "decline";
    const said = read(field, reading.text, before);
    if ("value" in said) return said;
    say(said.problem);
  }
}

function read(field: FormField, text: string, before: FormValue | undefined): Said {
  const typed = text.trim();
  const value = typed === "" ? before : typed === LEAVE_OUT ? undefined : isTyped(field) ? typedValue(field, text) : chosen(field, typed);
  const problem = value === null ? "Numbers of the list." : checkField(field, value);
  return problem === null && value !== null ? { value } : { problem: problem ?? "" };
}

/** Null = what was typed names no row. */
function chosen(field: FormField, typed: string): FormValue | undefined | null {
  const rows = rowsOf(field);
  const values = typed.split(/[\s,]+/).map((word) => {
    const row = rows.find(({ title }, index) => String(index + 1) === word || title.toLowerCase() === word.toLowerCase());
    return row === undefined ? null : row.value;
  });
  if (values.includes(null)) return null;
  return field.kind === "choices" ? values.filter((value) => typeof value === "string") : values.length === 1 ? values[0] : null;
}

async function agreed(editor: LineEditor, say: (line: string) => void): Promise<boolean | Left> {
  for (;;) {
    const reading = await editor.read("Send this? [y/n]: ");
    if (reading.kind !== "text") return reading.kind === "interrupted" ? "cancel" : "decline";
    const word = reading.text.trim().toLowerCase();
    if (/^(y|yes|n|no)$/.test(word)) return word.startsWith("y");
    say("Please answer y or n.");
  }
}

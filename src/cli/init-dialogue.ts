// What `massgen init` asks a person: which keys, how many agents, which servers. Every question has a default that Enter takes.
import type { Terminal } from "../io/index.ts";
import { openLineEditor } from "./line-editor.ts";

export type Choice = { readonly name: string; readonly about: string };

export type InitDialogue = {
  /** The chosen rows; Enter takes `byDefault`. Null where the person leaves. */
  choose<Row extends Choice>(question: string, rows: readonly Row[], byDefault: "all" | "none"): Promise<readonly Row[] | null>;
  number(question: string, byDefault: number, most: number): Promise<number | null>;
  agree(question: string, byDefault: boolean): Promise<boolean | null>;
  /** Gives the terminal back; a question that is open is left. */
  close(): void;
};

export function initDialogue(terminal: Terminal): InitDialogue {
  const editor = openLineEditor(terminal, { words: [], history: [] });
  const say = (line: string): void => void terminal.stderr.write(`${line}\n`);
  /** Asks until `read` understands; null where the person leaves. */
  const until = async <T>(prompt: string, read: (text: string) => T | undefined, remark: string): Promise<T | null> => {
    for (;;) {
      const reading = await editor.read(prompt);
      if (reading.kind !== "text") return null;
      const value = read(reading.text.trim().toLowerCase());
      if (value !== undefined) return value;
      say(remark);
    }
  };
  return {
    choose(question, rows, byDefault) {
      say(question);
      rows.forEach(({ name, about }, index) => say(`  ${index + 1}  ${name}: ${about}`));
      return until(
        `Numbers, all or none [${byDefault}]: `,
        (text) => chosen(text === "" ? byDefault : text, rows),
        `Numbers from 1 to ${rows.length}, such as 1,2; or all, or none.`,
      );
    },
    number(question, byDefault, most) {
      const read = (text: string): number | undefined => (text === "" ? byDefault : wholeUpTo(text, most));
      return until(`${question} [${byDefault}]: `, read, `A whole number from 1 to ${most}.`);
    },
    agree(question, byDefault) {
      const read = (text: string): boolean | undefined =>
        text === "" ? byDefault : /^y(es)?$/.test(text) ? true : /^no?$/.test(text) ? false : undefined;
      return until(`${question} [${byDefault ? "Y/n" : "y/N"}]: `, read, "Please answer y or n.");
    },
    close: () => editor.close(),
  };
}

function wholeUpTo(text: string, most: number): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : undefined;
}

function chosen<Row extends Choice>(text: string, rows: readonly Row[]): readonly Row[] | undefined {
  if (text === "all") return rows;
  if (text === "none") return [];
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const numbers = words.map((word) => wholeUpTo(word, rows.length));
  return numbers.includes(undefined) ? undefined : rows.filter((_row, index) => numbers.includes(index + 1));
}

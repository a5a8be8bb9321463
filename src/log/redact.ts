// Takes known secret values out of events before they are stored, shown or thought about. It looks for values, never for patterns.
import type { RunEvent } from "../core/index.ts";
import { fieldsOf, type BaseKind } from "./field-kinds.ts";
import { jsonEscaped, secretForms } from "../security/index.ts";

export const REDACTED = "[redacted]";

export type Redactor = {
  text(text: string): string;
  /** The event without secrets, and its JSON. The same object where nothing had to change. */
  event(event: RunEvent): { readonly event: RunEvent; readonly json: string };
  /** Redacts a text that arrives in pieces. */
  stream(): StreamRedactor;
};

export type StreamRedactor = {
  /** What can be shown of everything so far; the end that may be the beginning of a secret is held back. */
  push(piece: string): string;
  /** The text has ended: what was held back. */
  end(): string;
};

/** Null where there is nothing to look for, so that callers pay nothing. */
export function createRedactor(secrets: readonly string[]): Redactor | null {
  const forms = secretForms(secrets);
  if (forms.length === 0) return null;
  const inJson = [...new Set(forms.map(jsonEscaped))];
  const pattern = new RegExp(forms.map(escapePattern).join("|"), "g");
  const text = (value: string): string => value.replace(pattern, REDACTED);
  return {
    text,
    event(event) {
      const json = JSON.stringify(event);
      if (!inJson.some((form) => json.includes(form))) return { event, json };
      const clean = redactEvent(event, text);
      return { event: clean, json: JSON.stringify(clean) };
    },
    stream: () => createStream(forms, text),
  };
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

type Clean = (text: string) => string;
type Tree = null | boolean | number | string | undefined | readonly Tree[] | { readonly [key: string]: Tree };

function redactEvent(event: RunEvent, clean: Clean): RunEvent {
  const fields = fieldsOf(event.type) ?? {};
  const result: Record<string, Tree> = {};
  for (const [name, value] of Object.entries(event) as [string, Tree][]) {
    const kind = name === "type" ? "id" : (fields[name]?.replace("?", "") as BaseKind | undefined);
    result[name] = RULES[kind ?? "tree"](value, clean);
  }
  return result as RunEvent;
}

const keep = (value: Tree): Tree => value;
const RULES: { readonly [Kind in BaseKind]: (value: Tree, clean: Clean) => Tree } = {
  id: keep,
  ids: keep,
  count: keep,
  flag: keep,
  fixed: keep,
  metadata: keep,
  text: tree,
  texts: tree,
  tree,
  history: except("role"),
  agents: except("id", "label", "presents"),
  parts: except("type", "call", "metadata"),
  contents: except("type", "mediaType"),
  outcome: except("outcome", "source", "winner", "cause"),
  failure: except("category", "code"),
  command: except("name", "call", "remember", "action"),
};

function tree(value: Tree, clean: Clean): Tree {
  if (typeof value === "string") return clean(value);
  if (isList(value)) return value.map((item) => tree(item, clean));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [clean(key), tree(item, clean)]));
}

/** Redacts an object, or each object of a list, except the fields named; what lies deeper is redacted whole. */
function except(...names: readonly string[]): (value: Tree, clean: Clean) => Tree {
  const kept = new Set(names);
  const one = (value: Tree, clean: Clean): Tree => {
    if (typeof value !== "object" || value === null || isList(value)) return tree(value, clean);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, kept.has(key) ? item : tree(item, clean)]));
  };
  return (value, clean) => (isList(value) ? value.map((item) => one(item, clean)) : one(value, clean));
}

const isList = (value: Tree): value is readonly Tree[] => Array.isArray(value);

/** False where no form stands in the text, nor begins at its end; `starts` are the forms by their first code unit. */
function mayHold(text: string, starts: ReadonlyMap<number, readonly string[]>): boolean {
  for (let at = 0; at < text.length; at++) {
    const forms = starts.get(text.charCodeAt(at));
    if (forms === undefined) continue;
    const rest = text.length - at;
    for (const form of forms) {
      const compared = Math.min(form.length, rest);
      let same = 1;
      while (same < compared && form.charCodeAt(same) === text.charCodeAt(at + same)) same++;
      if (same === compared) return true;
    }
  }
  return false;
}

function createStream(forms: readonly string[], clean: Clean): StreamRedactor {
  const longest = forms[0]?.length ?? 0;
  const starts = Map.groupBy(forms, (form) => form.charCodeAt(0));
  const firsts = new Set(forms.map((form) => form[0]));
  let held = "";
  const safeLength = (text: string): number => {
    for (let from = Math.max(0, text.length - longest + 1); from < text.length; from++) {
      if (!firsts.has(text[from])) continue;
      const tail = text.slice(from);
      if (forms.some((form) => form.length > tail.length && form.startsWith(tail))) return from;
    }
    return text.length;
  };
  return {
    push(piece) {
      // Nearly every piece of nearly every text.
      if (held === "" && !mayHold(piece, starts)) return piece;
      const text = clean(held + piece);
      const safe = safeLength(text);
      held = text.slice(safe);
      return text.slice(0, safe);
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

// Raw input of a terminal as keys.
import { decodeKittyPrintable, isKeyRelease, parseKey } from "@earendil-works/pi-tui";
import type { Key } from "../view/key-types.ts";

const PASTE = /^\u001B\[200~([\s\S]*)\u001B\[201~$/;

/** The key that a whole input sequence stands for; null for releases and replies of the terminal. */
export function keyOf(data: string): Key | null {
  const pasted = PASTE.exec(data);
  if (pasted !== null) return { name: "paste", text: clean(pasted[1] ?? ""), pasted: true };
  if (isKeyRelease(data)) return null;
  const printable = decodeKittyPrintable(data) ?? (isPrintable(data) ? data : null);
  const name = parseKey(data) ?? printable;
  if (name === undefined || name === null) return null;
  const named = NAMES[name] ?? name;
  return { name: named.toLowerCase().length === named.length && named.length > 1 ? named.toLowerCase() : named, text: printable };
}

const NAMES: Readonly<Record<string, string>> = { esc: "escape", return: "enter", pageUp: "pageup", pageDown: "pagedown" };

const isPrintable = (data: string): boolean => data !== "" && !/[\u0000-\u001F\u007F-\u009F]/.test(data);

/** A paste keeps its line breaks and loses everything else that acts. */
const clean = (text: string): string => text.replace(/\r\n?/g, "\n").replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/g, " ");

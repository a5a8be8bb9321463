// Bounds what a model is given of one result: the beginning and the end of long texts, and a word on where the whole is.
import type { Content } from "../core/index.ts";
import { treatResult } from "../security/index.ts";

export type ResultCap = {
  /** Bytes of text, names of links included. */
  readonly limit: number;
  /** Keeps the whole text of a result that is over the limit; resolves with where it is, null where it is not kept. Must not reject. */
  readonly keep: (text: string) => Promise<string | null>;
};

/** Where the policy says nothing. */
export const RESULT_BYTES = 256 * 1024;

/** The same content where it fits. */
export async function capResult(content: readonly Content[], { limit, keep }: ResultCap): Promise<readonly Content[]> {
  const sizes = content.map(bytesOf);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= limit) return content;
  const kept = await keep(content.flatMap(textsOf).join("\n"));
  const note = (left: number): string => `[… ${left} of ${total} bytes left out${kept === null ? "" : `; the whole text is in ${kept}`} …]`;
  const given: Content[] = [];
  let room = limit;
  for (const [at, item] of content.entries()) {
    const size = sizes[at] ?? 0;
    if (size > room) return [...given, ...cutItem(item, { room, note, after: sizes.slice(at + 1) })];
    room -= size;
    given.push(item);
  }
  return given;
}

type Cut = { readonly room: number; readonly note: (left: number) => string; readonly after: readonly number[] };

/** What follows the item that is cut is left out with it: a result may have more parts than notes would be worth. */
function cutItem(item: Content, { room, note, after }: Cut): readonly Content[] {
  const rest = after.reduce((sum, size) => sum + size, 0);
  const name = item.type === "resource" ? Buffer.byteLength(item.uri) : 0;
  if ((item.type !== "text" && item.type !== "resource") || name > room) return [{ type: "text", text: note(bytesOf(item) + rest) }];
  const head = treatResult(item.text, Math.floor((room - name) * 0.75)).text;
  const tail = endOf(item.text, Math.ceil((room - name) * 0.25));
  const left = bytesOf(item) - name - Buffer.byteLength(head) - Buffer.byteLength(tail) + rest;
  return [{ ...item, text: `${head}\n${note(left)}\n${tail}` }];
}

/** At most `bytes` bytes from the end: errors and totals stand there. */
function endOf(text: string, bytes: number): string {
  const whole = Buffer.from(text);
  return new TextDecoder().decode(whole.subarray(Math.max(0, whole.length - bytes))).replace(/^\ufffd+/, "");
}

function textsOf(item: Content): readonly string[] {
  if (item.type === "text") return [item.text];
  if (item.type === "resource") return [item.uri, item.text];
  return item.type === "link" ? [item.title ?? "", item.uri] : [];
}

const bytesOf = (item: Content): number => textsOf(item).reduce((sum, text) => sum + Buffer.byteLength(text), 0);

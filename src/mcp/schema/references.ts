// Finds what a `$ref` points at inside the same schema; nothing outside it is ever read or fetched.
import { isRecord, own } from "./shape.ts";

export type References = {
  /** The schema a reference points at, or undefined where it dangles, leads outside or is no reference. */
  resolve(ref: unknown): Target | undefined;
};
/** `key` is equal for references to the same place. */
export type Target = { readonly key: string; readonly schema: unknown };

const MAX_INDEXED = 20_000;

export function indexReferences(root: unknown): References {
  const names = new Map<string, unknown>();
  const rootId = isRecord(root) ? own(root, "$id") : undefined;
  indexNames(root, names);
  const keys = new Map<unknown, string>();
  const keyOf = (schema: unknown, pointer: string): string => {
    if (!isRecord(schema)) return pointer;
    const known = keys.get(schema) ?? pointer;
    keys.set(schema, known);
    return known;
  };
  return {
    resolve: (ref) => {
      if (typeof ref !== "string") return undefined;
      const local = typeof rootId === "string" && rootId !== "" && ref.startsWith(`${rootId}#`) ? ref.slice(rootId.length) : ref;
      if (names.has(local)) return { key: keyOf(names.get(local), local), schema: names.get(local) };
      if (local === "" || local === rootId) return { key: keyOf(root, "#"), schema: root };
      if (!local.startsWith("#")) return undefined;
      const schema = followPointer(root, local.slice(1));
      return isRecord(schema) || typeof schema === "boolean" ? { key: keyOf(schema, local), schema } : undefined;
    },
  };
}

/** `$anchor` as `#name`, embedded `$id` (also draft-4 `id` beginning with `#`) as written. */
function indexNames(root: unknown, names: Map<string, unknown>): void {
  const waiting: unknown[] = [root];
  for (let seen = 0; waiting.length > 0 && seen < MAX_INDEXED; seen += 1) {
    const node = waiting.pop();
    if (Array.isArray(node)) waiting.push(...node.slice(0, MAX_INDEXED));
    if (!isRecord(node)) continue;
    const anchor = own(node, "$anchor");
    const id = own(node, "$id");
    if (typeof anchor === "string") names.set(`#${anchor}`, node);
    if (typeof id === "string" && node !== root) names.set(id, node);
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) waiting.push(value);
  }
}

function followPointer(root: unknown, encoded: string): unknown {
  let pointer: string;
  try {
    pointer = decodeURIComponent(encoded);
  } catch {
    pointer = encoded;
  }
  if (pointer === "") return root;
  if (!pointer.startsWith("/")) return undefined;
  let node: unknown = root;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(node)) node = /^\d+$/.test(key) ? node[Number(key)] : undefined;
    else if (isRecord(node)) node = own(node, key);
    else return undefined;
  }
  return node;
}

/** Drafts 3 to 7 ignore what stands beside a `$ref`. */
export function isOldDraft(root: unknown): boolean {
  const dialect = isRecord(root) ? own(root, "$schema") : undefined;
  return typeof dialect === "string" && /json-schema\.org\/draft-0[3-7]/.test(dialect);
}

// A configuration as written: mappings, lists and scalars, each with the place it stands at, so that every message can name a line.

/** Where something stands, counted from 1; null for what was not read from a file. */
export type Mark = { readonly line: number; readonly column: number } | null;

export type Entry = { readonly key: string; readonly mark: Mark; readonly value: Tree };
export type Mapping = { readonly kind: "mapping"; readonly entries: readonly Entry[]; readonly mark: Mark };
export type List = { readonly kind: "list"; readonly items: readonly Tree[]; readonly mark: Mark };
export type Scalar = {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
  /** The characters of the file, so that `1.10` given as text stays `1.10`. */
  readonly source: string;
  /** True where quotes say that text is meant. */
  readonly quoted: boolean;
  readonly mark: Mark;
};
export type Tree = Mapping | List | Scalar;

/** The value under `key`; null where the tree has none, or it is null. */
export function childOf(tree: Tree, key: string): Tree | null {
  const child = tree.kind === "mapping" ? tree.entries.find((entry) => entry.key === key)?.value : undefined;
  return child === undefined || isNothing(child) ? null : child;
}

/** True for a null: sections left empty count as absent. */
export function isNothing(tree: Tree): boolean {
  return tree.kind === "scalar" && tree.value === null;
}

/** A tree without places, for configurations made by the program itself. Entries with `undefined` are left out. */
export function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: "list", items: value.map(treeOf), mark: null };
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return { kind: "mapping", entries: entries.map(([key, item]) => ({ key, mark: null, value: treeOf(item) })), mark: null };
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return { kind: "scalar", value, source: String(value), quoted: typeof value === "string", mark: null };
  }
  return { kind: "scalar", value: null, source: "", quoted: false, mark: null };
}

/** A word for what a tree is, for "expected …, found …". */
export function kindOf(tree: Tree): string {
  if (tree.kind === "list") return "a list";
  if (tree.kind === "mapping") return "a mapping";
  if (tree.value === null) return "nothing";
  return { string: "text", number: "a number", boolean: "true or false" }[typeof tree.value as "string" | "number" | "boolean"];
}

// From the YAML library's nodes to our tree: aliases, merge keys and duplicate keys are resolved here, within bounds.
import type * as yamlModule from "yaml";
import type { ParsedNode, Pair, Scalar as YamlScalar, YAMLMap, YAMLSeq } from "yaml";
import { MAX_DEPTH } from "./limits.ts";
import { inside, itemOf, report, ROOT, shown, type Place, type Reading } from "./reading.ts";
import type { Entry, Mark, Tree } from "./tree.ts";

/** Values a configuration may come to after its aliases are replaced; a bomb of nested aliases stops here. */
const MAX_VALUES = 60_000;

type Yaml = typeof yamlModule;
type Building = {
  readonly yaml: Yaml;
  readonly reading: Reading;
  readonly markOf: (offset: number) => Mark;
  /** What each anchor stands for; "open" while its value is being built, where an alias to it would be a cycle. */
  readonly anchors: Map<string, Anchored | "open">;
  values: number;
  /** A limit was passed and reported: nothing more is built. */
  stopped: boolean;
};

type Anchored = { readonly tree: Tree; readonly values: number; readonly height: number };

const TOO_MANY = {
  code: "too-many",
  message: "With its aliases (`*name`) replaced, the file holds more values than any configuration needs",
};
export const TOO_DEEP = { code: "too-deep", message: `Nested deeper than ${MAX_DEPTH} levels` };

const NOTHING: Tree = { kind: "scalar", value: null, source: "", quoted: false, mark: null };

/** The tree of a document's contents; null after a problem was reported that makes the rest meaningless. */
export function buildTree(
  yaml: Yaml,
  root: ParsedNode,
  at: { readonly reading: Reading; readonly markOf: (offset: number) => Mark },
): Tree | null {
  const building: Building = { yaml, ...at, anchors: new Map(), values: 0, stopped: false };
  const tree = build(root, { place: ROOT, depth: 0 }, building);
  return building.stopped ? null : tree;
}

type Position = { readonly place: Place; readonly depth: number };

function build(node: ParsedNode | null, position: Position, building: Building): Tree {
  if (node === null || building.stopped) return NOTHING;
  const { yaml, reading } = building;
  const mark = building.markOf(node.range[0]);
  building.values++;
  if (building.values > MAX_VALUES) return stop(building, { position, mark, ...TOO_MANY });
  if (position.depth > MAX_DEPTH) return stop(building, { position, mark, ...TOO_DEEP });
  if (yaml.isAlias(node)) return followAlias(node.source, { position, mark }, building);
  if (node.tag !== undefined && !CORE_TAGS.has(node.tag)) {
    report(
      reading,
      { place: position.place, mark },
      {
        code: "yaml-tag",
        message: "Tags (`!name`) are not used in configurations; put a value that begins with `!` in quotes",
      },
    );
  }
  const before = building.values;
  const name = node.anchor ?? "";
  if (name !== "") building.anchors.set(name, "open");
  const tree = content(node, { position, mark }, building);
  if (name !== "") building.anchors.set(name, { tree, values: building.values - before + 1, height: heightOf(tree) });
  return tree;
}

function content(node: ParsedNode, here: Here, building: Building): Tree {
  const { yaml } = building;
  if (yaml.isMap(node)) return mappingOf(node as YAMLMap<ParsedNode, ParsedNode | null>, here, building);
  if (yaml.isSeq(node)) return listOf(node as YAMLSeq<ParsedNode>, here, building);
  return scalarOf(node as YamlScalar, here.mark);
}

function heightOf(tree: Tree): number {
  if (tree.kind === "scalar") return 0;
  const children = tree.kind === "list" ? tree.items : tree.entries.map((entry) => entry.value);
  return 1 + children.reduce((highest, child) => Math.max(highest, heightOf(child)), 0);
}

const CORE_TAGS = new Set(["str", "int", "float", "bool", "null", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`));

function stop(
  building: Building,
  at: { readonly position: Position; readonly mark: Mark; readonly code: string; readonly message: string },
): Tree {
  building.stopped = true;
  report(building.reading, { place: at.position.place, mark: at.mark }, { code: at.code, message: at.message });
  return NOTHING;
}

function followAlias(name: string, at: { readonly position: Position; readonly mark: Mark }, building: Building): Tree {
  const target = building.anchors.get(name);
  if (target === undefined) {
    report(
      building.reading,
      { place: at.position.place, mark: at.mark },
      {
        code: "yaml-alias",
        message: "The `*` names an anchor that is not defined above; put a value that begins with `*` in quotes",
      },
    );
    return NOTHING;
  }
  if (target === "open")
    return stop(building, { ...at, code: "yaml-cycle", message: "The alias (`*name`) stands inside the value it repeats" });
  building.values += target.values;
  if (building.values > MAX_VALUES) return stop(building, { ...at, ...TOO_MANY });
  if (at.position.depth + target.height > MAX_DEPTH) return stop(building, { ...at, ...TOO_DEEP });
  return { ...target.tree, mark: at.mark };
}

type Here = { readonly position: Position; readonly mark: Mark };

function listOf(node: YAMLSeq<ParsedNode>, { position, mark }: Here, building: Building): Tree {
  const items = node.items.map((item, index) => build(item, { place: itemOf(position.place, index), depth: position.depth + 1 }, building));
  return { kind: "list", items, mark };
}

function mappingOf(node: YAMLMap<ParsedNode, ParsedNode | null>, { position, mark }: Here, building: Building): Tree {
  const own = new Map<string, Entry>();
  const merged = new Map<string, Entry>();
  for (const pair of node.items) {
    if (building.stopped) break;
    const key = keyOf(pair, position, building);
    if (key === null) continue;
    const value = build(pair.value, { place: inside(position.place, key.name), depth: position.depth + 1 }, building);
    const entry = { key: key.name, mark: key.mark, value: value.mark === null ? { ...value, mark: key.mark } : value };
    if (key.merge) mergeInto(merged, entry, { position, building });
    else if (own.has(key.name)) reportTwice(entry, own.get(key.name)?.mark ?? null, { place: position.place, reading: building.reading });
    else own.set(key.name, entry);
  }
  const inherited = [...merged.values()].filter((entry) => !own.has(entry.key));
  return { kind: "mapping", entries: [...own.values(), ...inherited], mark };
}

type Key = { readonly name: string; readonly mark: Mark; readonly merge: boolean };

function keyOf(pair: Pair<ParsedNode, ParsedNode | null>, position: Position, building: Building): Key | null {
  const { yaml } = building;
  const mark = building.markOf(pair.key.range[0]);
  const tree = yaml.isScalar(pair.key) || yaml.isAlias(pair.key) ? build(pair.key, position, building) : NOTHING;
  if (tree.kind === "scalar" && typeof tree.value === "string")
    return { name: tree.value, mark, merge: tree.value === "<<" && !tree.quoted };
  // Numbers and true/false as keys are taken as they are written: environment variables and the like have such names.
  if (tree.kind === "scalar" && tree.value !== null) return { name: tree.source, mark, merge: false };
  report(
    building.reading,
    { place: position.place, mark },
    {
      code: "non-string-key",
      message: "A key must be text; here it is a list, a mapping or nothing. Put text that holds { } [ ] in quotes",
    },
  );
  return null;
}

/** Merge keys (`<<: *base`): the mapping's own keys win, earlier sources before later ones. */
function mergeInto(
  merged: Map<string, Entry>,
  entry: Entry,
  { position, building }: { readonly position: Position; readonly building: Building },
): void {
  if (building.stopped) return;
  const sources = entry.value.kind === "list" ? entry.value.items : [entry.value];
  for (const source of sources) {
    if (source.kind !== "mapping") {
      report(
        building.reading,
        { place: position.place, mark: entry.mark },
        { code: "merge-key", message: "`<<` takes a mapping (`*name`), or a list of mappings" },
      );
      return;
    }
    for (const inherited of source.entries) if (!merged.has(inherited.key)) merged.set(inherited.key, inherited);
  }
}

/** `first` is where the key stood before. */
export function reportTwice(entry: Entry, first: Mark, { place, reading }: { readonly place: Place; readonly reading: Reading }): void {
  const where = first === null ? "" : `; first on line ${first.line}`;
  report(
    reading,
    { place: inside(place, entry.key), mark: entry.mark },
    {
      code: "duplicate-key",
      message: `\`${shown(entry.key)}\` stands twice in the same mapping${where}`,
    },
  );
}

function scalarOf(node: YamlScalar, mark: Mark): Tree {
  const { value } = node;
  const quoted = node.type !== undefined && node.type !== "PLAIN";
  const source = typeof node.source === "string" ? node.source : String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return { kind: "scalar", value, source, quoted, mark };
  // Dates of YAML 1.1 and other objects are only made by tags, which are reported.
  return { kind: "scalar", value: value === null || value === undefined ? null : source, source, quoted, mark };
}

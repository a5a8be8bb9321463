// For tests only: reads the `expect` block of a case of the shared corpus and says what a declaration misses of it.
import { nodesOf } from "./declaration-checker.test-support.ts";
import { isRecord, own } from "./shape.ts";

type Node = Readonly<Record<string, unknown>>;
type Check = (wanted: never, root: Node, all: readonly (readonly [Node, string])[]) => readonly string[];

export function unmet(expectation: Node, schema: unknown): readonly string[] {
  if (schema === null) return Object.keys(expectation).every((key) => key === "parametersOmitted") ? [] : [];
  if (expectation["parametersOmitted"] === true) return ["parameters should be omitted"];
  const root = schema as Node;
  const all = [...nodesOf(root, "")].filter((entry): entry is readonly [Node, string] => isRecord(entry[0]));
  return Object.entries(expectation).flatMap(([key, wanted]) => {
    const check = CHECKS[key];
    return check === undefined ? [`unknown expectation ${key}`] : check(wanted as never, root, all);
  });
}

const at = (root: unknown, pointer: string): unknown =>
  pointer
    .split("/")
    .slice(1)
    .reduce((node: unknown, part) => (isRecord(node) ? own(node, part) : Array.isArray(node) ? node[Number(part)] : undefined), root);
const every =
  (rule: (node: Node) => boolean, problem: string): Check =>
  (_wanted, _root, all) =>
    all.filter(([node]) => !rule(node)).map(([, path]) => `${path}: ${problem}`);
const none = (names: readonly string[], _root: Node, all: readonly (readonly [Node, string])[]) =>
  all.flatMap(([node, path]) => names.filter((name) => Object.hasOwn(node, name)).map((name) => `${path}: has ${name}`));
const same = (left: unknown, right: unknown) => JSON.stringify(left)?.toLowerCase() === JSON.stringify(right)?.toLowerCase();
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const sorted = (values: readonly unknown[]) => values.map(String).toSorted((a, b) => a.localeCompare(b));
const depth = (path: string) =>
  path.split("/").filter((part) => ["properties", "items", "anyOf", "additionalProperties"].includes(part)).length;

const CHECKS: Readonly<Record<string, Check>> = {
  rootType: (type: string, root) => (root["type"] === type ? [] : ["root type"]),
  at: (wanted: Node, root) =>
    Object.entries(wanted)
      .filter(([pointer, value]) => !same(at(root, pointer), value))
      .map(([pointer]) => `${pointer} is ${JSON.stringify(at(root, pointer))}`),
  absent: none as Check,
  absentKeywords: none as Check,
  sameSet: (wanted: Record<string, readonly unknown[]>, root) =>
    Object.entries(wanted)
      .filter(([pointer, values]) => !same(sorted(list(at(root, pointer))), sorted(values)))
      .map(([pointer]) => pointer),
  describe: (wanted: Record<string, string>, root) =>
    Object.entries(wanted)
      .filter(([pointer, text]) => !String(at(root, `${pointer}/description`)).includes(text))
      .map(([pointer]) => `${pointer} does not mention it`),
  anyOfCount: (wanted: Record<string, number>, root) =>
    Object.entries(wanted)
      .filter(([pointer, count]) => list(at(root, `${pointer}/anyOf`)).length !== count)
      .map(([pointer]) => `${pointer} alternatives`),
  everyNodeTyped: every((node) => node["type"] !== undefined || node["anyOf"] !== undefined || node["$ref"] !== undefined, "has no type"),
  anyOfAlone: every(
    (node) => node["anyOf"] === undefined || Object.keys(node).every((key) => ["anyOf", "description", "nullable"].includes(key)),
    "beside anyOf",
  ),
  arraysHaveItems: every((node) => node["type"] !== "array" || isRecord(node["items"]), "array without items"),
  itemsNeverArray: every((node) => !Array.isArray(node["items"]), "items is a list"),
  noBooleanSchemas: (_wanted, root) =>
    [...nodesOf(root, "")].filter(([node]) => typeof node === "boolean").map(([, path]) => `${path}: is a boolean`),
  everyPropertyIsObject: (_wanted, root) =>
    [...nodesOf(root, "")].filter(([node]) => !isRecord(node)).map(([, path]) => `${path}: is no object`),
  enumsAreStrings: every((node) => list(node["enum"]).every((value) => typeof value === "string"), "enum of other than texts"),
  maxEnum: (most: number, _root, all) => all.filter(([node]) => list(node["enum"]).length > most).map(([, path]) => path),
  refsResolve: every((node) => node["$ref"] === undefined || String(node["$ref"]).startsWith("#/$defs/"), "reference"),
  refsOnlyTo: (prefixes: readonly string[], _root, all) =>
    all
      .filter(([node]) => node["$ref"] !== undefined && !prefixes.some((prefix) => String(node["$ref"]).startsWith(prefix)))
      .map(([, path]) => path),
  // Checked for every declaration by `problemsOf`.
  cyclesOptionalOnly: () => [],
  noNetwork: () => [],
  noPrototypeChange: () => [],
  validTree: () => [],
  maxDepth: (most: number, _root, all) => all.filter(([, path]) => depth(path) > most).map(([, path]) => `${path}: too deep`),
  requiredDefined: every(
    (node) => list(node["required"]).every((name) => isRecord(node["properties"]) && Object.hasOwn(node["properties"], String(name))),
    "required",
  ),
  requiredUnique: every((node) => new Set(list(node["required"])).size === list(node["required"]).length, "required twice"),
  noEmptyRequired: every((node) => node["required"] === undefined || list(node["required"]).length > 0, "required is empty"),
  rootHasProperties: (names: readonly string[], root) =>
    names.filter((name) => !isRecord(root["properties"]) || !Object.hasOwn(root["properties"], name)).map((name) => `no ${name}`),
  rootNoCombinators: (_wanted, root) => ["anyOf", "oneOf", "allOf"].filter((keyword) => Object.hasOwn(root, keyword)),
  formats: (wanted: Record<string, readonly string[]>, _root, all) =>
    all
      .filter(
        ([node]) => node["format"] !== undefined && !(wanted[String(node["type"])] ?? [node["format"]]).includes(String(node["format"])),
      )
      .map(([, path]) => `${path}: format`),
  notType: (wanted: Record<string, string>, root) =>
    Object.entries(wanted)
      .filter(([pointer, type]) => at(root, `${pointer}/type`) === type)
      .map(([pointer]) => pointer),
  maxDescription: (most: number, _root, all) =>
    all.filter(([node]) => String(node["description"] ?? "").length > most).map(([, path]) => path),
};

// Arguments that travel in HTTP headers (`x-mcp-header`, revision 2026-07-28): a tool whose marks break the rules must not be used over HTTP.
import { isRecord } from "../core/index.ts";

const MARK = "x-mcp-header";
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES: readonly unknown[] = ["string", "integer", "boolean"];
/** A schema nested deeper is refused elsewhere. */
const MAX_DEPTH = 64;

/** What is wrong with the marks of an input schema; null where nothing is. */
export function headerParameterProblem(schema: unknown): string | null {
  const names = new Set<string>();
  return isRecord(schema) ? problemIn(schema, { names, path: "", reachable: true, depth: 0 }) : null;
}

type At = {
  readonly names: Set<string>;
  readonly path: string;
  /** Only members of `properties` all the way down. */ readonly reachable: boolean;
  readonly depth: number;
};

function problemIn(schema: Readonly<Record<string, unknown>>, at: At): string | null {
  if (at.depth > MAX_DEPTH) return null;
  if (MARK in schema && !isRecord(schema[MARK])) {
    const problem = problemOfMark(schema, at);
    if (problem !== null) return `${at.path === "" ? "the schema" : at.path}: ${problem}`;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const problem = keyword === "properties" ? problemInMembers(value, at) : problemElsewhere(value, keyword, at);
    if (problem !== null) return problem;
  }
  return null;
}

function problemInMembers(value: unknown, at: At): string | null {
  for (const [name, member] of Object.entries(isRecord(value) ? value : {})) {
    const problem = isRecord(member)
      ? problemIn(member, { ...at, path: at.path === "" ? name : `${at.path}.${name}`, depth: at.depth + 1 })
      : null;
    if (problem !== null) return problem;
  }
  return null;
}

/** Values and examples are no schemas. */
const NO_SCHEMAS: readonly string[] = ["default", "const", "enum", "examples", MARK];

function problemElsewhere(value: unknown, keyword: string, at: At): string | null {
  if (NO_SCHEMAS.includes(keyword)) return null;
  const inside = { ...at, path: `${at.path}<${keyword}>`, reachable: false, depth: at.depth + 1 };
  for (const part of Array.isArray(value) ? value : [value]) {
    const problem = isRecord(part) ? problemIn(part, inside) : null;
    if (problem !== null) return problem;
  }
  return null;
}

function problemOfMark(schema: Readonly<Record<string, unknown>>, { names, path, reachable }: At): string | null {
  const name = schema[MARK];
  if (!reachable || path === "") return `${MARK} stands where no argument of its own is`;
  if (typeof name !== "string" || !TOKEN.test(name)) return `${MARK} is no name of a header`;
  if (!TYPES.includes(schema["type"])) return `${MARK} stands at an argument that is no string, integer or boolean`;
  if (names.has(name.toLowerCase())) return `${MARK} "${name}" is used twice`;
  names.add(name.toLowerCase());
  return null;
}

// Is a piece of JSON an entry that the core can be given? Unknown event types are let through, because readers ignore them.
import { isRecord, LOG_SCHEMA_VERSION, type Entry } from "../core/index.ts";
import { fieldsOf, type BaseKind, type FieldKind } from "./field-kinds.ts";

type Fields = { readonly [name: string]: unknown };

/** The entry, or what is wrong with it. A later schema version is not judged further than its header. */
export function checkEntry(json: string): Entry | string {
  const value = parse(json);
  if (!isRecord(value)) return "this is no entry";
  const header = wrongHeader(value);
  if (header !== null) return `the field ${header} is missing or wrong`;
  const wrong = Number(value["v"]) > LOG_SCHEMA_VERSION ? null : wrongField(value);
  if (wrong !== null) return `the field ${wrong} of ${String(value["type"])} is missing or wrong`;
  return value as Entry;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function wrongHeader(value: Fields): string | null {
  if (!isCount(value["v"]) || value["v"] < 1) return "v";
  if (!isCount(value["seq"]) || value["seq"] < 1) return "seq";
  if (!isNumber(value["at"])) return "at";
  if (!isNumber(value["activeMs"])) return "activeMs";
  if (typeof value["run"] !== "string") return "run";
  return typeof value["type"] === "string" ? null : "type";
}

function wrongField(value: Fields): string | null {
  const fields = fieldsOf(String(value["type"])) ?? {};
  for (const name in fields) {
    const kind = fields[name];
    if (kind !== undefined && !fits(kind, value[name])) return name;
  }
  return null;
}

function fits(kind: FieldKind, value: unknown): boolean {
  if (kind.endsWith("?")) return value === undefined || value === null || CHECKS[kind.slice(0, -1) as BaseKind](value);
  return CHECKS[kind as BaseKind](value);
}

const isString = (value: unknown): boolean => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";
const isCount = (value: unknown): value is number => Number.isSafeInteger(value);
const listOf =
  (check: (item: unknown) => boolean) =>
  (value: unknown): boolean =>
    Array.isArray(value) && value.every(check);
const isTyped = (value: unknown): boolean => isRecord(value) && typeof value["type"] === "string";

const CHECKS: { readonly [Kind in BaseKind]: (value: unknown) => boolean } = {
  id: isString,
  text: isString,
  ids: listOf(isString),
  texts: listOf(isString),
  count: isNumber,
  flag: (value) => typeof value === "boolean",
  fixed: isRecord,
  command: isRecord,
  metadata: isRecord,
  tree: (value) => value !== undefined,
  history: listOf((item) => isRecord(item) && isString(item["role"]) && isString(item["text"])),
  agents: listOf((item) => isRecord(item) && isString(item["id"]) && isString(item["label"])),
  parts: listOf(isTyped),
  contents: listOf(isTyped),
  outcome: (value) => isRecord(value) && isString(value["outcome"]) && Array.isArray(value["degraded"]),
  failure: (value) => isRecord(value) && isString(value["category"]) && isString(value["code"]) && isString(value["message"]),
};

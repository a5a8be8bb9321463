// The building blocks of the configuration's grammar: each reads one kind of value and describes it as JSON Schema.
import type { Json } from "../core/index.ts";
import { nearestTo } from "./near-miss.ts";
import { inside, itemOf, refusal, report, wrongType, type Place, type Reading } from "./reading.ts";
import type { Scalar, Tree } from "./tree.ts";

export type SchemaPart = { readonly [keyword: string]: Json };

export type Shape<T> = {
  /** The value; null after a problem was reported. Called only with what is not null in the file. */
  read(tree: Tree, place: Place, reading: Reading): T | null;
  readonly schema: SchemaPart;
};

export type TextRules = {
  readonly expected?: string;
  readonly pattern?: RegExp;
  readonly maxLength?: number;
  /** Numbers and true/false are taken as they are written. */
  readonly lenient?: boolean;
};

export function text(rules: TextRules = {}): Shape<string> {
  const expected = rules.expected ?? "text";
  const maxLength = rules.maxLength ?? 100_000;
  return {
    schema: { type: rules.lenient === true ? ["string", "number", "boolean"] : "string" },
    read(tree, place, reading) {
      const value = tree.kind === "scalar" ? textOf(tree, rules.lenient === true) : null;
      if (value === null) {
        const unquoted = tree.kind === "scalar" && tree.value !== null ? { cure: "put it in quotes" } : {};
        return wrongType(tree, expected, { place, reading, ...unquoted });
      }
      if (value.length > maxLength || (rules.pattern !== undefined && !rules.pattern.test(value))) {
        const message = value.length > maxLength ? `\`${place.name}\` is ${value.length} characters long` : refusal(tree, place);
        report(
          reading,
          { place, mark: tree.mark },
          { code: "out-of-range", message, expected: value.length > maxLength ? `at most ${maxLength} characters` : expected },
        );
        return null;
      }
      return value;
    },
  };
}

function textOf(scalar: Scalar, lenient: boolean): string | null {
  if (typeof scalar.value === "string") return scalar.value;
  return lenient ? scalar.source : null;
}

export type NumberRules = {
  readonly min?: number;
  readonly above?: number;
  readonly max?: number;
  readonly integer?: boolean;
  readonly unit?: string;
};

export function number(rules: NumberRules = {}): Shape<number> {
  const expected = describeRange(rules);
  return {
    schema: {
      type: rules.integer === true ? "integer" : "number",
      ...(rules.min === undefined ? {} : { minimum: rules.min }),
      ...(rules.above === undefined ? {} : { exclusiveMinimum: rules.above }),
      ...(rules.max === undefined ? {} : { maximum: rules.max }),
    },
    read(tree, place, reading) {
      const value = tree.kind === "scalar" ? tree.value : null;
      if (typeof value !== "number") {
        const quoted = typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value));
        return wrongType(tree, expected, { place, reading, ...(quoted ? { cure: "remove the quotes" } : {}) });
      }
      const inRange = value >= (rules.min ?? -Infinity) && value > (rules.above ?? -Infinity) && value <= (rules.max ?? Infinity);
      if (Number.isFinite(value) && inRange && (rules.integer !== true || Number.isSafeInteger(value))) return value;
      report(reading, { place, mark: tree.mark }, { code: "out-of-range", message: refusal(tree, place), expected });
      return null;
    },
  };
}

function describeRange(rules: NumberRules): string {
  const kind = rules.integer === true ? "a whole number" : "a number";
  const unit = rules.unit === undefined ? "" : ` of ${rules.unit}`;
  if (rules.min !== undefined && rules.max !== undefined) return `${kind}${unit} from ${rules.min} to ${rules.max}`;
  if (rules.above !== undefined) return `${kind}${unit} above ${rules.above}${rules.max === undefined ? "" : ` and at most ${rules.max}`}`;
  return rules.min === undefined ? `${kind}${unit}` : `${kind}${unit} of at least ${rules.min}`;
}

const YES = new Set(["yes", "on", "true"]);
const NO = new Set(["no", "off", "false"]);

/** true or false; the YAML 1.1 words yes, no, on and off are understood where they stand without quotes. */
export const flag: Shape<boolean> = {
  schema: { type: "boolean" },
  read(tree, place, reading) {
    if (tree.kind === "scalar" && typeof tree.value === "boolean") return tree.value;
    const word = tree.kind === "scalar" && typeof tree.value === "string" ? tree.value.toLowerCase() : "";
    if (tree.kind === "scalar" && !tree.quoted && YES.has(word)) return true;
    if (tree.kind === "scalar" && !tree.quoted && NO.has(word)) return false;
    const unquoted = YES.has(word) || NO.has(word) ? { cure: "remove the quotes" } : {};
    return wrongType(tree, "true or false", { place, reading, ...unquoted });
  },
};

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): Shape<T> {
  const expected = words.length === 1 ? `"${words[0]}"` : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return {
    schema: { enum: words },
    read(tree, place, reading) {
      const value = tree.kind === "scalar" && typeof tree.value === "string" ? tree.value : null;
      const word = words.find((candidate) => candidate === value);
      if (word !== undefined) return word;
      if (value === null) return wrongType(tree, expected, { place, reading });
      const near = nearestTo(value, words);
      report(
        reading,
        { place, mark: tree.mark },
        {
          code: "unknown-value",
          message: refusal(tree, place),
          expected,
          ...(near === null ? {} : { suggestion: near }),
        },
      );
      return null;
    },
  };
}

/** A list; items with a problem are left out of the value. */
export function listOf<T>(item: Shape<T>, expected = "a list"): Shape<readonly T[]> {
  return {
    schema: { type: "array", items: item.schema },
    read(tree, place, reading) {
      if (tree.kind !== "list") return wrongType(tree, expected, { place, reading });
      return tree.items.flatMap((child, index) => {
        const value = item.read(child, itemOf(place, index), reading);
        return value === null ? [] : [value];
      });
    },
  };
}

/** A list of `item`, or one `item` alone. */
export function oneOrMore<T>(item: Shape<T>, expected: string): Shape<readonly T[]> {
  const list = listOf(item, expected);
  return {
    schema: { anyOf: [item.schema, list.schema] },
    read(tree, place, reading) {
      if (tree.kind !== "scalar") return list.read(tree, place, reading);
      const value = item.read(tree, place, reading);
      return value === null ? null : [value];
    },
  };
}

/** A mapping with free keys. */
export function dictionaryOf<T>(item: Shape<T>, expected = "a mapping"): Shape<Readonly<Record<string, T>>> {
  return {
    schema: { type: "object", additionalProperties: item.schema },
    read(tree, place, reading) {
      if (tree.kind !== "mapping") return wrongType(tree, expected, { place, reading });
      const pairs = tree.entries.flatMap(({ key, value }) => {
        const read = item.read(value, inside(place, key), reading);
        return read === null ? [] : [[key, read] as const];
      });
      return Object.fromEntries(pairs);
    },
  };
}

/** Any value, as data. */
export const anything: Shape<Json> = { schema: {}, read: (tree) => jsonOf(tree) };

/** A mapping of anything. */
export const freeMapping: Shape<Readonly<Record<string, Json>>> = {
  schema: { type: "object" },
  read(tree, place, reading) {
    if (tree.kind !== "mapping") return wrongType(tree, "a mapping", { place, reading });
    return Object.fromEntries(tree.entries.map(({ key, value }) => [key, jsonOf(value)]));
  },
};

/** The plain data of a tree; numbers JSON has no word for become null. */
export function jsonOf(tree: Tree): Json {
  if (tree.kind === "list") return tree.items.map(jsonOf);
  if (tree.kind === "mapping") return Object.fromEntries(tree.entries.map(({ key, value }) => [key, jsonOf(value)]));
  return typeof tree.value === "number" && !Number.isFinite(tree.value) ? null : tree.value;
}

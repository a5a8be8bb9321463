// Checks a call's arguments against the schema the server wrote, before anything is sent.
// Invariant: neither a hostile schema nor hostile arguments can throw, hang, fetch, or reach a prototype.
import type { ErrorObject, Options, ValidateFunction } from "ajv";
import { canonicalJson, type Json } from "../../core/index.ts";
import { neutraliseLine } from "../../security/index.ts";
import type { JsonSchema } from "../contract.ts";
import { type CompiledPattern, compilePattern } from "./patterns.ts";
import { COUNTED, prepareSchema } from "./prepare.ts";
import { isRecord } from "./shape.ts";

export type Validation = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };
export type Validator = {
  (input: Json): Validation;
  /** What of the schema is not checked here. */
  readonly notes: readonly string[];
};

const MAX_PROBLEMS = 8;
/** Entries into definitions in one check; ordinary arguments need fewer than their number of values. */
const MAX_ENTRIES = 200_000;

const compiled = new WeakMap<object, Promise<Validator>>();
const finished = new WeakMap<object, Validator>();

/**
 * The validator of a tool's input schema, compiled once per schema object. Loads the validation library on first use.
 * Never rejects: a schema that cannot be compiled accepts any object, and says so in `notes`.
 */
export function compileValidator(schema: JsonSchema): Promise<Validator> {
  if (typeof schema !== "object" || schema === null) return compile(schema);
  const known = compiled.get(schema) ?? keep(schema);
  compiled.set(schema, known);
  return known;
}

/** The same where it is there already; undefined while it has to be waited for. */
export const compiledValidator = (schema: JsonSchema): Validator | undefined =>
  typeof schema === "object" && schema !== null ? finished.get(schema) : undefined;

async function keep(schema: object & JsonSchema): Promise<Validator> {
  const validator = await compile(schema);
  finished.set(schema, validator);
  return validator;
}

async function compile(schema: JsonSchema): Promise<Validator> {
  try {
    const prepared = prepareSchema(schema);
    const patterns = new Map<string, CompiledPattern>();
    for (const pattern of prepared.patterns) patterns.set(pattern, await compilePattern(pattern));
    patterns.set("^__proto__$", await compilePattern("^__proto__$"));
    const unenforced = [...patterns]
      .filter(([, { enforced }]) => !enforced)
      .map(([pattern]) => `the pattern ${neutraliseLine(pattern, 80)} cannot be run safely and is not checked`);
    const meter = { left: 0 };
    const check = await build(prepared.schema, patterns, meter);
    return validatorOf(check, meter, [...prepared.notes, ...unenforced]);
  } catch (error) {
    const reason = neutraliseLine(error instanceof Error ? error.message : String(error), 200);
    return validatorOf(undefined, { left: 0 }, [`the schema cannot be compiled (${reason}); any object is accepted`]);
  }
}

type Meter = { left: number };

async function build(
  schema: Record<string, unknown>,
  patterns: ReadonlyMap<string, CompiledPattern>,
  meter: Meter,
): Promise<ValidateFunction> {
  const { Ajv2020 } = await import("./ajv.ts");
  const regExp = Object.assign((pattern: string) => patterns.get(pattern)?.pattern ?? /^/, { code: "linear" });
  const options: Options = {
    strict: false,
    ownProperties: true,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    meta: false,
    addUsedSchema: false,
    logger: false,
    code: { regExp: regExp as NonNullable<NonNullable<Options["code"]>["regExp"]> },
  };
  const ajv = new Ajv2020(options);
  // The library compares every pair of items; hashing them keeps long lists linear.
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    validate: (wanted: unknown, items: readonly unknown[]) => wanted !== true || new Set(items.map(canonicalJson)).size === items.length,
  });
  ajv.addKeyword({
    keyword: COUNTED,
    validate: () => {
      meter.left -= 1;
      if (meter.left < 0) throw new TooComplex();
      return true;
    },
  });
  return ajv.compile(schema);
}

class TooComplex extends Error {}

function validatorOf(check: ValidateFunction | undefined, meter: Meter, notes: readonly string[]): Validator {
  const validate = (input: Json): Validation => {
    if (!isRecord(input)) return { ok: false, problems: ["the arguments must be one JSON object"] };
    if (check === undefined) return { ok: true };
    meter.left = MAX_ENTRIES;
    try {
      if (check(input)) return { ok: true };
      return { ok: false, problems: explain(check.errors ?? []) };
    } catch (error) {
      const reason =
        error instanceof TooComplex || error instanceof RangeError
          ? "they are nested too deeply for their schema to be checked"
          : "they could not be checked";
      return { ok: false, problems: [`the arguments were refused: ${reason}`] };
    }
  };
  return Object.assign(validate, { notes });
}

/** One line per distinct problem, the nearest cause first; no value of the arguments is repeated. */
function explain(errors: readonly ErrorObject[]): readonly string[] {
  const lines = errors
    .filter(({ keyword }) => keyword !== "if")
    .map((error) => neutraliseLine(`${placeOf(error)} ${messageOf(error)}`, 300));
  const distinct = [...new Set(lines)];
  const more = distinct.length - MAX_PROBLEMS;
  return more > 0 ? [...distinct.slice(0, MAX_PROBLEMS), `and ${more} more`] : distinct;
}

function placeOf({ instancePath }: ErrorObject): string {
  return instancePath === "" ? "the arguments" : instancePath.slice(1).replaceAll("~1", "/").replaceAll("~0", "~");
}

function messageOf({ keyword, params, message }: ErrorObject): string {
  const detail = params as Readonly<Record<string, unknown>>;
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    return `must not have the property ${JSON.stringify(detail["additionalProperty"] ?? detail["unevaluatedProperty"])}`;
  }
  if (keyword === "enum") return `must be one of ${JSON.stringify(detail["allowedValues"])?.slice(1, -1)}`;
  if (keyword === "const") return `must be ${JSON.stringify(detail["allowedValue"])}`;
  if (keyword === "uniqueItems") return "must not hold an item twice";
  return message ?? `breaks the rule ${keyword}`;
}

// What each provider's tool declaration can say: one row per form, so that a new provider is a new row.

export type DeclarationForm = "gemini-json" | "gemini-openapi" | "openai" | "anthropic";

export type Profile = {
  /** Rules written as keywords; all others are told in the description. */
  readonly keywords: ReadonlySet<string>;
  /** Formats that may be declared; null = all. */
  readonly stringFormats: ReadonlySet<string> | null;
  readonly numberFormats: ReadonlySet<string>;
  /** `$ref` and `$defs`, or every reference written out. */
  readonly references: boolean;
  /** `additionalProperties`. */
  readonly maps: boolean;
  /** `prefixItems`; otherwise one `items` for all places. */
  readonly tuples: boolean;
  /** A node without a type means "any value"; otherwise its types are listed. */
  readonly untyped: boolean;
  /** `type: "null"`; otherwise `nullable: true`. */
  readonly nullType: boolean;
  /** `enum` of numbers / of booleans / holding "". */
  readonly numberLists: boolean;
  readonly booleanLists: boolean;
  readonly emptyString: boolean;
  /** What a property may be called; null = anything. */
  readonly propertyName: RegExp | null;
  /** A tool without arguments is declared without a schema. */
  readonly omitEmpty: boolean;
};

const GEMINI_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const NUMBER_FORMATS = new Set(["int32", "int64", "float", "double"]);

export const PROFILES: Readonly<Record<DeclarationForm, Profile>> = {
  "gemini-json": {
    keywords: new Set(["format"]),
    stringFormats: new Set(["date-time", "date", "time"]),
    numberFormats: NUMBER_FORMATS,
    references: true,
    maps: true,
    tuples: true,
    untyped: true,
    nullType: true,
    numberLists: true,
    booleanLists: false,
    emptyString: false,
    propertyName: GEMINI_NAME,
    omitEmpty: false,
  },
  "gemini-openapi": {
    keywords: new Set(["format", "minLength", "maxLength", "pattern", "minProperties", "maxProperties"]),
    stringFormats: new Set(["date-time"]),
    numberFormats: NUMBER_FORMATS,
    references: false,
    maps: false,
    tuples: false,
    untyped: false,
    nullType: false,
    numberLists: false,
    booleanLists: false,
    emptyString: false,
    propertyName: GEMINI_NAME,
    omitEmpty: true,
  },
  openai: {
    // Without `pattern`: servers that turn a schema into a grammar refuse the ones that are not anchored at both ends.
    keywords: new Set(["format", "default", "minLength", "maxLength"]),
    stringFormats: null,
    numberFormats: new Set(),
    references: true,
    maps: true,
    tuples: false,
    untyped: true,
    nullType: true,
    numberLists: true,
    booleanLists: true,
    emptyString: true,
    propertyName: null,
    omitEmpty: false,
  },
  anthropic: {
    keywords: new Set([
      "format",
      "default",
      "minLength",
      "maxLength",
      "pattern",
      "uniqueItems",
      "multipleOf",
      "minProperties",
      "maxProperties",
    ]),
    stringFormats: null,
    numberFormats: new Set(),
    references: true,
    maps: true,
    tuples: true,
    untyped: true,
    nullType: true,
    numberLists: true,
    booleanLists: true,
    emptyString: true,
    propertyName: /^[a-zA-Z0-9_.-]{1,64}$/,
    omitEmpty: false,
  },
};

/** Patterns an RE2-like engine takes: no look-around, no back references, no possessive or atomic groups. */
export function isRegularPattern(pattern: string): boolean {
  return pattern.length <= 512 && !/\(\?(?:[=!>]|<[=!])|\\[1-9k]|[*+?}]\+/.test(pattern);
}

// A mapping with known keys: reads every field, fills in defaults, and judges the keys it does not know.
import { isRecord, type Json } from "../core/index.ts";
import { nearestTo } from "./near-miss.ts";
import { inside, report, shown, wrongType, type Place, type Reading } from "./reading.ts";
import type { SchemaPart, Shape } from "./shapes.ts";
import { isNothing, type Entry, type Mapping, type Tree } from "./tree.ts";

export type Field<V> = {
  read(tree: Tree, place: Place, reading: Reading): V;
  readonly absent: V;
  readonly schema: SchemaPart;
};

/** A key that may be left out: then its value is null. */
export function optional<T>(shape: Shape<T>, description: string): Field<T | null> {
  return { absent: null, schema: { ...shape.schema, description }, read: (tree, place, reading) => shape.read(tree, place, reading) };
}

/** A key that may be left out: then its value is `value`. */
export function withDefault<T extends Json>(shape: Shape<T>, value: T, description: string): Field<T> {
  return {
    absent: value,
    schema: { ...shape.schema, description, default: value },
    read: (tree, place, reading) => shape.read(tree, place, reading) ?? value,
  };
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type ValuesOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer V> ? V : never };

export type RecordRules = {
  /** Former spellings, accepted with a warning: written → meant. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Keys accepted without effect: key → why, a sentence. */
  readonly idle?: Readonly<Record<string, string>>;
  /** Unknown keys are always errors: where limits stand, one that is silently ignored costs money. */
  readonly closed?: boolean;
  /** Judges the keys that are neither fields nor aliases; the default is `reportStranger`. */
  readonly stranger?: (entry: Entry, place: Place, reading: Reading) => void;
};

/** A mapping of `fields`. Left empty in the file (`ui:`) it is a mapping without keys. */
export function record<F extends Fields>(fields: F, rules: RecordRules = {}): Shape<ValuesOf<F>> & { readonly fields: F } {
  const known = [...Object.keys(fields), ...Object.keys(rules.idle ?? {})];
  const stranger =
    rules.stranger ?? ((entry, place, reading) => reportStranger(entry, known, { place, reading, closed: rules.closed ?? false }));
  return {
    fields,
    schema: { type: "object", properties: propertiesOf(fields, rules), additionalProperties: false },
    read(tree, place, reading) {
      if (tree.kind !== "mapping") return wrongType(tree, "a mapping of `key: value` lines", { place, reading });
      const chosen = entriesByField(tree, { fields, rules, place, reading, stranger });
      const values = Object.entries(fields).map(([key, field]) => {
        const entry = chosen.get(key);
        const value = entry === undefined || isNothing(entry.value) ? field.absent : field.read(entry.value, inside(place, key), reading);
        return [key, value] as const;
      });
      return Object.fromEntries(values) as ValuesOf<F>;
    },
  };
}

function propertiesOf(fields: Fields, { aliases = {}, idle = {} }: RecordRules): SchemaPart {
  return Object.fromEntries([
    ...Object.entries(fields).map(([key, field]) => [key, field.schema] as const),
    ...Object.entries(aliases).map(
      ([alias, meant]) => [alias, { ...fields[meant]?.schema, deprecated: true, description: `Read as \`${meant}\`.` }] as const,
    ),
    ...Object.entries(idle).map(([key, why]) => [key, { deprecated: true, description: `Accepted; ${why}.` }] as const),
  ]);
}

type Sorting = {
  readonly fields: Fields;
  readonly rules: RecordRules;
  readonly place: Place;
  readonly reading: Reading;
  readonly stranger: NonNullable<RecordRules["stranger"]>;
};

function entriesByField(tree: Mapping, sorting: Sorting): Map<string, Entry> {
  const { fields, rules, place, reading } = sorting;
  const chosen = new Map<string, Entry>();
  for (const entry of tree.entries) {
    const meant = ownValue(rules.aliases, entry.key);
    const why = ownValue(rules.idle, entry.key);
    if (Object.hasOwn(fields, entry.key)) chosen.set(entry.key, entry);
    else if (meant !== undefined) warnOfAlias(entry, { meant, beaten: tree.entries.some(({ key }) => key === meant) }, sorting);
    else if (why !== undefined) {
      report(
        reading,
        { place: inside(place, entry.key), mark: entry.mark },
        { code: "ignored-key", message: `\`${entry.key}\` ${why}`, severity: "warning" },
      );
    } else sorting.stranger(entry, place, reading);
  }
  for (const entry of tree.entries) {
    const meant = ownValue(rules.aliases, entry.key);
    if (meant !== undefined && !chosen.has(meant) && !Object.hasOwn(fields, entry.key)) chosen.set(meant, entry);
  }
  return chosen;
}

function ownValue(table: Readonly<Record<string, string>> | undefined, key: string): string | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

function warnOfAlias(entry: Entry, alias: { readonly meant: string; readonly beaten: boolean }, { place, reading }: Sorting): void {
  const { meant, beaten } = alias;
  report(
    reading,
    { place: inside(place, entry.key), mark: entry.mark },
    {
      code: "former-name",
      message: beaten ? `\`${entry.key}\` is ignored, because \`${meant}\` is given too` : `\`${entry.key}\` is read as \`${meant}\``,
      severity: "warning",
    },
  );
}

type Stranger = { readonly place: Place; readonly reading: Reading; readonly closed?: boolean };

export function reportNearMiss(
  key: string,
  near: string,
  { where, reading }: { readonly where: Parameters<typeof report>[1]; readonly reading: Reading },
): void {
  report(reading, where, { code: "near-miss", message: `Unknown key \`${shown(key)}\``, suggestion: near });
}

/** An unknown key: an error where it is a near miss of a known one, else a warning. */
export function reportStranger(entry: Entry, known: Iterable<string>, { place, reading, closed }: Stranger): void {
  const where = { place: inside(place, entry.key), mark: entry.mark };
  const near = nearestTo(entry.key, known);
  if (near !== null) return reportNearMiss(entry.key, near, { where, reading });
  report(reading, where, {
    code: "unknown-key",
    message: `Unknown key \`${shown(entry.key)}\`: it has no effect`,
    severity: reading.strict || closed === true ? "error" : "warning",
  });
}

/** Reads a mapping and keeps only the keys that are given, also those inside it. */
export function given<T extends object>(shape: Shape<T>): Shape<Readonly<Record<string, Json>>> {
  return {
    schema: shape.schema,
    read: (tree, place, reading) => {
      const values = shape.read(tree, place, reading);
      return values === null ? null : (withoutNulls(values) as Readonly<Record<string, Json>>);
    },
  };
}

function withoutNulls(value: unknown): unknown {
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNulls(item)]])));
}

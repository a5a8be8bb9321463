// What a command-line option is: a row in a table, from which parsing, checking and the help text are made.

export type OptionKind =
  | { readonly kind: "flag" }
  | { readonly kind: "text"; readonly placeholder: string }
  | { readonly kind: "choice"; readonly choices: readonly string[]; readonly placeholder: string }
  /** A number within bounds; `whole` refuses fractions. */
  | { readonly kind: "number"; readonly min: number; readonly max: number; readonly whole: boolean; readonly placeholder: string };

export type OptionRow = OptionKind & {
  readonly help: string;
  /** Heading in the help text. */
  readonly group: string;
  /** One letter, without the dash. */
  readonly short?: string;
};

/** Keyed by the long name without its dashes. */
export type OptionTable = { readonly [name: string]: OptionRow };

type ValueOf<Row extends OptionRow> = Row extends { kind: "flag" }
  ? boolean
  : Row extends { kind: "number" }
    ? number | null
    : Row extends { kind: "choice"; choices: readonly (infer Choice)[] }
      ? Choice | null
      : string | null;

/** A flag is false and everything else null where the person did not give it. */
export type OptionValues<Table extends OptionTable> = { readonly [Name in keyof Table]: ValueOf<Table[Name]> };

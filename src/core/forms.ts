// A form that a server puts before a person: its fields as displays show them, and what is filled in.

/** What one field is filled with. */
export type FormValue = string | number | boolean | readonly string[];
/** By the names of the fields; a field that was left out has no entry. */
export type FormValues = { readonly [field: string]: FormValue };
export type FormAction = "accept" | "decline" | "cancel";
export type FormAnswer = { readonly action: FormAction; readonly content?: FormValues };

export type FormOption = { readonly value: string; readonly title: string };
/** Null = the server does not say. */
export type FormField = {
  readonly name: string;
  /** The server's words, made harmless. */
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
} & (
  | {
      readonly kind: "text";
      readonly format: "email" | "uri" | "date" | "date-time" | null;
      /** In characters. */
      readonly least: number | null;
      readonly most: number | null;
      readonly initial: string | null;
    }
  | {
      readonly kind: "number";
      readonly whole: boolean;
      readonly least: number | null;
      readonly most: number | null;
      readonly initial: number | null;
    }
  | { readonly kind: "yes-no"; readonly initial: boolean | null }
  | { readonly kind: "choice"; readonly options: readonly FormOption[]; readonly initial: string | null }
  | {
      readonly kind: "choices";
      readonly options: readonly FormOption[];
      /** How many are to be chosen. */
      readonly least: number | null;
      readonly most: number | null;
      readonly initial: readonly string[] | null;
    }
);

export type Form = {
  /** The server's words, made harmless. */
  readonly message: string;
  readonly fields: readonly FormField[];
  /** Its words speak of passwords, tokens or keys: the person is warned not to type one. */
  readonly mentionsSecrets: boolean;
};

// One thing wrong with what a person wrote: where it stands, what was expected, what was probably meant.

export type Problem = {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  /** `agents[0].backend.model` */
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly expected: string | null;
  readonly suggestion: string | null;
  readonly severity: "error" | "warning";
};

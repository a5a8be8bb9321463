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

/** One line: `file:line:column: message (expected …; did you mean …?)`. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(":");
  const remarks = [
    ...(problem.expected === null ? [] : [`expected ${problem.expected}`]),
    ...(problem.suggestion === null ? [] : [`did you mean ${problem.suggestion}?`]),
  ];
  return `${place === "" ? "" : `${place}: `}${problem.severity === "warning" ? "warning: " : ""}${problem.message}${remarks.length === 0 ? "" : ` (${remarks.join("; ")})`}`;
}

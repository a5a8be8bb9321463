// What a benchmark of `massgen bench` gives back: rows of figures, plots of the same figures, and sentences that say what they mean.

/** One figure of a row; a text where something could not be measured. */
export type Figure = number | string | null;

export type Column = {
  readonly key: string;
  readonly title: string;
  /** `ms`, `MB`, `%`, `USD`, `tokens`; empty for counts and words. */
  readonly unit: string;
};

export type BenchRow = { readonly name: string; readonly figures: Readonly<Record<string, Figure>> };

export type BenchReport = {
  readonly type: "bench-report";
  readonly bench: "mcp" | "coordination" | "council";
  readonly title: string;
  /** `scripted`: models were played by this program, so that nothing is paid and the figures are those of the program alone. */
  readonly mode: "scripted" | "live";
  /** What the figures mean and what they do not, one sentence each. */
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly BenchRow[];
  /** Keys of the columns worth a picture. */
  readonly plots: readonly string[];
  /** Node, platform, number of runs: what somebody needs to repeat it. */
  readonly conditions: Readonly<Record<string, string | number>>;
};

/** Tells the person at the terminal what is being done now. */
export type Progress = (line: string) => void;

// The last line of every benchmark: `name value unit bar pass|fail`; a missed bar sets the exit code.

export type Measure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly bar: number;
  /** The value must be at least the bar; otherwise at most. */
  readonly atLeast?: true;
};

/** Prints the figures, each against its bar (lower is better where nothing else is said), and the verdict of the last as the last line. */
export function report(measures: readonly Measure[]): void {
  for (const { name, value, unit, bar, atLeast } of measures) {
    const pass = atLeast ? value >= bar : value <= bar;
    if (!pass) process.exitCode = 1;
    console.log(`${name} ${value.toFixed(3)} ${unit} ${atLeast ? ">=" : ""}${bar} ${pass ? "pass" : "fail"}`);
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** `q` between 0 and 1; the nearest value that was measured. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

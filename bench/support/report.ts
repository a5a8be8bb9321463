// The last line of every benchmark: `name value unit bar pass|fail`; a missed bar sets the exit code.

export type Measure = { readonly name: string; readonly value: number; readonly unit: string; readonly bar: number };

/** Prints the figures, each against its upper bar (lower is better), and the verdict of the last as the last line. */
export function report(measures: readonly Measure[]): void {
  for (const { name, value, unit, bar } of measures) {
    const pass = value <= bar;
    if (!pass) process.exitCode = 1;
    console.log(`${name} ${value.toFixed(3)} ${unit} ${bar} ${pass ? "pass" : "fail"}`);
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

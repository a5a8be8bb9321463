// A benchmark's figures as words and as a table for the terminal.
import type { BenchReport, Column, Figure } from "../benchmarks/index.ts";
import { columns } from "./columns.ts";

/** Three significant digits below a hundred, whole numbers above; a dash where nothing was measured. */
export function figureText(figure: Figure | undefined, { unit }: Column): string {
  if (figure === null || figure === undefined) return "–";
  if (typeof figure === "string") return figure;
  if (unit === "" || unit === "tokens") return String(Math.round(figure * 100) / 100);
  if (unit === "USD") return figure.toFixed(4);
  return figure >= 100 ? figure.toFixed(0) : String(Number(figure.toPrecision(3)));
}

export const headOf = ({ title, unit }: Column): string => (unit === "" || unit === "tokens" ? title : `${title} (${unit})`);

/** Why a row has no figures; null where it has. */
export function problemOf(figures: Readonly<Record<string, Figure>>): string | null {
  const problem = figures["problem"];
  return typeof problem === "string" ? problem : null;
}

/** What somebody needs to repeat it, in one line. */
export const conditionsLine = ({ conditions }: BenchReport): string =>
  Object.entries(conditions)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

export function benchLines(report: BenchReport): readonly string[] {
  const measured = report.rows.filter(({ figures }) => problemOf(figures) === null);
  const rows = measured.map(({ name, figures }) => [name, ...report.columns.map((column) => figureText(figures[column.key], column))]);
  const missing = report.rows.flatMap(({ name, figures }) => {
    const problem = problemOf(figures);
    return problem === null ? [] : [`${name} was not measured: ${problem}`];
  });
  return [
    `${report.title} (${report.mode})`,
    "",
    ...columns([["", ...report.columns.map(headOf)], ...rows]),
    "",
    ...missing,
    ...report.notes,
    conditionsLine(report),
  ];
}

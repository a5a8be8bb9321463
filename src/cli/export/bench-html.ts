// A benchmark as one HTML file: the table, a bar chart for each figure worth one, and what they mean. It loads nothing and runs nothing.
import type { BenchReport, Column } from "../../benchmarks/index.ts";
import { conditionsLine, figureText, headOf, problemOf } from "../bench-text.ts";
import { escaped, page, table } from "./markup.ts";

const LEFT = 190;
const WIDTH = 860;
const LANE = 30;

export function benchHtml(report: BenchReport): string {
  const plots = report.plots.flatMap((key) => report.columns.filter((column) => column.key === key)).map((column) => plot(report, column));
  const rows = report.rows.map(({ name, figures }) => [
    escaped(name),
    ...(problemOf(figures) === null
      ? report.columns.map((column) => escaped(figureText(figures[column.key], column)))
      : [`<span class="bad">${escaped(problemOf(figures) ?? "")}</span>`]),
  ]);
  return page(
    report.title,
    `<header><p class="kind">massgen bench ${report.bench}, ${report.mode}</p><h1>${escaped(report.title)}</h1></header>
<section><h2>Figures</h2>${table(["", ...report.columns.map((column) => escaped(headOf(column)))], rows)}</section>
${plots.join("\n")}
<section><h2>What they mean</h2><ul>${report.notes.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>
<p class="legend">${escaped(conditionsLine(report))}</p></section>`,
  );
}

/** Bars from zero, so that lengths compare as the figures do. Empty where nothing was measured. */
function plot({ rows }: BenchReport, column: Column): string {
  const bars = rows.flatMap(({ name, figures }) => {
    const figure = figures[column.key];
    return typeof figure === "number" ? [{ name, figure }] : [];
  });
  const most = Math.max(0, ...bars.map(({ figure }) => figure));
  if (most <= 0) return "";
  const lanes = bars.map(({ name, figure }, index) => {
    const width = Math.max(1, ((WIDTH - LEFT - 90) * figure) / most);
    const y = index * LANE;
    return (
      `<text x="${LEFT - 10}" y="${y + LANE / 2 + 4}" text-anchor="end">${escaped(name.slice(0, 26))}</text>` +
      `<rect x="${LEFT}" y="${y + 5}" width="${width.toFixed(1)}" height="${LANE - 10}" class="turn"/>` +
      `<text x="${(LEFT + width + 8).toFixed(1)}" y="${y + LANE / 2 + 4}">${escaped(figureText(figure, column))}</text>`
    );
  });
  return `<section><h2>${escaped(headOf(column))}</h2><svg viewBox="0 0 ${WIDTH} ${bars.length * LANE}" role="img" aria-label="${escaped(column.title)}">${lanes.join("")}</svg></section>`;
}

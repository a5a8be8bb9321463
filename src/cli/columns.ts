// Rows as lines of equal columns, two spaces apart.

type Look = { readonly indent?: string; /** Numbers and money stand to the right of their column. */ readonly numbersRight?: boolean };

export function columns(rows: readonly (readonly string[])[], { indent = "", numbersRight = false }: Look = {}): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? "").length)));
  const filled = (cell: string, width: number): string =>
    numbersRight && /^\$?[\d.,]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
  return rows.map((row) => `${indent}${row.map((cell, at) => filled(cell, widths[at] ?? 0)).join("  ")}`.trimEnd());
}

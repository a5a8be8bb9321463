// The difference of two texts, line by line, as people read it.

const MAX_CELLS = 4_000_000;
const CONTEXT = 2;

/** Lines that begin with `-` (only before), `+` (only after) or a space (context around them); empty for equal texts. */
export function lineDiff(before: string, after: string): readonly string[] {
  if (before === after) return [];
  const all = compare(before.split("\n"), after.split("\n"));
  const near = all.map((_, at) => all.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => !line.startsWith(" ")));
  return all.flatMap((line, at) => (near[at] ? [line] : near[at - 1] ? ["  …"] : []));
}

function compare(before: readonly string[], after: readonly string[]): readonly string[] {
  let start = 0;
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const middle = changed(before.slice(start, before.length - end), after.slice(start, after.length - end));
  const same = (line: string): string => `  ${line}`;
  return [...before.slice(0, start).map(same), ...middle, ...before.slice(before.length - end).map(same)];
}

/** By the longest common subsequence; texts too long for that are shown as replaced. */
function changed(before: readonly string[], after: readonly string[]): readonly string[] {
  const removed = (line: string): string => `- ${line}`;
  const added = (line: string): string => `+ ${line}`;
  if (before.length * after.length > MAX_CELLS) return [...before.map(removed), ...after.map(added)];
  const length = lengths(before, after);
  const lines: string[] = [];
  let [at, to] = [0, 0];
  while (at < before.length || to < after.length) {
    if (at < before.length && to < after.length && before[at] === after[to]) {
      lines.push(`  ${before[at] ?? ""}`);
      at += 1;
      to += 1;
    } else if (to >= after.length || (at < before.length && (length[at + 1]?.[to] ?? 0) >= (length[at]?.[to + 1] ?? 0))) {
      lines.push(removed(before[at] ?? ""));
      at += 1;
    } else {
      lines.push(added(after[to] ?? ""));
      to += 1;
    }
  }
  return lines;
}

function lengths(before: readonly string[], after: readonly string[]): readonly Uint32Array[] {
  const rows = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1));
  for (let at = before.length - 1; at >= 0; at -= 1) {
    const [row, below] = [rows[at], rows[at + 1]];
    if (!row || !below) continue;
    for (let to = after.length - 1; to >= 0; to -= 1) {
      row[to] = before[at] === after[to] ? (below[to + 1] ?? 0) + 1 : Math.max(below[to] ?? 0, row[to + 1] ?? 0);
    }
  }
  return rows;
}

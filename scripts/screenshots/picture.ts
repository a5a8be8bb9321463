// A terminal's screen as an SVG picture: cells with their colours, frames as lines, so that it looks the same in every font.
import xterm from "@xterm/headless";

export type Paper = { readonly name: "dark" | "light"; readonly background: string; readonly foreground: string };
export const DARK: Paper = { name: "dark", background: "#0f1419", foreground: "#d7dde5" };
export const LIGHT: Paper = { name: "light", background: "#ffffff", foreground: "#1f2937" };

const CELL = { width: 8.4, height: 18, baseline: 13.5 };
const MARGIN = 14;

type Cell = {
  readonly text: string;
  readonly columns: number;
  readonly colour: string;
  readonly back: string | null;
  readonly css: string;
};

/** @param screen the lines with their escape codes, as tmux gives them */
export async function pictureOf(
  screen: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  paper: Paper,
): Promise<string> {
  const grid = await cellsOf(screen, { columns, rows }, paper);
  const width = columns * CELL.width + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const body = grid.flatMap((line, row) => lineParts(line, MARGIN + row * CELL.height));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${tidy(width)} ${tidy(height)}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">`,
    `<rect width="100%" height="100%" rx="8" fill="${paper.background}"/>`,
    ...body,
    "</svg>",
    "",
  ].join("\n");
}

async function cellsOf(
  screen: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  paper: Paper,
): Promise<Cell[][]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  await new Promise<void>((resolve) => terminal.write(screen.replace(/\n$/, ""), resolve));
  const { active } = terminal.buffer;
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.viewportY + row);
    return Array.from({ length: columns }, (_unused, column) => line?.getCell(column)).flatMap((cell) =>
      cell === undefined || cell.getWidth() === 0 ? [] : [cellOf(cell, paper)],
    );
  });
}

type XtermCell = NonNullable<ReturnType<NonNullable<ReturnType<xterm.IBuffer["getLine"]>>["getCell"]>>;

function cellOf(cell: XtermCell, paper: Paper): Cell {
  const front = cell.isFgDefault() ? paper.foreground : colourOf(cell.getFgColor(), cell.isFgRGB());
  const back = cell.isBgDefault() ? null : colourOf(cell.getBgColor(), cell.isBgRGB());
  const inverse = cell.isInverse() !== 0;
  const css = [
    cell.isBold() !== 0 ? ' font-weight="bold"' : "",
    cell.isItalic() !== 0 ? ' font-style="italic"' : "",
    cell.isDim() !== 0 ? ' opacity="0.65"' : "",
    cell.isUnderline() !== 0 ? ' text-decoration="underline"' : "",
  ].join("");
  return {
    text: cell.getChars() === "" ? " " : cell.getChars(),
    columns: cell.getWidth(),
    colour: inverse ? (back ?? paper.background) : front,
    back: inverse ? front : back,
    css,
  };
}

/** The sixteen colours as most terminals have them. */
const SIXTEEN = "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db ffffff".split(
  " ",
);

function colourOf(value: number, rgb: boolean): string {
  if (rgb) return `#${value.toString(16).padStart(6, "0")}`;
  if (value < 16) return `#${SIXTEEN[value] ?? "000000"}`;
  const grey = 8 + (value - 232) * 10;
  if (value >= 232) return `rgb(${grey},${grey},${grey})`;
  const step = (n: number): number => (n === 0 ? 0 : 55 + n * 40);
  const cube = value - 16;
  return `rgb(${step(Math.floor(cube / 36))},${step(Math.floor(cube / 6) % 6)},${step(cube % 6)})`;
}

const tidy = (value: number): string => String(Math.round(value * 100) / 100);

/** Runs of equal cells become one element each; frames and bars become lines and boxes. */
function lineParts(cells: readonly Cell[], top: number): string[] {
  const parts: string[] = [];
  let x = MARGIN;
  for (let at = 0; at < cells.length;) {
    const run = runAt(cells, at);
    const width = run.reduce((sum, { columns }) => sum + columns, 0) * CELL.width;
    parts.push(...drawn(run, { x, top, width }));
    x += width;
    at += run.length;
  }
  return parts;
}

/** Text of one kind goes together; a wide or unusual character stands alone, because fonts disagree about its width. */
function runAt(cells: readonly Cell[], from: number): readonly Cell[] {
  const first = cells[from];
  if (first === undefined) return [];
  const kind = kindOf(first);
  let end = from + 1;
  if (kind === "lone") return [first];
  for (let next = cells[end]; next !== undefined && kindOf(next) === kind && sameLook(first, next); next = cells[++end]) {
    if (kind === "frame" && next.text !== first.text) break;
  }
  return cells.slice(from, end);
}

const kindOf = ({ text, columns }: Cell): "text" | "frame" | "lone" =>
  Object.hasOwn(FRAMES, text) ? "frame" : columns === 1 && /^[\x20-\x7e]+$/.test(text) ? "text" : "lone";
const sameLook = (a: Cell, b: Cell): boolean => a.colour === b.colour && a.back === b.back && a.css === b.css;

type Place = { readonly x: number; readonly top: number; readonly width: number };

function drawn(run: readonly Cell[], { x, top, width }: Place): string[] {
  const [first] = run;
  if (first === undefined) return [];
  const text = run.map((cell) => cell.text).join("");
  const back =
    first.back === null ? [] : [`<rect x="${tidy(x)}" y="${top}" width="${tidy(width)}" height="${CELL.height}" fill="${first.back}"/>`];
  if (text.trim() === "") return back;
  const frame = FRAMES[first.text];
  if (frame !== undefined) return [...back, frame({ x, top, width }, first.colour)];
  const lead = text.length - text.trimStart().length;
  const shown = text.trim();
  const length = kindOf(first) === "text" ? ` textLength="${tidy(shown.length * CELL.width)}" lengthAdjust="spacingAndGlyphs"` : "";
  const at = `x="${tidy(x + lead * CELL.width)}" y="${tidy(top + CELL.baseline)}"`;
  return [...back, `<text ${at} fill="${first.colour}"${first.css}${length} xml:space="preserve">${escaped(shown)}</text>`];
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

type DrawFrame = (place: Place, colour: string) => string;
/** A line through the cell, given in parts of its width and height. */
const lines =
  (path: string): DrawFrame =>
  ({ x, top, width }, colour) => {
    const d = path.replaceAll(
      /([\d.]+),([\d.]+)/g,
      (_, a: string, b: string) => `${tidy(x + Number(a) * width)},${tidy(top + Number(b) * CELL.height)}`,
    );
    return `<path d="${d}" fill="none" stroke="${colour}"/>`;
  };
const block =
  (height: number): DrawFrame =>
  ({ x, top, width }, colour) =>
    `<rect x="${tidy(x)}" y="${tidy(top + CELL.height * (1 - height) - (height < 1 ? 3 : 0))}" width="${tidy(width)}" height="${tidy(CELL.height * height)}" fill="${colour}"/>`;

const FRAMES: Readonly<Record<string, DrawFrame>> = {
  "─": lines("M0,0.5 L1,0.5"),
  "━": lines("M0,0.5 L1,0.5"),
  "│": lines("M0.5,0 L0.5,1"),
  "┃": lines("M0.45,0 L0.45,1 M0.55,0 L0.55,1"),
  "╭": lines("M1,0.5 Q0.5,0.5 0.5,1"),
  "╮": lines("M0,0.5 Q0.5,0.5 0.5,1"),
  "╰": lines("M1,0.5 Q0.5,0.5 0.5,0"),
  "╯": lines("M0,0.5 Q0.5,0.5 0.5,0"),
  "┌": lines("M1,0.5 L0.5,0.5 L0.5,1"),
  "┐": lines("M0,0.5 L0.5,0.5 L0.5,1"),
  "└": lines("M1,0.5 L0.5,0.5 L0.5,0"),
  "┘": lines("M0,0.5 L0.5,0.5 L0.5,0"),
  "├": lines("M0.5,0 L0.5,1 M0.5,0.5 L1,0.5"),
  "┤": lines("M0.5,0 L0.5,1 M0.5,0.5 L0,0.5"),
  "┬": lines("M0,0.5 L1,0.5 M0.5,0.5 L0.5,1"),
  "┴": lines("M0,0.5 L1,0.5 M0.5,0.5 L0.5,0"),
  "┼": lines("M0,0.5 L1,0.5 M0.5,0 L0.5,1"),
  "═": lines("M0,0.4 L1,0.4 M0,0.6 L1,0.6"),
  "║": lines("M0.4,0 L0.4,1 M0.6,0 L0.6,1"),
  "╔": lines("M1,0.4 L0.4,0.4 L0.4,1 M1,0.6 L0.6,0.6 L0.6,1"),
  "╗": lines("M0,0.4 L0.6,0.4 L0.6,1 M0,0.6 L0.4,0.6 L0.4,1"),
  "╚": lines("M1,0.6 L0.4,0.6 L0.4,0 M1,0.4 L0.6,0.4 L0.6,0"),
  "╝": lines("M0,0.6 L0.6,0.6 L0.6,0 M0,0.4 L0.4,0.4 L0.4,0"),
  "█": block(1),
};

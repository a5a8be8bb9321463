// How many agents stand side by side, how large each is, and which page of them is shown.

export type Cell = {
  readonly agent: number;
  readonly column: number;
  readonly row: number;
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
};
export type Grid = {
  readonly cells: readonly Cell[];
  readonly page: number;
  readonly pages: number;
  readonly columns: number;
  readonly rows: number;
};
export type GridWish = { readonly agents: number; readonly focused: number; readonly columns: number; readonly rows: number };

const MIN_COLUMNS = 30;
const MIN_ROWS = 7;

/** A grid that holds the focused agent. Panels fill the area exactly; what does not fit is on other pages. */
export function gridFor({ agents, focused, columns, rows }: GridWish): Grid {
  const most = { columns: Math.max(1, Math.floor(columns / MIN_COLUMNS)), rows: Math.max(1, Math.floor(rows / MIN_ROWS)) };
  const down = Math.min(most.rows, Math.ceil(agents / most.columns) || 1);
  const across = Math.min(most.columns, Math.ceil(agents / down) || 1);
  const perPage = across * down;
  const pages = Math.max(1, Math.ceil(agents / perPage));
  const page = Math.min(pages - 1, Math.floor(Math.max(0, focused) / perPage));
  const shown = Math.min(perPage, agents - page * perPage);
  // A last row that is not full is spread over the whole width.
  const cells = Array.from({ length: Math.max(0, shown) }, (_, index): Cell => {
    const row = Math.floor(index / across);
    const inRow = Math.min(across, shown - row * across);
    const column = index % across;
    const [left, width] = share(columns, inRow, column);
    const [top, height] = share(rows, Math.ceil(shown / across), row);
    return { agent: page * perPage + index, column, row, left, top, columns: width, rows: height };
  });
  return { cells, page, pages, columns: across, rows: down };
}

/** Part `index` of `parts` equal parts of `total`: where it begins and how long it is. */
function share(total: number, parts: number, index: number): readonly [number, number] {
  const start = Math.floor((total * index) / parts);
  return [start, Math.floor((total * (index + 1)) / parts) - start];
}

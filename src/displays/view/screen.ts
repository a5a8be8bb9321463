// The whole screen as a pure function: (run, choices, size) gives exactly `rows` lines, none wider than `columns`.
import { agentPanel } from "./agent-panel.ts";
import { footer } from "./footer.ts";
import type { Frame } from "./frame.ts";
import { headerLines } from "./header.ts";
import { gridFor, type Grid } from "./layout.ts";
import { eventRows, helpRows, serverRows, toolRows, voteRows } from "./list-panels.ts";
import { withModal } from "./modal.ts";
import type { AgentView } from "./model.ts";
import { resultRows } from "./result-panel.ts";
import { visibleLines, type Area, type RowSource } from "./rows.ts";
import { cutStyled } from "./measure.ts";
import { filled, spanLine, spreadLine, type Span } from "./spans.ts";
import { rowSource, textRows, type TextRow } from "./text-rows.ts";
import { transcriptSource } from "./transcript-rows.ts";
import { anchorName, type PanelName } from "./ui.ts";

export type Screen = {
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number } | null;
};

/** Below this width frames and margins have no room: lines are only kept from breaking the screen. */
const TOO_NARROW = 16;

export function drawScreen(frame: Frame): Screen {
  const { size } = frame;
  const bottom = footer(frame);
  const head = headerLines(frame).slice(0, Math.max(0, size.rows - bottom.lines.length - 1));
  const height = Math.max(0, size.rows - head.length - bottom.lines.length);
  const body = withModal(padRows(bodyLines(frame, height), height), frame);
  const lines = [...head, ...body, ...bottom.lines]
    .slice(-size.rows)
    .map((line) => (size.columns < TOO_NARROW ? cutStyled(line, size.columns) : line));
  const cursor = bottom.cursor === null ? null : { row: head.length + height + bottom.cursor.row, column: bottom.cursor.column };
  return { lines: padRows(lines, size.rows), cursor };
}

const padRows = (lines: readonly string[], rows: number): string[] => Array.from({ length: rows }, (_, row) => lines[row] ?? "");

function bodyLines(frame: Frame, height: number): string[] {
  const { ui } = frame;
  if (ui.panel === "grid") return gridLines(frame, height);
  if (ui.panel === "agent") {
    const agent = agentAt(frame, ui.focused);
    return agent === undefined
      ? []
      : agentPanel(
          agent,
          { ...panelBox(frame, ui.focused), columns: frame.size.columns, rows: height, focused: true, detailed: true },
          frame,
        );
  }
  return listLines(frame, ui.panel, height);
}

/** Lines that the header and the footer leave to the body. */
export function bodyHeight(frame: Frame): number {
  const bottom = footer(frame).lines.length;
  const head = Math.min(headerLines(frame).length, Math.max(0, frame.size.rows - bottom - 1));
  return Math.max(0, frame.size.rows - head - bottom);
}

const panelBox = ({ ui }: Frame, index: number) => ({
  anchor: ui.anchors[anchorName({ panel: "agent", focused: index })] ?? null,
  search: index === ui.focused ? (ui.search?.text ?? "") : "",
});

export const agentAt = ({ view }: Frame, index: number): AgentView | undefined => [...view.agents.values()][index];

function gridLines(frame: Frame, height: number): string[] {
  const agents = [...frame.view.agents.values()];
  if (agents.length === 0) return emptyLines(frame).map((text) => filled(["dim", ` ${text}`], frame.size.columns, frame.theme));
  const grid = gridOf(frame, height);
  const tabs = grid.pages > 1 ? [tabLine(grid, frame)] : [];
  const blank = Array.from({ length: Math.max(0, height - tabs.length) }, () => "");
  for (const cell of grid.cells) {
    const agent = agents[cell.agent];
    if (agent === undefined) continue;
    const box = {
      ...panelBox(frame, cell.agent),
      columns: cell.columns,
      rows: cell.rows,
      focused: cell.agent === frame.ui.focused,
      detailed: false,
    };
    agentPanel(agent, box, frame).forEach((line, row) => (blank[cell.top + row] += line));
  }
  return [...tabs, ...blank];
}

const WELCOME = [
  "Type a question below; Enter asks it.",
  "A line ending in \\ goes on in the next.",
  "/help lists the commands.",
  "/agents says who answers.",
];
const emptyLines = ({ ui }: Frame): readonly string[] =>
  ui.input !== null && ui.typing ? ["", ...WELCOME] : ["The agents are getting ready."];

/** The grid of the agents, below the line of pages where there are several. */
export function gridOf({ view, ui, size }: Frame, height: number): Grid {
  const wish = { agents: view.agents.size, focused: ui.focused, columns: size.columns };
  const grid = gridFor({ ...wish, rows: height });
  return grid.pages === 1 ? grid : gridFor({ ...wish, rows: Math.max(1, height - 1) });
}

function tabLine({ page, pages, cells }: Grid, frame: Frame): string {
  const first = (cells[0]?.agent ?? 0) + 1;
  const spans: Span[] = [
    [
      "dim",
      ` agents ${cells.length === 1 ? first : `${first} to ${first + cells.length - 1}`} of ${frame.view.agents.size}, page ${page + 1} of ${pages}; ← → turn it`,
    ],
  ];
  return spanLine(spans, frame.size.columns, frame.theme);
}

const LISTS: Readonly<
  Record<Exclude<PanelName, "grid" | "agent">, { readonly title: string; readonly rows: (frame: Frame, columns: number) => TextRow[] }>
> = {
  tools: { title: "Tools", rows: toolRows },
  votes: { title: "Votes and answers", rows: voteRows },
  servers: { title: "MCP servers", rows: serverRows },
  events: { title: "Events", rows: eventRows },
  help: { title: "Help", rows: helpRows },
  result: { title: "Result", rows: resultRows },
  notes: { title: "Conversation", rows: ({ ui }) => ui.notes.flatMap((line) => textRows("text", "", line)) },
};

/** Lists that are read from the top; the others follow their newest line. */
const FROM_TOP: ReadonlySet<PanelName> = new Set(["votes", "servers", "help", "result", "notes"]);

function listLines(frame: Frame, panel: keyof typeof LISTS, height: number): string[] {
  const { size, theme, ui } = frame;
  const area = listArea(frame, height);
  const source = rowSource(LISTS[panel].rows(frame, area.columns), theme);
  const start = FROM_TOP.has(panel) && !Object.hasOwn(ui.anchors, panel) ? { row: 0, line: 0 } : (ui.anchors[panel] ?? null);
  // One line more than there is room for tells whether anything is below; a list that follows its end has nothing there.
  const lines = visibleLines(source, start, start === null ? area : { ...area, height: area.height + 1 });
  const below = lines.length > area.height;
  const title = spreadLine(
    { left: [["bar", `▎${LISTS[panel].title}`]], right: [["dim", below ? "↓ more   Esc closes" : "Esc closes"]] },
    size.columns,
    theme,
  );
  return [title, ...lines.slice(0, area.height).map((line) => ` ${line}`)];
}

const listArea = ({ size }: Frame, height: number): Area => ({ columns: Math.max(1, size.columns - 2), height: Math.max(1, height - 1) });

/** What scrolls now: its place's name, its rows and its size. */
export function scrollTarget(frame: Frame): {
  readonly name: string;
  readonly source: RowSource;
  readonly area: Area;
  readonly fromTop: boolean;
} {
  const { ui, theme, now } = frame;
  const height = bodyHeight(frame);
  if (ui.panel !== "grid" && ui.panel !== "agent") {
    const area = listArea(frame, height);
    return { name: ui.panel, source: rowSource(LISTS[ui.panel].rows(frame, area.columns), theme), area, fromTop: FROM_TOP.has(ui.panel) };
  }
  const box =
    ui.panel === "agent"
      ? { columns: frame.size.columns, rows: height }
      : (gridOf(frame, height).cells.find(({ agent }) => agent === ui.focused) ?? { columns: 1, rows: 3 });
  const agent = agentAt(frame, ui.focused);
  const source: RowSource =
    agent === undefined
      ? { dropped: 0, length: 0, lines: () => [""] }
      : transcriptSource(agent.transcript, { now, theme, detailed: ui.panel === "agent", search: "" });
  return {
    name: anchorName(ui),
    source,
    area: { columns: Math.max(1, box.columns - 4), height: Math.max(1, box.rows - 2) },
    fromTop: false,
  };
}

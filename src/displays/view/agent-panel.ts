// One agent's panel: a frame with its number, name and model, what it does, its transcript, its tokens.
import { cost, count } from "../format.ts";
import type { Frame } from "./frame.ts";
import { fit, textWidth } from "./measure.ts";
import type { AgentView, RunView } from "./model.ts";
import { visibleLines, type Anchor } from "./rows.ts";
import { padded, spanLine, spansWidth, type Span } from "./spans.ts";
import { statusSpan } from "./status-words.ts";
import { harmless } from "./text-rows.ts";
import { agentStyle, type Style, type Theme } from "./theme.ts";
import { transcriptSource } from "./transcript-rows.ts";

export type PanelBox = {
  readonly columns: number;
  readonly rows: number;
  readonly focused: boolean;
  readonly anchor: Anchor;
  readonly detailed: boolean;
  readonly search: string;
};

/** The corners, the spaces around both titles and one dash. */
const EDGE_COLUMNS = 7;
/** The longest status without details: the title must not change with every status. */
const STATUS_COLUMNS = "▶ presenting".length;

/** Exactly `rows` lines, each exactly `columns` wide. */
export function agentPanel(agent: AgentView, box: PanelBox, frame: Frame): string[] {
  const { theme } = frame;
  const inner = Math.max(1, box.columns - 4);
  const edge: Style = box.focused ? "focus" : "border";
  const room = box.columns - EDGE_COLUMNS - STATUS_COLUMNS;
  const top = edgeLine({ left: titleSpans(agent, room, theme), right: [statusSpan(agent)] }, { box, edge, corners: "╭╮" }, theme);
  const bottom = edgeLine({ left: usageSpans(agent), right: place(agent, box) }, { box, edge, corners: "╰╯" }, theme);
  const source = transcriptSource(agent.transcript, { now: frame.now, theme, detailed: box.detailed, search: box.search });
  const height = Math.max(0, box.rows - 2);
  const lines =
    source.length === 0
      ? [spanLine([emptySpan(agent, frame.view)], inner, theme)]
      : visibleLines(source, box.anchor, { columns: inner, height });
  const side = theme.paint(edge, "│");
  const body = Array.from({ length: height }, (_, row) => `${side} ${padded(lines[row] ?? "", inner)} ${side}`);
  return [top, ...body, bottom].slice(0, box.rows);
}

/** What an agent waits for that has said nothing yet. */
function emptySpan({ status }: AgentView, { servers }: RunView): Span {
  if (status !== "working") return ["faint", status === "waiting" ? "has not begun yet" : ""];
  const coming = [...servers.values()].filter(({ state }) => state === "connecting").map(({ name }) => harmless(name));
  return ["faint", coming.length === 0 ? "waits for the model" : `connects its MCP servers: ${coming.join(", ")}`];
}

/** Number and name, with backend and model where there is room for both, else with the model alone. */
function titleSpans(agent: AgentView, room: number, theme: Theme): Span[] {
  const number: Span = [theme.name === "plain" ? "key" : agentStyle(agent.index), `${agent.index + 1} ${harmless(agent.id)}`];
  const model = harmless(agent.model ?? "");
  const backend = harmless(agent.backend);
  // `gemini gemini-2.5-flash` says one thing twice.
  const both = model.startsWith(backend) ? model : `${backend} ${model}`.trim();
  const longest = textWidth(number[1]) + 1 + textWidth(both) <= room || model === "" ? both : model;
  return longest === "" ? [number] : [number, ["faint", ` ${longest}`]];
}

function usageSpans(agent: AgentView): Span[] {
  const { tokensIn, tokensOut, costUsd, steps } = agent;
  return steps === 0 ? [] : [["faint", `${count(tokensIn)} in, ${count(tokensOut)} out${costUsd === null ? "" : ` · ${cost(costUsd)}`}`]];
}

const place = (agent: AgentView, { anchor }: PanelBox): Span[] => {
  if (anchor === null) return [];
  const share = Math.round((100 * (anchor.row - agent.transcript.dropped)) / Math.max(1, agent.transcript.rows.length));
  return [["warn", `${Math.max(0, share)} % ↓`]];
};

type Edge = { readonly box: PanelBox; readonly edge: Style; readonly corners: string };
type Titles = { readonly left: readonly Span[]; readonly right: readonly Span[] };

/** `╭ 1 alice ───── ● writing ╮`; the right title goes when there is no room at all. */
function edgeLine({ left, right }: Titles, { box, edge, corners }: Edge, theme: Theme): string {
  const { paint } = theme;
  const room = box.columns - 2;
  if (room < 6) return paint(edge, fit(corners.charAt(0) + "─".repeat(Math.max(0, room)) + corners.charAt(1), box.columns));
  // The right title is kept up to a state's length; what is longer gets what the left one leaves.
  const short = Math.min(STATUS_COLUMNS, Math.max(0, Math.floor(room * 0.5) - 2));
  const rightRoom = Math.min(spansWidth(right), Math.max(short, room - spansWidth(left) - 5));
  const leftRoom = Math.min(spansWidth(left), Math.max(0, room - rightRoom - (rightRoom > 0 ? 5 : 3)));
  const title = leftRoom > 0 ? ` ${exactly(left, leftRoom, theme)} ` : "";
  const status = rightRoom > 0 ? ` ${exactly(right, rightRoom, theme)} ` : "";
  const dashes = room - (leftRoom > 0 ? leftRoom + 2 : 0) - (rightRoom > 0 ? rightRoom + 2 : 0);
  return paint(edge, corners.charAt(0)) + title + paint(edge, "─".repeat(Math.max(0, dashes))) + status + paint(edge, corners.charAt(1));
}

function exactly(spans: readonly Span[], columns: number, theme: Theme): string {
  return padded(spanLine(spans, columns, theme), columns);
}

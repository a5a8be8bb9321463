// The run as one picture: a lane per agent over active run time, with turns as bars and answers, votes and tool calls as marks. Plain SVG.
import type { Entry } from "../../core/index.ts";
import { clockTime } from "../../displays/index.ts";
import { escaped } from "./markup.ts";

const LEFT = 150;
const WIDTH = 860;
/** Room for the last label of the time axis. */
const RIGHT = 30;
const LANE = 34;
const TOP = 10;

type Bar = { readonly from: number; to: number; readonly kind: string };

/** Empty for a log without agents. */
export function plotOf(entries: readonly Entry[]): string {
  const start = entries.find((entry) => entry.type === "run-start");
  if (start === undefined || start.agents.length === 0) return "";
  const end = Math.max(1, entries.at(-1)?.activeMs ?? 1);
  const x = (ms: number): number => Math.round((LEFT + ((WIDTH - LEFT - RIGHT) * Math.min(ms, end)) / end) * 10) / 10;
  const lanes = start.agents.map(({ id, label }, index) => lane(entries, { id, label, y: TOP + index * LANE, x, end }));
  const bottom = TOP + start.agents.length * LANE;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = x(end * share);
    return `<line x1="${at}" y1="${TOP}" x2="${at}" y2="${bottom}" class="grid"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${timeOf(end * share, end)}</text>`;
  });
  return `<div class="wide"><svg viewBox="0 0 ${WIDTH} ${bottom + 24}" role="img" aria-label="Who worked when">${ticks.join("")}${lanes.join("")}</svg></div>`;
}

/** Short runs are told in tenths of a second: five marks in ten seconds would not be whole ones. */
const timeOf = (ms: number, end: number): string => (end < 60_000 ? `${(ms / 1000).toFixed(1)} s` : clockTime(ms));

type Lane = { readonly id: string; readonly label: string; readonly y: number; readonly x: (ms: number) => number; readonly end: number };

function lane(entries: readonly Entry[], { id, label, y, x, end }: Lane): string {
  const mine = entries.filter((entry) => "agent" in entry && entry.agent === id);
  const bars = barsOf(mine, end).map(
    ({ from, to, kind }) =>
      `<rect x="${x(from)}" y="${y + 6}" width="${Math.max(1.5, x(to) - x(from))}" height="${LANE - 12}" class="${kind}"><title>${kind}</title></rect>`,
  );
  const marks = mine.map((entry) => markOf(entry, { at: x(entry.activeMs), y: y + LANE / 2 }));
  const name = `<text x="${LEFT - 10}" y="${y + LANE / 2 + 4}" text-anchor="end">${escaped(`${id} (${label})`.slice(0, 24))}</text>`;
  return [name, ...bars, ...marks].join("");
}

const STARTS: Readonly<Record<string, string>> = { "turn-start": "turn", "presentation-start": "presentation" };

function barsOf(entries: readonly Entry[], end: number): readonly Bar[] {
  const bars: Bar[] = [];
  let open: Bar | null = null;
  for (const { type, activeMs } of entries) {
    const kind = STARTS[type];
    if (kind !== undefined) bars.push((open = { from: activeMs, to: end, kind }));
    if ((type === "turn-end" || type === "presentation-end") && open !== null) {
      open.to = activeMs;
      open = null;
    }
  }
  return bars;
}

function markOf(entry: Entry, { at, y }: { readonly at: number; readonly y: number }): string {
  switch (entry.type) {
    case "answer-submitted":
      return `<circle cx="${at}" cy="${y}" r="6" class="answer"><title>answer ${escaped(entry.answer)}</title></circle>`;
    case "vote-submitted":
      return `<path d="M${at - 5} ${y} l4 5 l7 -10" class="vote"><title>vote for ${escaped(entry.for)}</title></path>`;
    case "tool-call":
      return `<line x1="${at}" y1="${y - 10}" x2="${at}" y2="${y + 10}" class="tool"><title>${escaped(entry.tool)}</title></line>`;
    default:
      return "";
  }
}

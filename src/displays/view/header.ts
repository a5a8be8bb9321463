// The top of the screen: the question, the phase and the time; below it who has answered and voted, servers and budget.
import { progressBar } from "../../io/index.ts";
import { clockTime, cost, duration, plural } from "../format.ts";
import type { Frame } from "./frame.ts";
import type { Phase, RunView, ServerView } from "./model.ts";
import { spanLine, spansWidth, spreadLine, type Span } from "./spans.ts";
import { progressSpan } from "./status-words.ts";
import { harmless } from "./text-rows.ts";
import type { Style } from "./theme.ts";

const PHASES: Readonly<Record<Phase, string>> = {
  starting: "starting",
  answering: "answering",
  voting: "comparing",
  presenting: "presenting",
  done: "finished",
};

export function headerLines(frame: Frame): string[] {
  return [titleLine(frame), ...stripLines(frame)];
}

function titleLine({ view, ui, size, now, theme }: Frame): string {
  const elapsed = view.startedAt === null ? "" : clockTime((view.phase === "done" ? (view.lastAt ?? now) : now) - view.startedAt);
  // A conversation before its first question works on nothing.
  const word = view.startedAt === null && ui.input !== null && ui.typing ? "" : PHASES[view.phase];
  const phase: Span = view.paused ? ["warn", "paused"] : [view.phase === "done" ? "good" : "accent", word];
  const left: Span[] = [
    ["title", "MassGen "],
    ["text", harmless(view.question)],
  ];
  return spreadLine({ left, right: [phase, ["dim", ` ${elapsed}`]] }, size.columns, theme);
}

/** On screens with fewer lines the strip takes one line, whatever it must leave out. */
const LOW = 16;

/** One line where everything fits, else the agents on one and the rest on the next. Agents that do not fit are counted instead of named. */
function stripLines({ view, size, theme, now }: Frame): string[] {
  const named = joined([...view.agents.values()].map((agent) => progressSpan(agent, view)));
  const around = joined(surroundings(view, now));
  const room = size.columns - spansWidth(around) - 2;
  const low = size.rows < LOW;
  const oneLine = (agents: readonly Span[]): string[] => [spreadLine({ left: agents, right: around }, size.columns, theme)];
  const twoLines = (agents: readonly Span[]): string[] => [spanLine(agents, size.columns, theme), spanLine(around, size.columns, theme)];
  if (spansWidth(named) <= room) return oneLine(named);
  if (!low && spansWidth(named) <= size.columns) return twoLines(named);
  const counted = joined(countSpans(view));
  if (spansWidth(counted) <= room) return oneLine(counted);
  // Where only one line is left the agents come first, and the servers and the cost as far as they fit.
  return low ? [spanLine([...counted, ["text", "  "], ...around], size.columns, theme)] : twoLines(counted);
}

/** `20 agents  ✓ 12 answered  ✓ 3 voted  ✗ 1 out  ▶ bob` */
function countSpans(view: RunView): Span[] {
  const agents = [...view.agents.values()];
  const special = agents.filter(({ id, status }) => status === "presenting" || status === "asking" || view.result?.winner?.id === id);
  const counts: readonly (readonly [number, Style, string])[] = [
    [agents.filter(({ answers }) => answers.length > 0).length, "good", "✓ # answered"],
    [agents.filter(({ vote }) => vote !== null).length, "good", "✓ # voted"],
    [agents.filter(({ status }) => status === "out").length, "bad", "✗ # out"],
  ];
  return [
    ["dim", plural(agents.length, "agent")],
    ...counts.flatMap(([n, style, words]): Span[] => (n === 0 ? [] : [[style, words.replace("#", String(n))]])),
    ...special.slice(0, 2).map((agent) => progressSpan(agent, view)),
  ];
}

function surroundings(view: RunView, now: number): Span[] {
  const { percent, exhausted } = view.budget ?? { percent: 0, exhausted: false };
  const budget: Span[] =
    view.budget === null ? [] : [[exhausted ? "bad" : percent >= 80 ? "warn" : "dim", `budget ${Math.round(percent)} %`]];
  const warnings: Span[] = view.warnings === 0 ? [] : [["warn", `! ${plural(view.warnings, "warning")} (e)`]];
  const asked = [...view.agents.values()].some(({ steps }) => steps > 0);
  return [
    ...serverSpans([...view.servers.values()], now),
    ...budget,
    ...warnings,
    ...(asked ? [["dim", cost(totalCost(view))] as const] : []),
  ];
}

/** Every server that is not well is named, and while some connect a bar shows how many do; the others are counted. */
function serverSpans(servers: readonly ServerView[], now: number): Span[] {
  if (servers.length === 0) return [];
  const well = servers.filter(({ state, breaker }) => state === "ready" && breaker === "closed").length;
  const ill = servers.filter(({ state, breaker }) => state === "failed" || breaker === "open");
  const coming = servers.filter(isComing);
  const bar = coming.length === 0 ? "" : `${progressBar(well / servers.length, BAR_COLUMNS)} `;
  const summary: Span = [coming.length > 0 ? "accent" : "dim", `MCP ${bar}${well}/${servers.length}`];
  const named = coming.slice(0, MOST_NAMED).map(({ name, since }): Span => ["dim", `${harmless(name)} ${duration(now - since)}`]);
  return [summary, ...named, ...ill.map(({ name }): Span => ["bad", `✗ ${harmless(name)}`])];
}

const BAR_COLUMNS = 8;
const MOST_NAMED = 2;
const isComing = ({ state }: ServerView): boolean => state === "connecting" || state === "reconnecting";

function totalCost(view: RunView): number | null {
  const known = [...view.agents.values()].flatMap(({ costUsd }) => (costUsd === null ? [] : [costUsd]));
  return known.length === 0 ? null : known.reduce((sum, usd) => sum + usd, 0);
}

const joined = (spans: readonly Span[]): Span[] => spans.flatMap((span, index) => (index === 0 ? [span] : [["text", "  "] as const, span]));

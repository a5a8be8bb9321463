// The top of the screen: the question, the phase and the time; below it who has answered and voted, servers and budget.
import { progressBar } from "../../io/index.ts";
import { clockTime, cost, duration } from "../format.ts";
import type { Frame } from "./frame.ts";
import type { Phase, RunView, ServerView } from "./model.ts";
import { spanLine, spansWidth, spreadLine, type Span } from "./spans.ts";
import { progressSpan } from "./status-words.ts";
import { harmless } from "./text-rows.ts";

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

function titleLine({ view, size, now, theme }: Frame): string {
  const elapsed = view.startedAt === null ? "" : clockTime((view.phase === "done" ? (view.lastAt ?? now) : now) - view.startedAt);
  const phase: Span = view.paused ? ["warn", "paused"] : [view.phase === "done" ? "good" : "accent", PHASES[view.phase]];
  const left: Span[] = [
    ["title", "MassGen "],
    ["text", harmless(view.question)],
  ];
  return spreadLine({ left, right: [phase, ["dim", ` ${elapsed}`]] }, size.columns, theme);
}

/** One line where everything fits, else the agents on one and the rest on the next. */
function stripLines({ view, size, theme, now }: Frame): string[] {
  const agents = joined([...view.agents.values()].map((agent) => progressSpan(agent, view)));
  const around = joined(surroundings(view, now));
  if (spansWidth(agents) + spansWidth(around) + 2 <= size.columns)
    return [spreadLine({ left: agents, right: around }, size.columns, theme)];
  const second = around.length === 0 ? [] : [spanLine(around, size.columns, theme)];
  return [spanLine(agents, size.columns, theme), ...second];
}

function surroundings(view: RunView, now: number): Span[] {
  const { percent, exhausted } = view.budget ?? { percent: 0, exhausted: false };
  const budget: Span[] =
    view.budget === null ? [] : [[exhausted ? "bad" : percent >= 80 ? "warn" : "dim", `budget ${Math.round(percent)} %`]];
  const warnings: Span[] = view.warnings === 0 ? [] : [["warn", `! ${view.warnings}`]];
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

// The result: votes, winner, the presented answer as Markdown, dissent, price, place and what can be done next.
import type { RunResult } from "../../runtime/result.ts";
import { linesAfterAnswer, linesBeforeAnswer } from "../result-lines.ts";
import type { Line, Tone } from "../line.ts";
import type { Frame } from "./frame.ts";
import { ballotRows } from "./ballot-rows.ts";
import { spendingRows } from "./list-panels.ts";
import { blankRow, harmless, spanRow, textRows, type TextRow } from "./text-rows.ts";
import type { Style } from "./theme.ts";

/** Longer answers are shown as they are: laying out Markdown of this size would hold up the screen. */
const MAX_MARKDOWN = 200_000;
/** How much of a presentation that is still being written is shown. */
const LIVE_TAIL = 8000;

const STYLES: Readonly<Record<Tone, Style>> = {
  speech: "text",
  thought: "thought",
  tool: "tool",
  good: "good",
  bad: "bad",
  note: "dim",
  heading: "title",
};

export function resultRows(frame: Frame, columns: number): TextRow[] {
  const { view } = frame;
  if (view.result !== null) return finished(view.result, frame, columns);
  if (view.presentation === null) return [spanRow(["dim", "There is no result yet."])];
  return [
    ...ballotRows(view),
    blankRow,
    spanRow(["title", `${harmless(view.presentation.agent)} presents`]),
    ...textRows("text", "  ", view.presentation.text.slice(-LIVE_TAIL)),
  ];
}

const remembered = new WeakMap<RunResult, { readonly key: string; readonly rows: TextRow[] }>();

function finished(result: RunResult, frame: Frame, columns: number): TextRow[] {
  const key = `${columns} ${frame.theme.name}`;
  const known = remembered.get(result);
  if (known?.key === key) return known.rows;
  const elapsed = frame.view.startedAt === null || frame.view.lastAt === null ? null : frame.view.lastAt - frame.view.startedAt;
  const rows = [
    ...ballotRows(frame.view),
    blankRow,
    // The votes stand above already.
    ...linesBeforeAnswer({ ...result, votes: [] }).flatMap(lineRows),
    blankRow,
    ...answerRows(result.answer ?? "", frame, columns),
    blankRow,
    ...linesAfterAnswer(result, { elapsedMs: elapsed }).flatMap(lineRows),
    ...spendingRows(frame),
  ];
  remembered.set(result, { key, rows });
  return rows;
}

function answerRows(answer: string, { markdown }: Frame, columns: number): TextRow[] {
  if (answer.length > MAX_MARKDOWN) return textRows("text", "", answer);
  return markdown(answer, columns).map((line): TextRow => ({ kind: "ready", line }));
}

const lineRows = (line: Line): TextRow[] => textRows(STYLES[line.tone], "", line.text);

// An agent's transcript as rows: every tone has its colour and, for those who see no colours, its mark.
import { duration, shortArguments, shortContent } from "../format.ts";
import type { RowSource } from "./rows.ts";
import { cut, textWidth } from "./measure.ts";
import { spanLine, spansWidth, type Span } from "./spans.ts";
import { harmless, markedLines } from "./text-rows.ts";
import type { Style, Theme } from "./theme.ts";
import type { ToolView } from "./tool-view.ts";
import type { Row, RowTone, Transcript } from "./transcript.ts";

const LOOKS: Readonly<Record<RowTone, { readonly style: Style; readonly mark: string }>> = {
  speech: { style: "text", mark: "" },
  thought: { style: "thought", mark: "┆ " },
  good: { style: "good", mark: "✓ " },
  bad: { style: "bad", mark: "✗ " },
  note: { style: "dim", mark: "· " },
  answer: { style: "text", mark: "┃ " },
};

export type TranscriptView = {
  /** Milliseconds since the epoch, for calls that are still running. */
  readonly now: number;
  readonly theme: Theme;
  /** Also show what a tool returned, on a line of its own. */
  readonly detailed: boolean;
  /** Rows holding this text are marked; empty: none. */
  readonly search: string;
};

type Remembered = { readonly key: string; readonly text: string; readonly lines: readonly string[] };
const remembered = new WeakMap<Row, Remembered>();

export function transcriptSource(transcript: Transcript, view: TranscriptView): RowSource {
  return {
    dropped: transcript.dropped,
    length: transcript.rows.length,
    lines: (index, columns) => {
      const row = transcript.rows[index];
      if (row === undefined) return [""];
      return row.kind === "tool" ? toolLines(row.tool, columns, view) : textLines(row, columns, view);
    },
  };
}

function textLines(row: Extract<Row, { kind: "text" }>, columns: number, { theme, search }: TranscriptView): readonly string[] {
  const key = `${columns} ${theme.name} ${search}`;
  const known = remembered.get(row);
  if (known !== undefined && known.key === key && known.text === row.text) return known.lines;
  const found = search !== "" && row.text.toLowerCase().includes(search.toLowerCase());
  const look = LOOKS[row.tone];
  const style = found ? "selected" : isHeading(row) ? "title" : look.style;
  const lines = markedLines({ ...look, text: row.text, style }, columns, theme);
  remembered.set(row, { key, text: row.text, lines });
  return lines;
}

/** Text is shown as it was written; only the look of Markdown headings helps to find one's way. */
const isHeading = ({ tone, text }: Extract<Row, { kind: "text" }>): boolean =>
  (tone === "speech" || tone === "answer") && /^#{1,6} \S/.test(text);

const MARKS: Readonly<Record<ToolView["state"], Span>> = {
  running: ["accent", "…"],
  ok: ["good", "✓"],
  cached: ["good", "✓ from the cache"],
  failed: ["bad", "✗"],
  denied: ["bad", "✗ refused"],
  planned: ["warn", "planned"],
  dropped: ["dim", "planned, not made"],
};

/** `⚙ time/now timezone=UTC  0.2 s ✓`, the arguments on a line of their own where they do not fit, and in detail what came of it. */
function toolLines(tool: ToolView, columns: number, { now, theme, detailed }: TranscriptView): readonly string[] {
  const end: Span[] = [["dim", ` ${duration(tool.durationMs ?? now - tool.startedAt)} `], MARKS[tool.state], ...progress(tool)];
  const room = Math.max(8, columns - spansWidth(end));
  const name = `⚙ ${harmless(tool.name)}`;
  const input = harmless(shortArguments(tool.input, 400));
  const together = textWidth(name) + 1 + textWidth(input) <= room;
  const head: Span[] =
    together && input !== ""
      ? [
          ["tool", name],
          ["dim", ` ${input}`],
        ]
      : [["tool", cut(name, room)]];
  const below = together || input === "" ? [] : [spanLine([["dim", `  ${input}`]], columns, theme)];
  const outcome = harmless(shortContent([{ type: "text", text: tool.outcome }], 500));
  const found = !detailed || outcome === "" ? [] : [spanLine([["faint", `  └ ${outcome}`]], columns, theme)];
  return [spanLine([...head, ...end], columns, theme), ...below, ...found];
}

function progress({ state, progress: at }: ToolView): Span[] {
  if (state !== "running" || at === null) return [];
  const share = at.total === null || at.total <= 0 ? String(at.done) : `${Math.min(100, Math.round((at.done / at.total) * 100))} %`;
  return [["accent", ` ${share}`]];
}

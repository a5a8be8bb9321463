// An agent's transcript as rows: every tone has its colour and, for those who see no colours, its mark.
import { duration, shortArguments, shortContent } from "../format.ts";
import type { RowSource } from "./rows.ts";
import { spanLine, type Span } from "./spans.ts";
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
  const lines = markedLines({ ...look, text: row.text, style: found ? "selected" : look.style }, columns, theme);
  remembered.set(row, { key, text: row.text, lines });
  return lines;
}

const MARKS: Readonly<Record<ToolView["state"], Span>> = {
  running: ["accent", "…"],
  ok: ["good", "✓"],
  cached: ["good", "✓ from the cache"],
  failed: ["bad", "✗"],
  denied: ["bad", "✗ refused"],
  planned: ["warn", "planned"],
};

/** `⚙ time/now timezone=UTC  0.2 s ✓`, and in detail what came of it. */
function toolLines(tool: ToolView, columns: number, { now, theme, detailed }: TranscriptView): readonly string[] {
  const end: Span[] = [["dim", ` ${duration(tool.durationMs ?? now - tool.startedAt)} `], MARKS[tool.state], ...progress(tool)];
  const tail = end.reduce((sum, [, text]) => sum + text.length, 0);
  const head = `⚙ ${harmless(tool.name)} ${harmless(shortArguments(tool.input, 400))}`.trimEnd();
  const room = Math.max(8, columns - tail);
  const first = spanLine([["tool", head.length > room ? `${head.slice(0, room - 1)}…` : head], ...end], columns, theme);
  if (!detailed || tool.outcome === "") return [first];
  const outcome = harmless(shortContent([{ type: "text", text: tool.outcome }], 500));
  return [first, spanLine([["faint", `  └ ${outcome}`]], columns, theme)];
}

function progress({ state, progress: at }: ToolView): Span[] {
  if (state !== "running" || at === null) return [];
  const share = at.total === null || at.total <= 0 ? String(at.done) : `${Math.min(100, Math.round((at.done / at.total) * 100))} %`;
  return [["accent", ` ${share}`]];
}

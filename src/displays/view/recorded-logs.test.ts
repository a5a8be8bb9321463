// The views on logs that the program wrote (fixtures/*.jsonl): a council with tools, one agent, permissions asked, a run that was steered, and one in trouble.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { visibleWidth } from "@earendil-works/pi-tui";
import { describe, expect, test } from "vitest";
import type { Entry } from "../../core/index.ts";
import { parseLog } from "../../log/index.ts";
import { drawn } from "../../testing/effort.test-support.ts";
import { narrate } from "../narrator.ts";
import { renderMarkdown } from "../rich/markdown.ts";
import { viewOf } from "./fold.ts";
import { entriesOf, frameOf, future, resultOf } from "./recorded.test-support.ts";
import { drawScreen } from "./screen.ts";
import type { RunView } from "./model.ts";
import { theme } from "./theme.ts";
import type { PanelName } from "./ui.ts";

const FOLDER = join(import.meta.dirname, "fixtures");
const LOGS = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));
const SIZES = [
  { columns: 40, rows: 12 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
  { columns: 200, rows: 50 },
];
const PANELS: readonly PanelName[] = ["grid", "agent", "tools", "votes", "servers", "events", "help", "result"];
const COLOURS = theme("dark", "truecolor");
const CODES = /\u001B\[[0-9;]*m/g;

const read = (name: string): readonly Entry[] => {
  const { entries, problem } = parseLog(readFileSync(join(FOLDER, name)));
  expect(problem).toBeNull();
  return entries;
};

const PARTS = drawn({ short: 3, usual: 12 });
/** The log as it was at every such part of it. */
const moments = (entries: readonly Entry[]): (readonly Entry[])[] =>
  Array.from({ length: PARTS + 1 }, (_, part) => entries.slice(0, Math.ceil((entries.length * part) / PARTS)));

/** As the person sees it when the run is over and its result is there. */
function drawAtEnd(entries: readonly Entry[], size: (typeof SIZES)[number], panel: PanelName): readonly string[] {
  const view = viewOf(entries);
  view.result = resultOf(view.agents.size);
  return drawView(view, size, panel);
}

const draw = (entries: readonly Entry[], size: (typeof SIZES)[number], panel: PanelName): readonly string[] =>
  drawView(viewOf(entries), size, panel);

function drawView(view: RunView, size: (typeof SIZES)[number], panel: PanelName): readonly string[] {
  const frame = frameOf(view, { size, ui: { panel, focused: Math.max(0, view.agents.size - 1) }, theme: COLOURS });
  return drawScreen({ ...frame, markdown: (text, columns) => renderMarkdown(text, columns, COLOURS) }).lines;
}
const words = (entries: readonly Entry[], panel: PanelName): string =>
  draw(entries, { columns: 160, rows: 60 }, panel).join("\n").replaceAll(CODES, "");

describe("recorded logs (REQ-UI-1, REQ-UI-2)", () => {
  describe.each(LOGS)("%s", (name) => {
    test.each(SIZES)("fits $columns × $rows at every moment in every panel", (size) => {
      const entries = read(name);
      for (const panel of PANELS) {
        for (const lines of [...moments(entries).map((some) => draw(some, size, panel)), drawAtEnd(entries, size, panel)]) {
          expect(lines).toHaveLength(size.rows);
          for (const line of lines) {
            expect(visibleWidth(line), line).toBeLessThanOrEqual(size.columns);
            expect(line.replaceAll(CODES, "")).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
          }
        }
      }
    });

    test("events of later releases between its own change nothing", () => {
      const entries = read(name);
      const strange = entriesOf([future({ agent: "ada", turn: "ada/1", text: "?" })]);
      const mixed = entries.flatMap((entry) => [entry, ...strange.map((other) => ({ ...other, at: entry.at, activeMs: entry.activeMs }))]);
      for (const panel of PANELS) expect(words(mixed, panel)).toBe(words(entries, panel));
    });

    test("is told in plain words, every agent's answer included", () => {
      const narrator = narrate();
      const told = read(name).flatMap((entry) => narrator.tell({ kind: "entry", entry }).map(({ text }) => text));
      for (const entry of read(name)) if (entry.type === "answer-submitted") expect(told.join("\n")).toContain(`answer ${entry.answer}`);
    });
  });

  test("what matters of each is on its screens", () => {
    expect(words(read("council.jsonl"), "grid")).toContain("⚙ files/read_text_file");
    expect(words(read("council.jsonl"), "votes")).toContain("It keeps the customers' pages out of every cache.");
    expect(words(read("single.jsonl"), "grid")).toContain("1 ben claude-sonnet-4-5");
    expect(words(read("permission.jsonl"), "events")).toContain("you: allowed a call");
    expect(words(read("steered.jsonl"), "events")).toMatch(/you: pause[\s\S]*you: resume[\s\S]*you: answer now/);
    expect(words(read("trouble.jsonl"), "grid")).toContain("✗ gone");
    expect(words(read("trouble.jsonl"), "grid")).toContain("✗ out");
  });
});

import { visibleWidth } from "@earendil-works/pi-tui";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Entry, RunEvent } from "../../core/index.ts";
import { drawn } from "../../testing/effort.test-support.ts";
import { renderMarkdown } from "../rich/markdown.ts";
import { viewOf } from "./fold.ts";
import { openForm } from "./form-keys.ts";
import { emptyInput, insert } from "./input-line.ts";
import {
  agentName,
  council,
  entriesOf,
  frameOf,
  frameOfEvents,
  future,
  resultOf,
  runStart,
  says,
  START,
  type Stage,
} from "./recorded.test-support.ts";
import { drawScreen } from "./screen.ts";
import { theme } from "./theme.ts";
import type { PanelName, Ui } from "./ui.ts";

const PANELS: readonly PanelName[] = ["grid", "agent", "tools", "votes", "servers", "events", "help", "result"];
const STAGES: readonly Stage[] = ["start", "middle", "voting", "presenting", "end"];
const plainText = (lines: readonly string[]): string => lines.join("\n").replaceAll(/\u001B\[[0-9;]*m/g, "");

/** Invariant: exactly `rows` lines, none wider than `columns`, no control character except colours. */
function expectToFit(lines: readonly string[], { columns, rows }: { columns: number; rows: number }): void {
  expect(lines).toHaveLength(rows);
  for (const line of lines) {
    expect(visibleWidth(line), line).toBeLessThanOrEqual(columns);
    expect(line.replaceAll(/\u001B\[[0-9;]*m/g, "")).not.toMatch(/[\u0000-\u001F\u007F-\u009F]/);
  }
}

describe("the screen on recorded logs (REQ-UI-1)", () => {
  const sizes = [
    [40, 24],
    [80, 24],
    [120, 40],
    [200, 60],
  ].map(([columns = 0, rows = 0]) => ({ columns, rows }));
  const cases = sizes.flatMap((size) => STAGES.flatMap((stage) => [1, 3, 20].map((agents) => ({ size, stage, agents }))));

  test.each(cases)("$agents agents, $stage, at $size.columns × $size.rows: every panel fits", ({ size, stage, agents }) => {
    const view = viewOf(entriesOf(council(agents, stage)));
    if (stage === "end") view.result = resultOf(agents);
    for (const colours of [theme("plain", "none"), theme("dark", "truecolor"), theme("light", "16")]) {
      for (const panel of PANELS) {
        const frame = {
          ...frameOf(view, { size, ui: { panel, focused: agents - 1 }, theme: colours }),
          markdown: (text: string, columns: number) => renderMarkdown(text, columns, colours),
        };
        expectToFit(drawScreen(frame).lines, size);
      }
    }
  });

  test("events of later releases change nothing", () => {
    const events = council(3, "voting");
    const mixed = events.flatMap((event) => [event, future({ agent: "alice", turn: "alice/1", text: "?" }), future({})]);
    const size = { columns: 100, rows: 30 };
    const known = drawScreen({ ...frameOfEvents(events, { size }), now: START }).lines.slice(1);
    expect(drawScreen({ ...frameOfEvents(mixed, { size }), now: START }).lines.slice(1)).toEqual(known);
  });

  test("answers and text of a megabyte are drawn, and kept within bounds", () => {
    const big = `${"word ".repeat(40)}\n`.repeat(5000);
    const view = viewOf(
      entriesOf([
        ...council(2, "middle"),
        says(agentName(1), big),
        {
          type: "answer-submitted",
          agent: agentName(1),
          turn: says(agentName(1), "")["turn" as never],
          answer: "bob.2" as never,
          content: "x".repeat(1_000_000),
          late: false,
        },
      ]),
    );
    for (const panel of PANELS)
      expectToFit(drawScreen(frameOf(view, { size: { columns: 80, rows: 24 }, ui: { panel, focused: 1 } })).lines, {
        columns: 80,
        rows: 24,
      });
    const transcript = view.agents.get(agentName(1))?.transcript;
    expect(transcript?.chars).toBeLessThanOrEqual(1_000_000);
    expect(transcript?.dropped).toBeGreaterThan(0);
  });
});

describe("what the screen says (REQ-UI-2, REQ-UI-9)", () => {
  const size = { columns: 180, rows: 30 };
  const drawn = (events: readonly RunEvent[], ui: Partial<Ui> = {}): string =>
    plainText(drawScreen(frameOfEvents(events, { size, ui })).lines);

  test("names, models, states, text, tools, tokens and cost of each agent", () => {
    const text = drawn(council(3, "middle"));
    for (const part of [
      "1 alice gemini-2.5-flash",
      "2 bob openai gpt-5-mini",
      "✓ answered",
      "⚙ files/read path=/tmp/1",
      "1.2 s ✓",
      "1.2k in, 340 out",
      "headers come first",
      "budget 82 %",
      "✗ web",
    ]) {
      expect(text).toContain(part);
    }
  });

  test("on a low screen the strip takes one line, the agents first", () => {
    const frame = frameOfEvents([...council(9, "middle")], { size: { columns: 40, rows: 12 } });
    const [, strip = "", next = ""] = plainText(drawScreen(frame).lines).split("\n");
    expect(strip).toMatch(/^9 agents {2}✓ 5 answered {2}/);
    expect(next).not.toContain("MCP");
  });

  test("an agent that has said nothing yet says what it waits for", () => {
    const begun: RunEvent[] = council(2, "end")
      .filter((event) => event.type === "run-start" || (event.type === "turn-start" && event.agent === agentName(0)))
      .slice(0, 2);
    expect(drawn(begun)).toContain("waits for the model");
    expect(drawn(begun)).toContain("has not begun yet");
    expect(drawn([...begun, { type: "mcp-server-state", server: "files", agent: null, state: "connecting" }])).toContain(
      "connects its MCP servers: files",
    );
  });

  test("while servers connect a bar shows how many are ready, who is missing and for how long", () => {
    const connects = (server: string, state: "connecting" | "ready"): RunEvent => ({
      type: "mcp-server-state",
      server,
      agent: null,
      state,
    });
    const servers = ["files", "web", "time", "mail"];
    const events = [
      ...council(1, "start").slice(0, 1),
      ...servers.map((server) => connects(server, "connecting")),
      connects("files", "ready"),
    ];
    const text = drawn(events);
    expect(text).toMatch(/MCP ██░{6} 1\/4 {2}web 0\.[89] s {2}time 0\.6 s/);
    expect(drawn(events, { panel: "servers" })).toMatch(/files {2}ready[\s\S]*mail {2}connecting for 0\.[34] s/);
    const later = [...events, ...servers.map((server) => connects(server, "ready"))];
    expect(drawn(later)).toContain("MCP 4/4");
  });

  test("votes are sealed while others still vote, and open with the decision", () => {
    const during = [drawn(council(4, "voting")), drawn(council(4, "voting"), { panel: "votes" })].join("\n");
    expect(during).toContain("alice v1 voted");
    expect(during).toContain("Votes: 2 of 4, sealed until the decision");
    expect(during).not.toContain("→ alice.1");
    const after = drawn(council(4, "presenting"), { panel: "votes" });
    expect(after).toContain("→ alice.1");
    expect(after).toContain("alice.1  ████ 4 votes");
  });

  test("a new answer voids the votes that did not see it", () => {
    const events = council(3, "voting");
    const newer: RunEvent = {
      type: "answer-submitted",
      agent: agentName(2),
      turn: "carol/2" as never,
      answer: "carol.2" as never,
      content: "better",
      late: false,
    };
    expect(drawn([...events, newer])).toContain("alice v1 ");
    expect(drawn([...events, newer])).not.toContain("v1 voted");
  });

  test("a conversation that waits for its first question says what can be typed, and which commands begin with what was", () => {
    const input = insert(emptyInput(), "/h");
    const ui = { input, typing: true, suggestions: ["/help", "/history"] };
    const text = plainText(drawScreen(frameOf(viewOf([]), { size: { columns: 60, rows: 12 }, ui })).lines);
    expect(text).toContain("Type a question below");
    expect(text).not.toContain("starting");
    expect(text).toMatch(/Tab completes {2}\/help {2}\/history/);
  });

  test("a list that follows its end shows the newest line; a list read from the top says that there is more", () => {
    const small = { columns: 100, rows: 12 };
    const list = (panel: PanelName): string =>
      plainText(drawScreen(frameOfEvents(council(8, "presenting"), { size: small, ui: { panel } })).lines);
    expect(list("events")).toContain("alice presents the answer");
    expect(list("events")).not.toContain("↓ more");
    expect(list("help")).toMatch(/▎Help +↓ more {3}Esc closes/);
  });

  test("the help is whole in 40 columns", () => {
    const lines = drawScreen(frameOfEvents(council(1, "start"), { size: { columns: 40, rows: 60 }, ui: { panel: "help" } })).lines;
    expect(plainText(lines)).toContain("twice leaves at once");
    expect(plainText(lines)).not.toContain("…\n");
  });

  test("with more agents than fit there are pages, and the one with the marked agent is shown", () => {
    const text = plainText(
      drawScreen(frameOfEvents(council(20, "middle"), { size: { columns: 80, rows: 24 }, ui: { focused: 19 } })).lines,
    );
    expect(text).toContain("20 agent-20");
    expect(text).toMatch(/agents \d+ to 20 of 20, page \d+ of \d+/);
  });

  test("the input line shows its end and its cursor, wide characters included", () => {
    const input = insert(emptyInput(), "你好 ".repeat(30));
    const screen = drawScreen(frameOfEvents(council(1, "end"), { size: { columns: 40, rows: 20 }, ui: { input, typing: true } }));
    expectToFit(screen.lines, { columns: 40, rows: 20 });
    expect(screen.cursor?.column).toBeLessThan(40);
    expect(screen.cursor?.row).toBeLessThan(20);
  });
});

describe("noise (REQ-UI-3)", () => {
  const word = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom(
      "\u001B[31m",
      "\u001B]0;t\u0007",
      "👩‍👩‍👧",
      "e\u0301\u0301\u0301",
      "שלום",
      "\u202E",
      "\t\n",
      "漢字",
      "\r\n",
      "ก็",
      "🇩🇪🇫",
      "a".repeat(300),
    ),
  );
  const text = fc.array(word, { maxLength: 8 }).map((words) => words.join(""));
  const id = fc.constantFrom("alice", "bob", "", "漢字", "a\u001Bb", "agent-12");
  const call = fc.constantFrom("alice/1/1.1", "alice/1/1.2", "x");
  const common = { agent: id, turn: fc.constant("alice/1"), block: fc.constantFrom("b1", "b2"), call };
  const event = (fields: Record<string, fc.Arbitrary<unknown>>) => fc.record({ ...common, ...fields });
  const asked = { name: text, title: text, description: text, required: fc.boolean(), initial: fc.constant(null) };
  const range = { least: fc.option(fc.nat({ max: 9 })), most: fc.option(fc.nat({ max: 99 })) };
  const options = fc.array(fc.record({ value: text, title: text }), { minLength: 1, maxLength: 9 });
  const field = fc.oneof(
    fc.record({ ...asked, kind: fc.constant("yes-no") }),
    fc.record({ ...asked, kind: fc.constant("text"), format: fc.constantFrom(null, "email", "date-time"), ...range }),
    fc.record({ ...asked, kind: fc.constant("number"), whole: fc.boolean(), ...range }),
    fc.record({ ...asked, kind: fc.constant("choice"), options }),
    fc.record({ ...asked, kind: fc.constant("choices"), options, ...range }),
  );
  const form = fc.record({ message: text, fields: fc.array(field, { maxLength: 3 }), mentionsSecrets: fc.boolean() });
  const one = fc.oneof(
    event({ type: fc.constantFrom("text-delta", "reasoning-delta"), delta: text }),
    event({ type: fc.constantFrom("text-end", "reasoning-end", "run-end-ish", "model-stepp") }),
    event({
      type: fc.constant("tool-call"),
      server: fc.option(text),
      tool: text,
      name: text,
      input: fc.jsonValue(),
      effect: fc.constant("unknown"),
    }),
    event({
      type: fc.constant("tool-result"),
      name: text,
      isError: fc.boolean(),
      content: fc.array(fc.record({ type: fc.constant("text"), text })),
      durationMs: fc.nat(),
    }),
    event({ type: fc.constant("permission-asked"), server: text, tool: text, input: fc.jsonValue() }),
    event({ type: fc.constant("form-asked"), server: text, form, filled: fc.constant({}), problem: fc.option(text) }),
    event({ type: fc.constant("answer-submitted"), answer: text, content: text, late: fc.boolean() }),
    event({ type: fc.constant("vote-submitted"), for: text, reason: text, shown: fc.constant([]) }),
    event({ type: fc.constant("warning"), code: text, message: text }),
    event({ type: fc.constant("mcp-server-state"), server: text, state: fc.constantFrom("ready", "failed", "connecting"), message: text }),
    event({
      type: fc.constant("turn-end"),
      outcome: fc.constantFrom("done", "failed", "interrupted"),
      failure: fc.record({ message: text }),
    }),
    event({ type: fc.constant("presentation-start"), prompt: text }),
    event({
      type: fc.constant("run-start"),
      question: text,
      agents: fc.array(fc.record({ id, backend: text, model: fc.option(text) }), { maxLength: 4 }),
    }),
  );
  const noise = fc.array(one as fc.Arbitrary<unknown>, { size: "max", maxLength: 40 });

  test("no log and no size make it throw, and nothing is ever wider than the screen", () => {
    const size = fc.record({ columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 50 }) });
    const check = fc.property(
      noise,
      size,
      fc.record({ panel: fc.constantFrom(...PANELS), focused: fc.nat({ max: 3 }), step: fc.nat({ max: 2 }) }),
      (events, at, { panel, focused, step }) => {
        const view = viewOf(entriesOf([runStart(2), ...(events as RunEvent[])]) as Entry[]);
        const [asked] = view.permissions;
        const [formAsked] = view.forms;
        const opened = formAsked === undefined ? null : { ...openForm(formAsked, 0), step: Math.min(step, formAsked.form.fields.length) };
        const modal = asked === undefined ? opened : ({ kind: "permission", question: asked.id, choice: 0, scroll: 0, since: 0 } as const);
        expectToFit(drawScreen(frameOf(view, { size: at, ui: { panel, focused, modal }, theme: theme("dark", "256") })).lines, at);
      },
    );
    fc.assert(check, { numRuns: drawn({ short: 30, usual: 300, long: 20_000 }) });
  });
});

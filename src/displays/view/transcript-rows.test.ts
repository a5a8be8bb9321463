import { describe, expect, test } from "vitest";
import { agentName, callsTool, council, frameOfEvents, says, toolAnswers, type FrameOptions } from "./recorded.test-support.ts";
import type { RunEvent } from "../../core/index.ts";
import { drawScreen } from "./screen.ts";

const drawn = (events: readonly RunEvent[], options: FrameOptions): string =>
  drawScreen(frameOfEvents(events, options))
    .lines.join("\n")
    .replaceAll(/\u001B\[[0-9;]*m/g, "");
const narrow = { size: { columns: 40, rows: 24 } };
const wide = { size: { columns: 100, rows: 24 } };

describe("how a transcript looks (REQ-UI-2)", () => {
  const called = [...council(1, "start"), callsTool(agentName(0), 1), toolAnswers(agentName(0), 1)];

  test("a call's arguments stand beside it where there is room, else below it: never cut away for the name", () => {
    expect(drawn(called, wide)).toContain("⚙ files/read path=/tmp/1 1.2 s ✓");
    const long: RunEvent = {
      ...(callsTool(agentName(0), 2) as Extract<RunEvent, { type: "tool-call" }>),
      input: { path: "/srv/data/2026/01" },
    };
    const below = drawn([...council(1, "start"), long], narrow);
    expect(below).toMatch(/⚙ files\/read \S+ m?s …/);
    expect(below).toContain("│   path=/srv/data/2026/01");
  });

  test("items of a list are set in under their beginning", () => {
    const text = drawn(
      [...council(1, "start"), says(agentName(0), "- one item that is longer than the line\n12. another item that is longer")],
      narrow,
    );
    expect(text).toContain("│ - one item that is longer than the   │\n│   line ");
    expect(text).toContain("│ 12. another item that is longer");
  });

  test("the model's name stays whole and does not change with the state", () => {
    const titles = (["start", "middle", "voting", "end"] as const).map(
      (stage) => /╭ 1 alice \S+ (?=─)/.exec(drawn(council(3, stage), { size: { columns: 132, rows: 24 } }))?.[0],
    );
    expect(new Set(titles)).toEqual(new Set(["╭ 1 alice gemini-2.5-flash "]));
  });
});

import { describe, expect, test } from "vitest";
import { callId, type RunEvent } from "../../core/index.ts";
import { REFUSE_ONCE } from "./modal.ts";
import { agentName, council, entriesOf, frameOfEvents, turn } from "./recorded.test-support.ts";
import { drawScreen } from "./screen.ts";

const CALL = callId(turn(agentName(0)), 1, 1);
const asks = (index: number, input: object = { path: "/srv/a", text: "b" }): RunEvent =>
  ({
    type: "permission-asked",
    agent: agentName(index),
    turn: turn(agentName(index)),
    call: index === 0 ? CALL : callId(turn(agentName(index)), 1, 1),
    server: "files",
    tool: "write",
    input,
  }) as RunEvent;

function drawn(events: readonly RunEvent[], size: { columns: number; rows: number }, scroll = 0): readonly string[] {
  const entries = entriesOf([...council(3, "start"), ...events]);
  const question = entries.find((entry) => entry.type === "permission-asked" && entry.call === CALL)?.seq ?? 0;
  const modal = { kind: "permission", question, choice: REFUSE_ONCE, scroll, since: 0 } as const;
  return drawScreen(frameOfEvents([...council(3, "start"), ...events], { size, ui: { modal } })).lines.map((line) =>
    line.replaceAll(/\u001B\[[0-9;]*m/g, ""),
  );
}

describe("the question of a permission (REQ-UI-5)", () => {
  test.each([
    [40, 12],
    [40, 24],
    [80, 24],
    [200, 50],
  ])("at %i × %i the whole box is there: who, what, arguments, every choice, nothing cut", (columns, rows) => {
    const lines = drawn([asks(0)], { columns, rows });
    const box = lines.slice(
      lines.findIndex((line) => line.startsWith("╔")),
      lines.findIndex((line) => line.startsWith("╚")) + 1,
    );
    const text = box.join("\n");
    expect(text).toContain("alice asks to call files/write");
    for (const key of ["y", "r", "w", "n", "x"]) expect(text).toContain(` ${key}  `);
    for (const line of box) expect(line).toHaveLength(columns);
    expect(text).not.toContain("…");
    if (rows > 12) expect(text).toContain('"path": "/srv/a"');
  });

  test("arguments that do not fit are counted and scrolled to their last line", () => {
    const input = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`key${n}`, n]));
    const size = { columns: 60, rows: 24 };
    expect(drawn([asks(0, input)], size).join("\n")).toMatch(/more lines: ↑ ↓/);
    expect(drawn([asks(0, input)], size).join("\n")).not.toContain('"key59"');
    expect(drawn([asks(0, input)], size, 1000).join("\n")).toContain('"key59": 59');
  });

  test("with several questions it says which one this is", () => {
    expect(drawn([asks(1), asks(0)], { columns: 80, rows: 24 }).join("\n")).toContain("alice asks to call files/write (2 of 2)");
  });
});

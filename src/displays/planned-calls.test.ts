// Calls that are recorded instead of sent, as people are told of them: in lines, in the views, and at the end.
import { describe, expect, test } from "vitest";
import type { EventOf, IntentReport, RunEvent } from "../core/index.ts";
import { narrate } from "./narrator.ts";
import { linesAfterAnswer } from "./result-lines.ts";
import { agentName, callsTool, council, entriesOf, resultOf, toolAnswers } from "./view/recorded.test-support.ts";
import { viewOf } from "./view/fold.ts";

const bob = agentName(1);
const asked: EventOf<"tool-call"> = {
  ...(callsTool(bob, 7) as EventOf<"tool-call">),
  server: "bank",
  tool: "pay",
  input: { n: 5 },
  recorded: true,
};
const { turn, call } = asked;
const recorded: readonly RunEvent[] = [
  asked,
  { type: "intent-recorded", agent: bob, turn, call, server: "bank", tool: "pay", name: "mcp__bank__pay", input: { n: 5 } },
  toolAnswers(bob, 7),
];
const begun: RunEvent = { type: "intent-started", call };
const over = (code?: string): RunEvent => ({
  type: "intent-executed",
  call,
  isError: code !== undefined,
  ...(code === undefined ? {} : { code }),
  content: [{ type: "text", text: "receipt 12" }],
  durationMs: 40,
});

function told(...events: readonly RunEvent[]): readonly string[] {
  const { tell } = narrate();
  const before = council(2, "start");
  return entriesOf([...before, ...events])
    .map((entry) => tell({ kind: "entry", entry }))
    .slice(before.length)
    .flatMap((lines) => lines.map(({ agent, text }) => `${agent ?? ""}|${text}`));
}

const stateOf = (...events: readonly RunEvent[]): string | undefined =>
  viewOf(entriesOf([...council(2, "start"), ...events])).tools.find((tool) => tool.call === call)?.state;

describe("planned calls (REQ-WRITES-1)", () => {
  test("are told when they are planned, begun and over, never as if they had been made before", () => {
    expect(told(...recorded)).toEqual(["bob|plans bank/pay n=5: recorded, and made only if the answer it belongs to is chosen"]);
    expect(told(...recorded, begun, over()).slice(1)).toEqual(["bob|makes the planned call bank/pay", "bob|bank/pay was made: receipt 12"]);
    expect(told(...recorded, begun, over("tool-error")).at(-1)).toBe("bob|bank/pay failed: receipt 12");
    expect(told(...recorded, begun, over("outcome-unknown")).at(-1)).toContain("unknown outcome and is not repeated");
  });

  test("have a state of their own in the views, and what was not made says so at the end", () => {
    const end: RunEvent = {
      type: "run-end",
      result: { outcome: "answered", answer: "a", source: "stored", winner: null, cause: "votes", degraded: [] },
    };
    expect([stateOf(...recorded), stateOf(...recorded, begun), stateOf(...recorded, begun, over()), stateOf(...recorded, end)]).toEqual([
      "planned",
      "running",
      "ok",
      "dropped",
    ]);
  });

  test("are summed up after the answer: each that belongs to it, the others by their number", () => {
    const report = (fate: IntentReport["fate"]): IntentReport => ({
      agent: bob,
      call,
      server: "bank",
      tool: "pay",
      input: { n: 5 },
      fate,
      content: fate === "done" ? [{ type: "text", text: "receipt 12" }] : [],
    });
    const lines = linesAfterAnswer(
      { ...resultOf(2), intents: ["done", "dropped", "dropped"].map((fate) => report(fate as IntentReport["fate"])) },
      { elapsedMs: null },
    );
    const texts = lines.map(({ text }) => text);
    expect(texts).toContain("Planned call bank/pay n=5 was made once: receipt 12");
    expect(texts).toContain("2 planned calls of answers that were not chosen: not made");
    expect(linesAfterAnswer(resultOf(2), { elapsedMs: null }).some(({ text }) => text.includes("lanned"))).toBe(false);
  });
});

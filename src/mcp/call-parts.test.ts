// What is noted of a call while it runs.
import { expect, test } from "vitest";
import { callId, turnId, type RunEvent } from "../core/index.ts";
import { fakeClock } from "../testing/index.ts";
import { agent } from "./broker.test-support.ts";
import { progressTeller } from "./call-parts.ts";

test("progress is noted ten times a second at most, as one short harmless line (REQ-HOSTILE-3)", async () => {
  const clock = fakeClock();
  const events: RunEvent[] = [];
  const turn = turnId(agent("a"), 1);
  const options = { agent: agent("a"), clock, record: async (event: RunEvent) => void events.push(event) };
  const tell = progressTeller({ turn, call: callId(turn, 1, 1) }, options);
  for (let at = 0; at < 1_000; at += 10) {
    tell({ progress: at, message: `\u001b[31mstep\nnext ${"x".repeat(100_000)}` });
    await clock.advance(10);
  }
  expect(events).toHaveLength(10);
  const messages = events.map((event) => (event.type === "tool-progress" ? (event.message ?? "") : ""));
  for (const message of messages) expect(message).toMatch(/^step next x{400,}…$/);
});

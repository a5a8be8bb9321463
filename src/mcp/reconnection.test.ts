// Pauses between reconnections, and the cleaning of events.
import { expect, test } from "vitest";
import { fakeClock } from "../testing/index.ts";
import { cleanEvent } from "./clean-events.ts";
import { boundedReconnection } from "./reconnection.ts";

test.each([
  { asked: 0, after: 250 },
  { asked: -5, after: 250 },
  { asked: Number.NaN, after: 250 },
  { asked: 500, after: 500 },
  { asked: 99_999_999_999, after: 60_000 },
])("a stream for which $asked ms are asked is opened again after $after ms (REQ-HOSTILE-2)", async ({ asked, after }) => {
  const clock = fakeClock();
  let opened = 0;
  boundedReconnection(clock)(() => (opened += 1), asked);
  await clock.advance(after - 1);
  expect(opened).toBe(0);
  await clock.advance(1);
  expect(opened).toBe(1);
});

test("a message is recorded without escape sequences, its lines stay (REQ-HOSTILE-3)", () => {
  expect(cleanEvent({ type: "warning", code: "E_MCP_SERVER", message: "a\u001b[31m\u202eb\nc" })).toMatchObject({ message: "ab\nc" });
  const other = { type: "breaker-state" } as never;
  expect(cleanEvent(other)).toBe(other);
});

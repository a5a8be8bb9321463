import { describe, expect, test } from "vitest";
import { council, ofType, requests, testRun } from "./run.test-support.ts";

const twelve = (content: string): boolean => content.includes("twelve");

describe("a run", () => {
  test("three agents answer, vote and present; nothing is asked twice (REQ-COORD-14, REQ-COORD-18)", async () => {
    const run = testRun({ a: council("eleven", twelve), b: council("It is twelve.", twelve), c: council("13", twelve) });
    const result = await run.finish();
    expect(result).toMatchObject({ answer: "Presented: It is twelve.", source: "presentation", winner: { id: "b", answer: "b.1" }, cause: "votes", degraded: [], exitCode: 0 });
    expect(requests(run)).toBeLessThanOrEqual(7);
    const entries = await run.entries();
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.at(-1)?.type).toBe("run-end");
    expect(ofType(entries, "turn-end").every(({ outcome }) => outcome !== "failed")).toBe(true);
  });
});

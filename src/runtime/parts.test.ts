import { describe, expect, test } from "vitest";
import { answerId, type RunOutcome, type TurnPlan } from "../core/index.ts";
import { fakeClock } from "../testing/index.ts";
import { Deadlines } from "./deadlines.ts";
import { difference, type JobView } from "./difference.ts";
import { exitCodeOf } from "./index.ts";
import { council, id, testRun } from "./run.test-support.ts";

const [A, B] = [id("a"), id("b")];
const A1 = answerId(A, 1);
const turn = (agent: typeof A, shown: TurnPlan["shown"] = []): TurnPlan => ({
  agent,
  kind: "evaluation",
  shown,
  mayAnswer: true,
  mayVote: [],
  letFinish: false,
});
const job = (agent: typeof A, more: Partial<JobView> = {}): JobView => ({
  agent,
  kind: "turn",
  shown: [],
  newsSent: false,
  ending: false,
  ...more,
});
const presentation = { agent: A, answer: A1, cause: "votes" } as const;

describe("difference", () => {
  test.each<[string, readonly TurnPlan[], typeof presentation | null, readonly JobView[], readonly object[]]>([
    ["nothing wanted, nothing runs", [], null, [], []],
    ["starts what is missing", [turn(A), turn(B)], null, [job(A)], [{ type: "start-turn", turn: turn(B) }]],
    ["stops what nobody needs", [turn(A)], null, [job(A), job(B)], [{ type: "stop", agent: B }]],
    ["leaves an ending job to end, and starts nothing beside it", [turn(A, [A1])], null, [job(A, { ending: true })], []],
    ["sends news to an outdated turn", [turn(A, [A1])], null, [job(A)], [{ type: "send-news", agent: A }]],
    ["sends news once", [turn(A, [A1])], null, [job(A, { newsSent: true })], []],
    ["compares shown answers by value", [turn(A, [A1])], null, [job(A, { shown: [answerId(A, 1)] })], []],
    ["does not disturb a repair with news", [turn(A, [A1])], null, [job(A, { kind: "repair" })], []],
    ["stops a repair that nobody needs", [], null, [job(A, { kind: "repair" })], [{ type: "stop", agent: A }]],
    [
      "starts the presentation while others are still stopping",
      [],
      presentation,
      [job(B, { ending: true })],
      [{ type: "start-presentation", presentation }],
    ],
    ["presents after the presenter's turn has ended", [], presentation, [job(A)], [{ type: "stop", agent: A }]],
    ["leaves a running presentation alone", [], presentation, [job(A, { kind: "presentation" })], []],
    ["stops a presentation that nobody needs", [], null, [job(A, { kind: "presentation" })], [{ type: "stop", agent: A }]],
  ])("%s", (_name, ...[turns, wanted, jobs, changes]) => {
    expect(difference({ turns, presentation: wanted }, new Map(jobs.map((each) => [each.agent, each])))).toEqual(changes);
  });
});

describe("exit codes", () => {
  const base: RunOutcome = { outcome: "answered", answer: "x", source: "stored", winner: null, cause: "votes", degraded: [] };
  test.each<[string, Partial<RunOutcome>, boolean, number]>([
    ["answered", {}, false, 0],
    ["answered, strict", {}, true, 0],
    ["degraded", { degraded: ["b is out"] }, false, 0],
    ["degraded, strict", { degraded: ["b is out"] }, true, 5],
    ["answer now", { cause: "answer-now", degraded: ["asked"] }, false, 0],
    ["time-out with an answer", { cause: "timeout", degraded: ["late"] }, false, 0],
    ["time-out with an answer, strict", { cause: "timeout", degraded: ["late"] }, true, 5],
    ["time-out without an answer", { outcome: "no-answer", answer: null, cause: "timeout" }, true, 124],
    ["budget with an answer", { cause: "budget", degraded: ["budget"] }, true, 3],
    ["budget without an answer", { outcome: "no-answer", answer: null, cause: "budget" }, false, 4],
    ["no answer", { outcome: "no-answer", answer: null, cause: null, degraded: ["all out"] }, true, 4],
    ["interrupted with an answer", { outcome: "interrupted", cause: null }, true, 130],
    ["interrupted after the time-out without an answer", { outcome: "interrupted", answer: null, cause: "timeout" }, false, 130],
  ])("%s", (_name, change, ...[strict, code]) => {
    expect(exitCodeOf({ ...base, ...change }, { strict })).toBe(code);
  });
});

describe("deadlines", () => {
  test("are reached once, at their active time, also when the plan names them again or moves them", async () => {
    const clock = fakeClock();
    const reached: string[] = [];
    const deadlines = new Deadlines<"x" | "y">(
      clock,
      () => clock.monotonic() + 500,
      (name) => void reached.push(`${name}@${clock.monotonic()}`),
    );
    deadlines.set([
      { deadline: "x", atMs: 1000 },
      { deadline: "y", atMs: 2000 },
    ]);
    deadlines.set([
      { deadline: "x", atMs: 1000 },
      { deadline: "y", atMs: 900 },
    ]);
    await clock.advance(10_000);
    expect(reached).toEqual(["y@400", "x@500"]);
    deadlines.set([{ deadline: "x", atMs: 20_000 }]);
    deadlines.clear();
    expect(clock.waiting).toBe(0);
  });
});

describe("starting", () => {
  test("tools that cannot be opened end the run with the error itself, and its log is closed", async () => {
    const run = testRun(
      { a: council("x", () => true) },
      {
        openTools: () => {
          throw new Error("no broker");
        },
      },
    );
    await expect(run.finish()).rejects.toThrow("no broker");
    expect(await run.entries()).toEqual([]);
  });
});

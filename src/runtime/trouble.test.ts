import { describe, expect, test } from "vitest";
import type { Failure, FailureCategory } from "../core/index.ts";
import { openFileLog } from "../log/index.ts";
import { fakeIo, type Script, type ScriptedStep } from "../testing/index.ts";
import { council, id, ofType, requests, RUN, testBroker, testRun, type TestBroker } from "./run.test-support.ts";

const twelve = (content: string): boolean => content.includes("twelve");
const fails = (category: FailureCategory, message = "no"): Failure => ({ category, code: "E_PROVIDER_NETWORK", message });
const good = { a: council("twelve", twelve), b: council("b", twelve) };

/** Answers, then does `evaluation` in evaluation turns. */
const evaluating =
  (answer: string, evaluation: ScriptedStep): Script =>
  ({ request }) =>
    request.kind === "first" ? { answer } : request.kind === "presentation" ? { text: "P" } : evaluation;

describe("an agent in trouble", () => {
  test("is out when its first answer fails, and never blocks the others (REQ-COORD-2)", async () => {
    const run = testRun({ ...good, c: [[{ thinksMs: 5, fail: fails("network", "line down") }]] });
    const result = await run.finish();
    expect(result).toMatchObject({ winner: { id: "a" }, exitCode: 0, degraded: [expect.stringContaining("c is out: line down")] });
    expect(result.agents.find((agent) => agent.id === id("c"))?.state).toBe("out");
  });

  test("abstains when its evaluation fails, and is not asked again (REQ-COORD-2)", async () => {
    const run = testRun({ ...good, c: evaluating("c", { fail: fails("network") }) });
    const result = await run.finish();
    expect(result).toMatchObject({ winner: { id: "a" }, degraded: [] });
    expect(run.backends["c"]?.asked.length).toBe(2);
  });

  test("with nobody left there is no answer, exit 4 (REQ-COORD-3)", async () => {
    const run = testRun({ a: [[{ fail: fails("authentication", "bad key") }]], b: [[{ fail: fails("configuration", "no model") }]] });
    expect(await run.finish()).toMatchObject({
      answer: null,
      winner: null,
      exitCode: 4,
      degraded: [expect.stringContaining("bad key"), expect.stringContaining("no model")],
    });
    expect(requests(run)).toBe(2);
  });

  test("has three attempts for a decision; each mistake is on record and every call gets a result (REQ-COORD-1)", async () => {
    const run = testRun({
      ...good,
      c: [[{ text: "no call" }, { decisions: [{ name: "new_answer", malformed: "{" }] }, { answer: "x", vote: "agent1" }]],
    });
    const result = await run.finish();
    const invalid = ofType(await run.entries(), "decision-invalid").filter(({ agent }) => agent === "c");
    expect(invalid.map(({ fault, attempt }) => [fault, attempt])).toEqual([
      ["none", 1],
      ["malformed", 2],
      ["several", 3],
    ]);
    expect(result.degraded).toEqual([expect.stringContaining("c is out")]);
  });

  test("a retry is recorded and the turn goes on", async () => {
    const run = testRun({
      a: ({ before, ...moment }) => (before === 0 ? { retryAfterMs: 3000 } : good.a({ before, ...moment })),
      b: good.b,
    });
    expect(await run.finish()).toMatchObject({ winner: { id: "a" }, degraded: [] });
    expect(ofType(await run.entries(), "retry-scheduled")).toMatchObject([{ agent: "a", delayMs: 3000 }]);
  });
});

describe("a backend that breaks its contract", () => {
  test.each<[string, ScriptedStep | null, string]>([
    ["throws", { throws: "kaboom" }, "kaboom"],
    ["never comes back", { hangs: true }, "longer than 900 s"],
  ])("%s: its turn fails, the run goes on", async (_, step, message) => {
    const run = testRun({ ...good, c: [[step ?? {}]] });
    const result = await run.finish();
    expect(result.winner?.id).toBe("a");
    if (step?.hangs === true) expect(result.degraded).toEqual([]);
    else expect(result.degraded).toEqual([expect.stringContaining(message)]);
  });

  test.each([
    ["ends without a last part", "without a last part", async function* () {}],
    [
      "is interrupted by nobody",
      "interrupted by nobody",
      async function* () {
        yield { type: "turn-finished", outcome: "interrupted" } as const;
      },
    ],
    [
      "claims a decision",
      "without an answer or a vote",
      async function* () {
        yield { type: "turn-finished", outcome: "decided" } as const;
      },
    ],
    [
      "finishes a turn that needs a decision",
      "without an answer or a vote",
      async function* () {
        yield { type: "turn-finished", outcome: "finished", text: "x" } as const;
      },
    ],
    [
      "throws before it begins",
      "at once",
      () => {
        throw new Error("at once");
      },
    ],
  ])("one that %s fails its turn, once", async (_, message, runTurn) => {
    let turns = 0;
    const broken = { capabilities: {} as never, close: async () => {}, runTurn: () => (turns++, runTurn()) };
    const run = testRun({ ...good, c: [] }, { replace: { c: broken } });
    const result = await run.finish();
    expect(result.winner?.id).toBe("a");
    expect(result.degraded).toEqual([expect.stringContaining(message)]);
    expect(turns).toBe(1);
  });

  test("one that ignores being stopped is given up, and nothing it says later is recorded", async () => {
    const run = testRun({ ...good, c: [[{ hangs: true }]] }, { limits: { turnTimeoutMs: 1000 }, settings: { firstAnswers: "together" } });
    const result = await run.finish();
    expect(result.degraded).toEqual([expect.stringContaining("longer than 1 s")]);
    expect(run.clock.monotonic()).toBe(3000);
  });
});

describe("time", () => {
  test("a turn that takes too long fails with E_TURN_TIMEOUT", async () => {
    const run = testRun({ ...good, c: [[{ thinksMs: 5_000_000, answer: "c" }]] }, { limits: { turnTimeoutMs: 60_000 } });
    const result = await run.finish();
    expect(ofType(await run.entries(), "turn-end").find(({ agent }) => agent === "c")).toMatchObject({
      outcome: "failed",
      failure: { code: "E_TURN_TIMEOUT" },
    });
    expect(result).toMatchObject({ winner: { id: "a" }, exitCode: 0 });
  });

  test("the time-out decides with what is there: exit 0, degraded (REQ-COORD-20)", async () => {
    const run = testRun(
      { a: council("twelve", twelve), b: [[{ thinksMs: 10_000_000, answer: "b" }]] },
      { settings: { orchestratorTimeoutMs: 30_000 }, strict: true },
    );
    const result = await run.finish();
    expect(result).toMatchObject({
      answer: "Presented: twelve",
      cause: "timeout",
      exitCode: 5,
      degraded: [expect.stringContaining("time limit")],
    });
  });

  test("the time-out without any answer exits with 124 (REQ-COORD-20)", async () => {
    const slow: ScriptedStep = { thinksMs: 10_000_000, answer: "x" };
    const run = testRun({ a: [[slow]], b: [[slow]] }, { settings: { orchestratorTimeoutMs: 30_000 } });
    expect(await run.finish()).toMatchObject({ answer: null, cause: "timeout", exitCode: 124 });
    expect(run.clock.monotonic()).toBe(30_000);
  });

  test("agents that have answered wait for the first-answer deadline and no longer (REQ-COORD-5)", async () => {
    const run = testRun(
      { ...good, c: [[{ thinksMs: 200_000, answer: "twelve and more" }]] },
      { settings: { firstAnswerDeadlineMs: 100_000 } },
    );
    const result = await run.finish();
    expect(ofType(await run.entries(), "deadline-reached")).toMatchObject([{ deadline: "first-answers", activeMs: 100_000 }]);
    expect(result).toMatchObject({ winner: { id: "a" } });
    expect(run.clock.monotonic()).toBe(100_000);
  });
});

describe("the presentation", () => {
  const presenting =
    (step: ScriptedStep): Script =>
    (moment) =>
      moment.request.kind === "presentation" ? step : council("twelve", twelve)(moment);

  test.each<[string, ScriptedStep, string]>([
    ["cut off", { text: "Twel", finish: "length" }, "cut off"],
    ["refused", { text: "No.", finish: "refusal" }, "refused"],
    ["empty", { text: "  " }, "empty"],
    ["failed", { fail: fails("network", "line down") }, "line down"],
    ["too slow", { thinksMs: 1_000_000, text: "x" }, "longer than 300 s"],
    ["broken", { throws: "kaboom" }, "kaboom"],
  ])("that is %s is never the result: the stored answer is, and the run is degraded (REQ-COORD-18)", async (_, step, message) => {
    const run = testRun({ a: presenting(step), b: good.b }, { strict: true });
    expect(await run.finish()).toMatchObject({
      answer: "twelve",
      source: "stored",
      winner: { id: "a" },
      exitCode: 5,
      degraded: [expect.stringContaining(message)],
    });
  });

  test("sees no tools and is skipped for models that only demonstrate (REQ-COORD-18)", async () => {
    const shown = testRun(good);
    await shown.finish();
    expect(shown.backends["a"]?.asked.at(-1)?.request).toMatchObject({ kind: "presentation", useTools: false, workflow: [], ballot: null });
    const run = testRun(good, { presents: false });
    expect(await run.finish()).toMatchObject({ answer: "twelve", source: "stored", degraded: [], exitCode: 0 });
    expect(requests(run)).toBe(4);
  });
});

describe("steering", () => {
  test("answer now decides with what is there (REQ-COORD-20)", async () => {
    const run = testRun({ a: council("twelve", twelve), b: [[{ thinksMs: 10_000_000, answer: "b" }]] });
    await run.clock.advance(1000);
    run.run.steering.answerNow();
    expect(await run.finish()).toMatchObject({
      answer: "Presented: twelve",
      cause: "answer-now",
      exitCode: 0,
      degraded: [expect.any(String)],
    });
  });

  test("cancel stops everything at once, keeps the best answer, exits with 130 and closes the tools and the log", async () => {
    let broker: TestBroker | null = null;
    const clock = fakeIo().clock;
    const run = testRun(
      { a: council("twelve", twelve), b: [[{ tools: [{ name: "write", input: {} }] }]] },
      {
        clock,
        openTools: (record) => (broker = testBroker({ write: { effect: "destructive", text: "w", ms: 1_000_000 } }, clock, record)),
      },
    );
    await clock.advance(1000);
    const stopped = run.run.stop();
    const result = await run.finish();
    await stopped;
    expect(clock.monotonic()).toBe(1000);
    expect(result).toMatchObject({ exitCode: 130, answer: "twelve", winner: null });
    expect(broker).toMatchObject({ closed: true });
    expect(ofType(await run.entries(), "tool-result").at(-1)).toMatchObject({ code: "outcome-unknown" });
    run.run.steering.answerNow();
    await run.run.stop();
  });

  test("paused, nothing new starts; what runs is left alone", async () => {
    const run = testRun({ a: council("twelve", twelve, { thinksMs: 1000 }), b: council("b", twelve, { thinksMs: 1000 }) });
    await run.clock.advance(500);
    run.run.steering.pause();
    await run.clock.advance(5000);
    expect(requests(run)).toBe(2);
    run.run.steering.resume();
    expect(await run.finish()).toMatchObject({ winner: { id: "a" } });
  });
});

describe("budgets", () => {
  const none = { maxCostUsd: null, maxTokens: null, maxModelCalls: null, maxToolCalls: null, maxMinutes: null };

  test("the cap on model calls is exact; at the cap the best answer so far is the result, exit 3", async () => {
    for (let cap = 2; cap <= 6; cap++) {
      const run = testRun({ ...good, c: council("c", twelve) }, { budget: { run: { ...none, maxModelCalls: cap }, agents: new Map() } });
      const result = await run.finish();
      expect(requests(run)).toBeLessThanOrEqual(cap);
      expect(result.exitCode, `cap ${cap}`).toBe(cap < 5 ? 3 : 0);
      expect(result.answer).not.toBeNull();
    }
    const enough = testRun(good, { budget: { run: { ...none, maxModelCalls: 5 }, agents: new Map() } });
    expect(await enough.finish()).toMatchObject({ source: "presentation", exitCode: 0 });
  });

  test("50, 75, 90 and 100 % are reported once each; money counts", async () => {
    const paying =
      (script: Script): Script =>
      (moment) => ({ ...script(moment), costUsd: 0.25 });
    const run = testRun({ a: paying(good.a), b: paying(good.b) }, { budget: { run: { ...none, maxCostUsd: 1 }, agents: new Map() } });
    const result = await run.finish();
    const states = ofType(await run.entries(), "budget-state");
    expect(states.map(({ percent, exhausted }) => [percent, exhausted])).toEqual([
      [50, false],
      [75, false],
      [100, false],
      [100, true],
    ]);
    expect(states.at(-1)?.used).toEqual({ max_cost_usd: 1 });
    expect(result).toMatchObject({ cost: 1, source: "stored", cause: "votes", exitCode: 0 });
  });

  test("where only a part of the replies has a price, the result says how many have none", async () => {
    const paid = testRun({ a: (moment) => ({ ...good.a(moment), costUsd: 0.25 }), b: good.b });
    const result = await paid.finish();
    const steps = ofType(await paid.entries(), "model-step");
    const priced = steps.filter(({ costUsd }) => costUsd !== null);
    expect(priced.length).toBeGreaterThan(0);
    expect(result.cost).toBeCloseTo(priced.length * 0.25);
    expect(result.unpricedSteps).toBe(steps.length - priced.length);
    expect(result.unpricedSteps).toBeGreaterThan(0);
    expect((await testRun(good).finish()).cost).toBeNull();
  });

  test("a reply without a known price is warned of once for each agent, where money is limited (REQ-BUDGET-2)", async () => {
    const run = testRun(good, { budget: { run: { ...none, maxCostUsd: 1 }, agents: new Map() } });
    await run.finish();
    const warnings = ofType(await run.entries(), "warning").filter(({ code }) => code === "E_BUDGET");
    expect([warnings.length, new Set(warnings.map(({ agent }) => agent))]).toEqual([2, new Set(["a", "b"])]);
    const free = testRun(good, { budget: { run: { ...none, maxTokens: 1e9 }, agents: new Map() } });
    await free.finish();
    expect(ofType(await free.entries(), "warning")).toEqual([]);
  });

  test("an agent's own budget ends only that agent", async () => {
    const run = testRun(
      { ...good, c: [[{ text: "hm", tools: [{ name: "read", input: {} }] }, { answer: "c" }]] },
      { budget: { run: none, agents: new Map([[id("c"), { ...none, maxModelCalls: 1 }]]) } },
    );
    const result = await run.finish();
    expect(result).toMatchObject({ winner: { id: "a" }, exitCode: 0, degraded: [expect.stringContaining("max_model_calls")] });
  });

  test("a tool call over the budget is refused with a result, not made", async () => {
    const clock = fakeIo().clock;
    let broker: TestBroker | null = null;
    const run = testRun(
      {
        a: [
          [
            {
              tools: [
                { name: "read", input: {} },
                { name: "read", input: {} },
              ],
            },
            { answer: "done" },
          ],
        ],
      },
      {
        clock,
        openTools: (record) => (broker = testBroker({ read: { effect: "read-only", text: "r" } }, clock, record)),
        budget: { run: { ...none, maxToolCalls: 1 }, agents: new Map() },
      },
    );
    await run.finish();
    expect(broker).toMatchObject({ started: [expect.stringContaining("read")] });
    expect(ofType(await run.entries(), "tool-result").map(({ name, code }) => [name, code])).toEqual(
      expect.arrayContaining([
        ["read", "budget"],
        ["read", null],
      ]),
    );
  });

  test("minutes end the run even while everybody is busy", async () => {
    const run = testRun(
      { a: council("twelve", twelve), b: [[{ thinksMs: 10_000_000, answer: "b" }]] },
      { budget: { run: { ...none, maxMinutes: 2 }, agents: new Map() } },
    );
    expect(await run.finish()).toMatchObject({ cause: "budget", exitCode: 3 });
    expect(run.clock.monotonic()).toBe(120_000);
  });
});

describe("secrets and stores", () => {
  test("a secret in the question or in a tool's result reaches neither the log nor any request", async () => {
    const clock = fakeIo().clock;
    const run = testRun(
      { a: [[{ tools: [{ name: "read", input: { token: "hunter2-secret" } }] }, { answer: "the key is hunter2-secret" }]] },
      {
        clock,
        question: "Use hunter2-secret",
        secrets: ["hunter2-secret"],
        openTools: (record) => testBroker({ read: { effect: "read-only", text: "hunter2-secret found" } }, clock, record),
      },
    );
    const result = await run.finish();
    expect(result.answer).toBe("the key is [redacted]");
    const asked = run.backends["a"]?.asked ?? [];
    expect(asked.length).toBe(2);
    expect(JSON.stringify(asked[0])).not.toContain("hunter2");
    expect(JSON.stringify(asked[1]?.messages.filter(({ role }) => role !== "assistant"))).not.toContain("hunter2");
    expect(JSON.stringify(await run.entries())).not.toContain("hunter2");
  });

  test("a disk that fills up at any write ends the run with E_RUN_LOG, its tools are closed, and what is on disk is a valid log", async () => {
    for (let n = 1; n < 30; n++) {
      const io = fakeIo();
      const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
      let broker: TestBroker | null = null;
      io.files.failFrom(n, "ENOSPC", 0.5);
      const run = testRun(good, { log, clock: io.clock, openTools: (record) => (broker = testBroker({}, io.clock, record)) });
      const outcome = await run.finish().then(
        () => "answered",
        (error: unknown) => error,
      );
      if (outcome !== "answered") expect(outcome).toMatchObject({ code: "E_RUN_LOG", exitCode: 1 });
      expect(broker).toMatchObject({ closed: true });
      await io.clock.settle();
      expect(io.clock.waiting).toBe(0);
    }
  });
});

// Runs under hardship: any set of agents that fail, every budget there is, an hour of work, and a clock that jumps.
import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type FailureCategory } from "../core/index.ts";
import { createMemoryLog, openFileLog, reopenFileLog } from "../log/index.ts";
import { fakeClock, fakeIo, memoryFiles, type FakeClock, type Script } from "../testing/index.ts";
import type { BudgetLimits } from "./budget.ts";
import { council, ofType, RUN, testBroker, testRun, type Scripts } from "./run.test-support.ts";

const fails =
  (category: FailureCategory): Script =>
  () => ({ fail: { category, code: "E_PROVIDER_REPLY", message: "broken on purpose" } });
const CATEGORIES: readonly FailureCategory[] = ["authentication", "network", "protocol", "overloaded", "refused", "bad-request"];

describe("every set of failing agents (REQ-RUN-21)", () => {
  test.each([1, 2, 3, 4, 5, 6])("of a team of %d: those that are left answer; with none left there is no answer", async (size) => {
    for (let mask = 0; mask < 2 ** size; mask += 1) {
      const failing = (index: number): boolean => (mask & (1 << index)) !== 0;
      const names = Array.from({ length: size }, (_, index) => `a${index + 1}`);
      const scripts: Scripts = Object.fromEntries(
        names.map((name, index) => [
          name,
          failing(index) ? fails(CATEGORIES[(mask + index) % CATEGORIES.length] ?? "network") : council(name, () => true),
        ]),
      );
      const run = testRun(scripts);
      const result = await run.finish();
      const out = names.filter((_, index) => failing(index));
      const where = `${size} agents, failing: ${out.join(", ")}`;
      expect(result.exitCode, where).toBe(out.length === size ? 4 : 0);
      expect(result.answer === null, where).toBe(out.length === size);
      expect(out, where).not.toContain(result.winner?.id);
      expect(
        result.agents.filter(({ state }) => state === "out").map((agent) => agent.id),
        where,
      ).toEqual(out);
      expect(result.degraded.length, where).toBe(out.length);
      expect(result.answers.length, where).toBe(size - out.length);
      // A failure is paid for once: nobody asks an agent again that is out.
      for (const name of out) expect(run.backends[name]?.asked.length, where).toBe(1);
    }
  });

  test.each([2, 3, 4, 5, 6])("of a team of %d, failing only when they vote: they abstain, every answer stands", async (size) => {
    for (let mask = 0; mask < 2 ** size; mask += 1) {
      const names = Array.from({ length: size }, (_, index) => `a${index + 1}`);
      const scripts: Scripts = Object.fromEntries(
        names.map((name, index): [string, Script] => {
          const good = council(name, () => true);
          const bad = fails("network");
          return [name, (moment) => ((mask & (1 << index)) !== 0 && moment.request.kind === "evaluation" ? bad(moment) : good(moment))];
        }),
      );
      const result = await testRun(scripts).finish();
      expect([mask, result.exitCode, result.answers.length]).toEqual([mask, 0, size]);
    }
  });
});

const none: BudgetLimits = { maxCostUsd: null, maxTokens: null, maxModelCalls: null, maxToolCalls: null, maxMinutes: null };
/** Reads once, then answers, votes and presents; every step costs a quarter, 15 tokens and a minute. */
const working =
  (name: string): Script =>
  (moment) => {
    const step = council(name, (content) => content === "a")(moment);
    const { request, messages } = moment;
    const reads = request.kind === "first" && !messages.some(({ role }) => role === "tool");
    return { ...(reads ? { tools: [{ name: "read", input: { name } }] } : step), costUsd: 0.25, thinksMs: 60_000 };
  };

type Limited = {
  readonly cap: keyof BudgetLimits;
  readonly name: string;
  /** Enough for nothing, for answers without a decision, for everything. */
  readonly at: readonly [nothing: number, answers: number, enough: number];
};
const LIMITED: readonly Limited[] = [
  { cap: "maxModelCalls", name: "max_model_calls", at: [2, 4, 100] },
  { cap: "maxCostUsd", name: "max_cost_usd", at: [0.5, 1, 100] },
  { cap: "maxTokens", name: "max_tokens", at: [20, 60, 1_000_000] },
  { cap: "maxMinutes", name: "max_minutes", at: [1, 2.5, 600] },
];

describe("every budget, for the run (REQ-RUN-22)", () => {
  const play = async (cap: keyof BudgetLimits, value: number) => {
    const clock = fakeClock();
    const run = testRun(
      { a: working("a"), b: working("b") },
      {
        clock,
        openTools: (record) => testBroker({ read: { effect: "read-only", text: "seen" } }, clock, record),
        budget: { run: { ...none, [cap]: value }, agents: new Map() },
      },
    );
    const result = await run.finish();
    return { result, entries: await run.entries() };
  };

  test.each(LIMITED)(
    "$name: nothing answered, exit 4; answered, the best so far and exit 3; enough, a presentation",
    async ({ cap, at, name }) => {
      const [nothing, answers, enough] = [await play(cap, at[0]), await play(cap, at[1]), await play(cap, at[2])];
      expect(nothing.result).toMatchObject({ answer: null, exitCode: 4 });
      expect(answers.result).toMatchObject({ cause: "budget", source: "stored", exitCode: 3 });
      expect(["a", "b"]).toContain(answers.result.answer);
      expect(enough.result).toMatchObject({ cause: "votes", source: "presentation", exitCode: 0, degraded: [] });
      for (const { entries } of [nothing, answers])
        expect(ofType(entries, "budget-state").at(-1)).toMatchObject({ exhausted: true, used: { [name]: expect.any(Number) } });
      expect(ofType(enough.entries, "budget-state")).toEqual([]);
    },
  );

  test("max_tool_calls: the call is refused with a result the model can read, the run goes on", async () => {
    const { result, entries } = await play("maxToolCalls", 1);
    expect(result).toMatchObject({ exitCode: 0, source: "presentation" });
    expect(
      ofType(entries, "tool-result")
        .filter(({ name }) => name === "read")
        .map(({ code }) => code ?? "answered")
        .toSorted((one, other) => (one < other ? -1 : 1)),
    ).toEqual(["answered", "budget"]);
  });
});

describe("an hour of work (REQ-RUN-23)", () => {
  const STEPS = 12;
  /** Calls a tool that takes five minutes, twelve times, then decides. */
  const patient =
    (name: string): Script =>
    (moment) => {
      const calls = moment.messages.filter(({ role }) => role === "tool").length;
      if (moment.request.kind === "first" && calls < STEPS) return { tools: [{ name: "dig", input: { name, calls } }] };
      return council(name, (content) => content === "b")(moment);
    };
  const dig = (clock: FakeClock, settings: object) =>
    testRun(
      { a: patient("a"), b: patient("b"), c: patient("c") },
      {
        clock,
        limits: { turnTimeoutMs: 7_200_000 },
        settings: { firstAnswerDeadlineMs: 7_200_000, ...settings },
        openTools: (record) => testBroker({ dig: { effect: "unknown", text: "dug", ms: 300_000 } }, clock, record),
      },
    );

  test("is done where its time allows, every call once, nothing left waiting", async () => {
    const clock = fakeClock();
    const run = dig(clock, { orchestratorTimeoutMs: 7_200_000 });
    expect(await run.finish()).toMatchObject({ winner: { id: "b" }, cause: "votes", exitCode: 0, degraded: [] });
    const entries = await run.entries();
    expect(ofType(entries, "tool-call")).toHaveLength(3 * STEPS);
    expect(entries.at(-1)?.activeMs).toBeGreaterThanOrEqual(STEPS * 300_000);
    expect(clock.waiting).toBe(0);
  });

  test("ends at the time limit to the millisecond where it is shorter", async () => {
    const clock = fakeClock();
    const result = await dig(clock, { orchestratorTimeoutMs: DEFAULT_SETTINGS.orchestratorTimeoutMs }).finish();
    expect(result).toMatchObject({ answer: null, exitCode: 124 });
    expect(clock.monotonic()).toBeGreaterThanOrEqual(DEFAULT_SETTINGS.orchestratorTimeoutMs);
    expect(clock.monotonic()).toBeLessThan(DEFAULT_SETTINGS.orchestratorTimeoutMs + 10_000);
  });
});

describe("a clock that jumps (REQ-RUN-24)", () => {
  /** The time of day is another at every look; the time that passes is not. */
  const jumping = (): FakeClock => {
    const clock = fakeClock();
    const jumps = [0, -86_400_000, 31_536_000_000, -3_600_000, 5];
    let looks = 0;
    return {
      ...clock,
      now: () => clock.now() + (jumps[(looks += 1) % jumps.length] ?? 0),
      get waiting() {
        return clock.waiting;
      },
    };
  };

  test("changes no deadline, no order and no winner, and its log is taken up again", async () => {
    const files = memoryFiles();
    const clock = jumping();
    const io = fakeIo({ files, clock });
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
    const scripts = {
      a: council("twelve", (t) => t === "twelve", { thinksMs: 500 }),
      b: council("b", (t) => t === "twelve", { thinksMs: 700 }),
    };
    const steady = await testRun(scripts).finish();
    const result = await testRun(scripts, { log, clock }).finish();
    expect(result).toMatchObject({ winner: steady.winner, answer: steady.answer, cause: steady.cause, exitCode: 0 });
    const { entries, log: again } = await reopenFileLog({ folder: "/run", io: fakeIo({ files, pid: 2 }), secrets: [] });
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.map(({ activeMs }) => activeMs)).toEqual(entries.map(({ activeMs }) => activeMs).toSorted((a, b) => a - b));
    await again.close();
  });

  test("does not end a run early or late", async () => {
    const clock = jumping();
    const scripts = { a: council("twelve", () => true), b: [[{ thinksMs: 50_000_000, answer: "late" }]] };
    const log = createMemoryLog({ run: RUN, io: { clock }, secrets: [] });
    const result = await testRun(scripts, {
      log,
      clock,
      settings: { orchestratorTimeoutMs: 100_000, firstAnswerDeadlineMs: 90_000 },
    }).finish();
    expect(result).toMatchObject({ exitCode: 0, winner: { id: "a" } });
    expect(clock.monotonic()).toBeLessThanOrEqual(105_000);
  });
});

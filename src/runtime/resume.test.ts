import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS, evolve, initialState, plan, type Entry } from "../core/index.ts";
import { openFileLog, reopenFileLog } from "../log/index.ts";
import { fakeClock, fakeIo, memoryFiles, type Moment, type Script } from "../testing/index.ts";
import { council, ofType, RUN, testBroker, testRun, type TestBroker, type TestRun } from "./run.test-support.ts";

const TOOLS = { read: { effect: "read-only", text: "seen" }, write: { effect: "destructive", text: "written" } } as const;

/** A model that depends on nothing but what it is sent, as a real one. */
const thinker =
  (answer: string): Script =>
  ({ request, messages }) => {
    if (request.kind === "presentation") return { text: `Presented: ${answer}` };
    if (request.ballot !== null)
      return { text: "Comparing.", vote: request.ballot.candidates.find(({ content }) => content.includes("twelve"))?.label ?? "none" };
    if (messages.some(({ role }) => role === "tool")) return { reasoning: "Now I know.", answer };
    return {
      text: "Looking.",
      pieces: 3,
      tools: [
        { name: "read", input: { q: 1 } },
        { name: "write", input: { n: 1 } },
        { name: "read", input: { q: 2 } },
      ],
    };
  };
const SCRIPTS = { a: thinker("eleven"), b: thinker("twelve"), c: thinker("13"), d: thinker("fourteen") };

const FACTS: ReadonlySet<string> = new Set([
  "model-step",
  "tool-result",
  "answer-submitted",
  "vote-submitted",
  "decision-invalid",
  "run-end",
]);

type Played = { readonly test: TestRun; readonly broker: TestBroker };

function play(resumeFrom?: readonly Entry[]): Played {
  const clock = fakeClock();
  let broker: TestBroker | null = null;
  const test = testRun(SCRIPTS, {
    clock,
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
    openTools: (record) => (broker = testBroker(TOOLS, clock, record)),
  });
  return { test, broker: broker ?? testBroker({}, clock, async () => {}) };
}

/**
 * All that reaches a model. Call ids do not; the scripted provider's ids are made of them, a real one's are stored.
 */
const keyOf = ({ request, messages }: Moment): string =>
  JSON.stringify([
    request.agent,
    request.kind,
    request.system,
    messages,
    request.workflow,
    request.allLabels,
    request.ballot,
    request.useTools,
  ]).replace(/"(p:)?[a-d]\/\d+\/\d+\.(\d+)"/g, '"$1$2"');
const asked = ({ backends }: TestRun): readonly Moment[] => Object.values(backends).flatMap((backend) => backend.asked);

describe("a run that was killed", () => {
  test("ends by the same rules wherever its log is cut: same winner, nothing finished is paid for again, no effect is repeated, requests byte for byte as they would have been (REQ-COORD-21)", async () => {
    const live = play();
    const whole = await live.test.finish();
    const entries = await live.test.entries();
    const liveKeys = new Set(asked(live.test).map(keyOf));
    expect(whole).toMatchObject({ winner: { id: "b" }, answer: "Presented: twelve" });
    const seen = { reruns: 0, unknown: 0, judged: 0 };
    for (let cut = 1; cut <= entries.length; cut++) {
      const before = entries.slice(0, cut);
      const resumed = play(before);
      const result = await resumed.test.finish();
      const where = `cut after entry ${cut} (${before.at(-1)?.type})`;
      expect(result, where).toMatchObject({ winner: whole.winner, answer: whole.answer, exitCode: 0 });
      const after = (await resumed.test.entries()).slice(cut);

      const paid = new Set(ofType(before, "model-step").map(({ turn, step }) => `${turn} ${step}`));
      const paidKeys = new Set(
        asked(live.test)
          .filter(({ request, step }) => paid.has(`${request.turn} ${step}`))
          .map(keyOf),
      );
      const again = asked(resumed.test);
      for (const moment of again) expect(paidKeys.has(keyOf(moment)), where).toBe(false);

      const known = new Set(ofType(before, "answer-submitted").map(({ answer }) => answer));
      for (const answer of known)
        expect(
          result.answers.map((each) => each.answer),
          where,
        ).toContain(answer);

      const unknown = ofType(after, "tool-result").filter(({ code }) => code === "outcome-unknown");
      const blind = new Set(unknown.map(({ agent }) => agent));
      for (const moment of again) if (!blind.has(moment.request.agent)) expect(liveKeys.has(keyOf(moment)), where).toBe(true);

      const started = new Set(
        ofType(before, "tool-call")
          .filter(({ effect }) => effect === "destructive")
          .map(({ call }) => `${call} write`),
      );
      for (const call of resumed.broker.started) expect(started.has(call), where).toBe(false);
      for (const { call } of unknown) expect(started.has(`${call} write`), where).toBe(true);

      seen.unknown += unknown.length;
      seen.reruns += resumed.broker.started.length;
      seen.judged += before.at(-1)?.type === "model-step" ? 1 : 0;
    }
    expect(Math.min(seen.unknown, seen.reruns, seen.judged)).toBeGreaterThan(3);
  });

  test("is resumed from a resumed log, again and again, after every single entry", async () => {
    const live = play();
    const whole = await live.test.finish();
    let entries = (await live.test.entries()).slice(0, 1);
    let steps = 0;
    for (let rounds = 0; rounds < 400; rounds++) {
      const again = play(entries);
      const result = await again.test.finish();
      const all = await again.test.entries();
      if (entries.at(-1)?.type === "run-end") {
        expect(result).toMatchObject({ winner: whole.winner, answer: whole.answer });
        break;
      }
      const added = all.slice(entries.length).findIndex(({ type }) => FACTS.has(type));
      entries = all.slice(0, added < 0 ? all.length : entries.length + added + 1);
      steps += 1;
    }
    expect(entries.at(-1)?.type).toBe("run-end");
    expect(steps).toBeGreaterThan(20);
    expect(ofType(entries, "model-step").filter(({ turn }) => turn.startsWith("a/")).length).toBeLessThanOrEqual(4);
  });

  test("is taken up on its file after a power cut, with everything that was decided", async () => {
    const files = memoryFiles();
    const first = fakeIo({ files });
    const log = await openFileLog({ run: RUN, folder: "/run", io: first, secrets: [] });
    const scripts = {
      a: council("eleven", (text) => text.includes("twelve")),
      b: council("twelve", (text) => text.includes("twelve"), { thinksMs: 10_000 }),
    };
    testRun(scripts, { log, clock: first.clock });
    await first.clock.advance(5_000);
    const left = fakeIo({ files: files.afterPowerCut(), pid: 2 });
    const { log: again, entries } = await reopenFileLog({ folder: "/run", io: left, secrets: [] });
    expect(ofType(entries, "answer-submitted").map(({ agent }) => agent)).toEqual(["a"]);
    const second = testRun(scripts, { log: again, clock: left.clock, resumeFrom: entries });
    expect(await second.finish()).toMatchObject({ winner: { id: "b" }, exitCode: 0 });
    expect(second.backends["a"]?.asked.map(({ request }) => request.kind)).not.toContain("first");
    const all = await second.entries();
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
    expect(all.every(({ activeMs }, index) => index === 0 || activeMs >= (all[index - 1]?.activeMs ?? 0))).toBe(true);
  });

  test("does not lose its deadlines: they count the time in which a process held the run", async () => {
    const slow: Script = () => ({ thinksMs: 50_000_000, answer: "never" });
    const scripts = { a: council("twelve", () => true), b: slow };
    const first = testRun(scripts, { settings: { orchestratorTimeoutMs: 100_000, firstAnswerDeadlineMs: 1_000_000 } });
    await first.clock.advance(60_000);
    await first.run.record({ type: "warning", code: "E_X", message: "the last sign of life" });
    const entries = await first.entries();
    const second = testRun(scripts, { resumeFrom: entries });
    const result = await second.finish();
    expect(result).toMatchObject({ cause: "timeout", winner: { id: "a" } });
    expect(second.clock.monotonic()).toBe(40_000);
  });

  test("a cancelled run goes on; an ended one gives its result again without asking anybody", async () => {
    const first = testRun({ a: council("twelve", () => true), b: council("b", () => true, { thinksMs: 5_000 }) });
    await first.clock.advance(1_000);
    await Promise.all([first.run.stop(), first.finish()]);
    const second = testRun(
      { a: council("twelve", (text) => text === "twelve"), b: council("b", (text) => text === "twelve") },
      { resumeFrom: await first.entries() },
    );
    const result = await second.finish();
    expect(result).toMatchObject({ winner: { id: "a" }, exitCode: 0 });
    const third = testRun({ a: [], b: [] }, { resumeFrom: await second.entries() });
    expect(await third.finish()).toEqual(result);
    expect(asked(third)).toEqual([]);
  });

  test("an agent out for a cause that may be over gets one new try (REQ-COORD-21)", async () => {
    const failing = { fail: { category: "network", code: "E_PROVIDER_NETWORK", message: "line down" } } as const;
    const first = testRun({
      a: [[{ answer: "twelve" }, {}], [{ thinksMs: 1_000_000, text: "never" }]],
      b: [[failing]],
      c: [[{ thinksMs: 100_000, answer: "c" }]],
    });
    await first.clock.advance(1_000);
    expect(ofType(await first.entries(), "turn-end").find(({ agent }) => agent === "b")).toMatchObject({ outcome: "failed" });
    const second = testRun(
      { a: council("twelve", (t) => t === "twelve"), b: council("b", (t) => t === "twelve"), c: council("c", (t) => t === "twelve") },
      { resumeFrom: await first.entries() },
    );
    const result = await second.finish();
    expect(result.answers.map(({ agent }) => agent).toSorted()).toEqual(["a", "b", "c"]);
    expect(result.degraded).toEqual([]);
  });

  test("budgets count what was used before", async () => {
    const budget = {
      run: { maxCostUsd: null, maxTokens: null, maxModelCalls: 5, maxToolCalls: null, maxMinutes: null },
      agents: new Map(),
    };
    const scripts = { a: council("twelve", (t) => t === "twelve"), b: council("b", (t) => t === "twelve") };
    const first = testRun(scripts, { budget });
    await first.finish();
    const entries = await first.entries();
    const cut = entries.findIndex(({ type }) => type === "presentation-start");
    const second = testRun(scripts, { budget, resumeFrom: entries.slice(0, cut) });
    expect(await second.finish()).toMatchObject({ source: "presentation" });
    expect(asked(second).length).toBe(1);
    const third = testRun(scripts, { budget: { ...budget, run: { ...budget.run, maxModelCalls: 4 } }, resumeFrom: entries.slice(0, cut) });
    expect(await third.finish()).toMatchObject({ source: "stored", answer: "twelve" });
    expect(asked(third).length).toBe(0);
  });

  test("a run whose time was over gets its time once more and is decided by votes (REQ-RUN-2)", async () => {
    const slow = { a: council("twelve", (t) => t === "twelve"), b: [[{ thinksMs: 3_000_000, text: "never" }]] };
    const settings = { orchestratorTimeoutMs: 60_000, firstAnswerDeadlineMs: 20_000 };
    const first = testRun(slow, { settings });
    expect(await first.finish()).toMatchObject({ cause: "timeout", exitCode: 0 });
    const second = testRun(
      { a: council("twelve", (t) => t === "twelve"), b: council("b", (t) => t === "twelve") },
      { settings, resumeFrom: await first.entries() },
    );
    expect(await second.finish()).toMatchObject({ cause: "votes", winner: { id: "a" }, degraded: [] });
    expect(ofType(await second.entries(), "run-resumed")).toMatchObject([{ orchestratorTimeoutMs: 120_000 }]);
    expect((await second.entries()).filter(({ type }) => type === "run-end")).toHaveLength(2);
  });

  test("a run whose budget was used up goes on with a larger one only, and pays for nothing twice (REQ-RUN-2)", async () => {
    const limited = (maxModelCalls: number) => ({
      run: { maxCostUsd: null, maxTokens: null, maxModelCalls, maxToolCalls: null, maxMinutes: null },
      agents: new Map(),
    });
    const scripts = { a: council("twelve", (t) => t === "twelve"), b: council("b", (t) => t === "twelve") };
    const first = testRun(scripts, { budget: limited(3) });
    const stopped = await first.finish();
    expect(stopped).toMatchObject({ cause: "budget", exitCode: 3, source: "stored" });
    const same = testRun(scripts, { budget: limited(3), resumeFrom: await first.entries() });
    expect(await same.finish()).toEqual(stopped);
    expect(asked(same)).toEqual([]);
    const more = testRun(scripts, { budget: limited(10), resumeFrom: await first.entries() });
    expect(await more.finish()).toMatchObject({ cause: "votes", exitCode: 0, source: "presentation", winner: { id: "a" } });
    expect(asked(more).length).toBe(2);
  });

  test("a chat whose text is whole in the log is not asked again; one that was cut off is", async () => {
    const scripts = { a: [[{ text: "Hello there" }]] };
    const settings = { singleAgent: "chat" } as const;
    const first = testRun(scripts, { settings });
    await first.finish();
    const entries = await first.entries();
    const cut = entries.findIndex(({ type }) => type === "model-step");
    for (const [length, times] of [
      [cut + 1, 0],
      [cut, 1],
    ] as const) {
      const again = testRun(scripts, { settings, resumeFrom: entries.slice(0, length) });
      expect(await again.finish()).toMatchObject({ answer: "Hello there", exitCode: 0 });
      expect(asked(again).length).toBe(times);
    }
  });

  test("a log is not resumed without its agents", async () => {
    const first = testRun({ a: council("x", () => true), b: council("y", () => true) });
    await first.finish();
    const entries = await first.entries();
    expect(() => testRun({ a: [] }, { resumeFrom: entries.slice(0, 5) })).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining("b") }),
    );
    expect(() => testRun({ a: [], b: [] }, { resumeFrom: entries.slice(1, 5) })).toThrow(
      expect.objectContaining({ code: "E_LOG_CORRUPT" }),
    );
  });
});

describe("the live state", () => {
  test("is the fold of the log, at every entry", async () => {
    const { test: run } = play();
    await run.finish();
    const state = (await run.entries()).reduce(evolve, initialState);
    expect(state.council).toEqual(run.run.state().council);
    expect(plan(state)).toEqual(plan(run.run.state()));
    expect(state.run?.settings).toEqual(DEFAULT_SETTINGS);
  });
});

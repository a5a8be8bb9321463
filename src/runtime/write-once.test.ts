// Calls left to the winner: recorded while agents deliberate, made once after the decision, whatever stops the run in between.
import { describe, expect, test } from "vitest";
import type { Entry } from "../core/index.ts";
import { fakeClock, type Script } from "../testing/index.ts";
import { entriesOf, ofType, testBroker, testRun, type TestBroker, type TestRunOptions, type TestTool } from "./run.test-support.ts";

const PAY: TestTool = { effect: "unknown", text: "paid", ms: 500, byWinner: true };

/** Pays, answers, votes for the answer of `b`, presents. */
const payer =
  (amount: number): Script =>
  ({ request, step }) => {
    // In a turn that goes on after a restart the call stands in the conversation the turn began with.
    const hasPaid = step > 1 || request.messages.some(({ role }) => role === "tool");
    if (request.kind === "presentation") return { text: "Presented." };
    if (request.ballot === null && !hasPaid) return { tools: [{ name: "pay", input: { amount } }] };
    if (request.ballot === null) return { answer: `I pay ${amount}.` };
    return { vote: request.ballot.candidates.find(({ content }) => content.includes("2"))?.label ?? "none" };
  };
const PAYERS = { a: payer(1), b: payer(2), c: payer(3) };

type Started = ReturnType<typeof testRun> & { readonly started: readonly string[] };
function paying(options: TestRunOptions = {}, pay: TestTool = PAY): Started {
  const clock = options.clock ?? fakeClock();
  let broker: TestBroker | null = null;
  const run = testRun(PAYERS, { ...options, clock, openTools: (record) => (broker = testBroker({ pay }, clock, record)) });
  return Object.assign(run, {
    get started() {
      return broker?.started ?? [];
    },
  });
}

const until = (entries: readonly Entry[], type: Entry["type"]): readonly Entry[] =>
  entries.slice(0, entries.findIndex((entry) => entry.type === type) + 1);

describe("write once, by the winner", () => {
  test("three agents pay, one payment is made, before the presentation is asked for (REQ-COORD-17)", async () => {
    const run = paying();
    const result = await run.finish();
    const entries = await run.entries();
    expect(
      ofType(entries, "intent-recorded")
        .map(({ agent }) => agent)
        .toSorted(),
    ).toEqual(["a", "b", "c"]);
    const [executed] = ofType(entries, "intent-executed");
    const order = entries.map(({ type }) => type).filter((type) => /^(?:intent-started|intent-executed|presentation-start)$/.test(type));
    expect(order).toEqual(["intent-started", "intent-executed", "presentation-start"]);
    expect(result.degraded).toEqual([]);
    expect(result.intents?.map(({ agent, fate }) => `${agent} ${fate}`).toSorted()).toEqual(["a dropped", "b done", "c dropped"]);
    expect(JSON.stringify(run.backends["b"]?.asked.at(-1)?.messages)).toContain("paid {");
    expect(executed?.isError).toBe(false);
    const told = JSON.stringify(run.backends["a"]?.asked.at(-1)?.messages);
    expect(told).toContain("Nothing has been sent yet");
    expect(told).toContain("planned-call");
  });

  test("a payment that fails is told to the presenter and makes the run degraded (REQ-COORD-17.2)", async () => {
    const run = paying({}, { ...PAY, fails: () => true });
    const result = await run.finish();
    expect(result.degraded).toEqual([expect.stringContaining("pay (s) failed")]);
    expect(JSON.stringify(run.backends["b"]?.asked.at(-1)?.messages)).toContain("failed: tool-error");
  });

  test("a process that dies while it pays never pays again, one that dies before pays on resume (REQ-COORD-17.4)", async () => {
    const whole = paying();
    await whole.finish();
    const log = await whole.entries();
    const during = paying({ resumeFrom: until(log, "intent-started") });
    const result = await during.finish();
    expect(during.started).toEqual([]);
    expect(result.intents?.find(({ agent }) => agent === "b")?.fate).toBe("unknown");
    expect(result.degraded).toEqual([expect.stringContaining("unknown outcome")]);
    const before = paying({
      resumeFrom: log.slice(
        0,
        log.findIndex(({ type }) => type === "intent-started"),
      ),
    });
    expect((await before.finish()).intents?.find(({ agent }) => agent === "b")?.fate).toBe("done");
    expect(before.started).toHaveLength(1);
    const after = paying({ resumeFrom: until(log, "intent-executed") });
    expect((await after.finish()).degraded).toEqual([]);
    expect(after.started).toEqual([]);
  });

  test("a process that dies after recording a call tells its author what it would have been told", async () => {
    const whole = paying();
    await whole.finish();
    const resumed = paying({ resumeFrom: until(await whole.entries(), "intent-recorded") });
    const result = await resumed.finish();
    const [first] = ofType(await resumed.entries(), "tool-result");
    expect(JSON.stringify(first?.content)).toContain("recorded");
    expect(result.intents?.filter(({ fate }) => fate === "done")).toHaveLength(1);
  });

  test("a process that dies between the call and its record has sent nothing: the call is recorded on resume (REQ-COORD-17.4)", async () => {
    const whole = paying();
    await whole.finish();
    const log = await whole.entries();
    const called = log.findIndex((entry) => entry.type === "tool-call" && entry.agent === "b");
    const resumed = paying({ resumeFrom: log.slice(0, called + 1).filter((entry) => entry.type !== "intent-recorded") });
    const result = await resumed.finish();
    expect(resumed.started).toHaveLength(1);
    expect(result.intents?.find(({ agent }) => agent === "b")?.fate).toBe("done");
    expect(result.degraded).toEqual([]);
  });

  test("a person who cancels while it pays ends the run at once; resuming it does not pay again", async () => {
    const clock = fakeClock();
    const run = paying({ clock }, { ...PAY, ms: 60_000 });
    run.log.follow((item) => {
      if (item.kind === "entry" && item.entry.type === "intent-started") clock.after(100, () => run.run.steering.cancel());
    });
    const result = await run.finish();
    expect(result.exitCode).toBe(130);
    expect(result.intents?.find(({ agent }) => agent === "b")?.fate).toBe("unknown");
    const resumed = paying({ resumeFrom: await entriesOf(run.log) });
    expect((await resumed.finish()).exitCode).toBe(0);
    expect(resumed.started).toEqual([]);
  });

  test("a call whose arguments lost a secret in the log is not made after a restart", async () => {
    const whole = paying({ secrets: ["amount"] });
    await whole.finish();
    expect(whole.started).toHaveLength(1);
    const log = await whole.entries();
    const hidden = log.map((entry) => (entry.type === "intent-recorded" ? { ...entry, input: { to: "[redacted]" } } : entry));
    const resumed = paying({
      resumeFrom: hidden.slice(
        0,
        log.findIndex(({ type }) => type === "intent-started"),
      ),
    });
    const result = await resumed.finish();
    expect(resumed.started).toEqual([]);
    expect(result.degraded).toEqual([expect.stringContaining("failed")]);
  });

  test("one agent alone has nobody to agree with: its calls are made at once", async () => {
    const clock = fakeClock();
    let broker: TestBroker | null = null;
    const { a } = PAYERS;
    const run = testRun({ a }, { clock, openTools: (record) => (broker = testBroker({ pay: PAY }, clock, record)) });
    await run.finish();
    expect((broker as TestBroker | null)?.started).toHaveLength(1);
    expect(ofType(await run.entries(), "intent-recorded")).toEqual([]);
  });

  test("without the server the call is impossible, said, and the run goes on", async () => {
    const whole = paying();
    await whole.finish();
    const log = await whole.entries();
    const before = log.slice(
      0,
      log.findIndex(({ type }) => type === "intent-started"),
    );
    const resumed = testRun(PAYERS, { resumeFrom: before });
    expect((await resumed.finish()).degraded).toEqual([expect.stringContaining("pay (s) failed")]);
  });
});

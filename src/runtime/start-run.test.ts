import { describe, expect, test } from "vitest";
import type { Backend, TurnPart } from "../backends/contract.ts";
import { callId, turnId, UNKNOWN_USAGE } from "../core/index.ts";
import { followWithAgentFiles, openFileLog } from "../log/index.ts";
import { fakeClock, fakeIo, scriptedBackend, type Script } from "../testing/index.ts";
import { council, entriesOf, id, ofType, requests, RUN, testBroker, testRun, type TestBroker } from "./run.test-support.ts";

const twelve = (content: string): boolean => content.includes("twelve");

describe("a run", () => {
  test("three agents answer, vote and present; nothing is asked twice (REQ-COORD-14, REQ-COORD-18)", async () => {
    const run = testRun({ a: council("eleven", twelve), b: council("It is twelve.", twelve), c: council("13", twelve) });
    const result = await run.finish();
    expect(result).toMatchObject({
      answer: "Presented: It is twelve.",
      source: "presentation",
      winner: { id: "b", answer: "b.1" },
      cause: "votes",
      degraded: [],
      exitCode: 0,
    });
    expect(requests(run)).toBeLessThanOrEqual(7);
    const entries = await run.entries();
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.at(-1)?.type).toBe("run-end");
    expect(ofType(entries, "turn-end").every(({ outcome }) => outcome !== "failed")).toBe(true);
    expect(result.agents.map(({ steps, usage }) => [steps, usage.outputTokens])).toEqual(
      Object.values(run.backends).map(({ asked }) => [asked.length, asked.length * 5]),
    );
  });

  test("on a file it leaves the log, the agents' texts and the answer, and the result names the folder", async () => {
    const io = fakeIo();
    const log = await openFileLog({ run: RUN, folder: "/run", io, secrets: [] });
    const files = followWithAgentFiles({ log, folder: "/run", io });
    const run = testRun({ a: council("eleven", twelve), b: council("It is twelve.", twelve) }, { log, clock: io.clock });
    const result = await run.finish();
    await files.close();
    expect(result).toMatchObject({ runPath: "/run", runId: RUN, winner: { id: "b" } });
    expect(io.files.text("/run/final/answer.md")).toBe("Presented: It is twelve.\n");
    expect(io.files.text("/run/agent_outputs/b.txt")).toContain("[answer b.1]");
    expect((await entriesOf(log)).at(-1)?.type).toBe("run-end");
    expect(io.files.paths()).not.toContain("/run/run.lock");
  });

  test("five agents need at most five answers, five votes and one presentation", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const run = testRun(
      Object.fromEntries(names.map((name) => [name, council(name === "d" ? "twelve" : `not ${name}`, twelve, { thinksMs: 10 })])),
    );
    const result = await run.finish();
    expect(result.winner?.id).toBe("d");
    expect(requests(run)).toBeLessThanOrEqual(11);
    for (const { asked } of Object.values(run.backends)) expect(asked.filter(({ request }) => request.kind === "first").length).toBe(1);
  });

  test("two agents never do work that is thrown away, whoever is slower", async () => {
    for (const slow of [0, 1, 500, 100_000]) {
      const run = testRun({ a: council("eleven", twelve), b: council("twelve", twelve, { thinksMs: slow }) });
      const result = await run.finish();
      expect(result).toMatchObject({ winner: { id: "b" }, degraded: [] });
      expect(requests(run)).toBe(5);
      expect(ofType(await run.entries(), "model-step").every(({ finish }) => finish !== "interrupted")).toBe(true);
    }
  });

  test("one agent answers once: no vote, no presentation (REQ-COORD-19)", async () => {
    const run = testRun({ a: [[{ answer: "twelve" }]] });
    expect(await run.finish()).toMatchObject({ answer: "twelve", source: "stored", cause: "single", exitCode: 0 });
    expect(requests(run)).toBe(1);
  });

  test("plain chat: the text is the answer, the history comes as messages (REQ-COORD-19)", async () => {
    const run = testRun(
      { a: [[{ text: "Hello " + "again" }]] },
      {
        settings: { singleAgent: "chat" },
        history: [
          { role: "user", text: "Hi" },
          { role: "assistant", text: "Hello" },
        ],
        question: "And now?",
      },
    );
    expect(await run.finish()).toMatchObject({ answer: "Hello again", exitCode: 0 });
    const [asked] = run.backends["a"]?.asked ?? [];
    expect(asked?.request).toMatchObject({ kind: "chat", workflow: [], ballot: null });
    expect(asked?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
  });
});

describe("news", () => {
  const improver: Script = ({ request }) => {
    if (request.kind === "presentation") return { text: "Presented." };
    if (request.kind === "first") return { answer: "first try" };
    return request.ballot?.candidates.some(({ content }) => content.includes("improved"))
      ? { vote: label(request, "improved") }
      : { thinksMs: 100, answer: "improved" };
  };
  const label = (request: Parameters<Script>[0]["request"], text: string): string =>
    request.ballot?.candidates.find(({ content }) => content.includes(text))?.label ?? "none";

  test("a step in progress is dropped whole, and its agent is told what is new in the same conversation (REQ-COORD-11)", async () => {
    const voter: Script = ({ request }) =>
      request.kind === "first"
        ? { answer: "other" }
        : request.kind === "presentation"
          ? { text: "P" }
          : { text: "Let me see", thinksMs: 50, writesMs: 1000, vote: label(request, "improved") };
    const run = testRun({ a: improver, b: voter });
    const result = await run.finish();
    const entries = await run.entries();
    expect(result).toMatchObject({ winner: { id: "a", answer: "a.2" }, degraded: [] });
    const dropped = ofType(entries, "model-step").filter(({ finish }) => finish === "interrupted");
    expect(dropped).toMatchObject([{ agent: "b", savedTokens: 1 }]);
    expect(
      ofType(entries, "turn-end")
        .filter(({ outcome }) => outcome === "interrupted")
        .map(({ agent }) => agent),
    ).toEqual(["b"]);
    const last = run.backends["b"]?.asked.at(-1);
    expect(last?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user", "user"]);
    expect(last?.request.freshFrom).toBe(4);
    expect(JSON.stringify(last?.messages.at(-1))).toContain("improved");
  });

  test("a step that has begun an answer is let finish (REQ-COORD-11)", async () => {
    const writer: Script = ({ request }) => {
      if (request.kind === "first") return { answer: "other" };
      if (request.kind === "presentation") return { text: "P" };
      return { writesMs: 1000, ...(request.turn === turnId(id("b"), 2) ? { answer: "b improved" } : { vote: label(request, "improved") }) };
    };
    const run = testRun({ a: improver, b: writer });
    const result = await run.finish();
    expect(result.answers.map(({ answer }) => answer)).toEqual(["a.1", "b.1", "a.2", "b.2"]);
    expect(ofType(await run.entries(), "model-step").filter(({ agent, finish }) => agent === "b" && finish === "interrupted")).toEqual([]);
  });
});

describe("the decision", () => {
  const slowTool = (name: string, ms: number, effect: "read-only" | "destructive") => ({ [name]: { effect, text: "done", ms } });

  /** a, b and c agree while d is busy with a tool in its evaluation. */
  function busyRun(tools: Parameters<typeof testBroker>[0]): {
    readonly run: ReturnType<typeof testRun>;
    readonly broker: () => TestBroker;
  } {
    let broker: TestBroker | null = null;
    const [tool = ""] = Object.keys(tools);
    const busy: Script = ({ request, step }) =>
      request.kind === "first"
        ? { answer: "d's" }
        : step === 1
          ? { tools: [{ name: tool, input: { n: 1 } }] }
          : { vote: request.allLabels[0] ?? "" };
    const quick = (text: string): Script => council(text, twelve, { thinksMs: 10 });
    const run = testRun(
      { a: quick("twelve"), b: quick("b"), c: quick("c"), d: busy },
      {
        openTools: (record) => (broker = testBroker(tools, run0.clock, record)),
        clock: run0.clock,
      },
    );
    return { run, broker: () => broker ?? expect.unreachable() };
  }
  const run0 = { clock: fakeIo().clock };

  test("cancels reading calls at once (REQ-COORD-16)", async () => {
    run0.clock = fakeIo().clock;
    const { run, broker } = busyRun(slowTool("read", 1_000_000, "read-only"));
    const result = await run.finish();
    expect(result.cause).toBe("votes");
    expect(run.clock.monotonic()).toBeLessThan(100);
    expect(broker().started).toEqual([`${callId(turnId(id("d"), 2), 1, 1)} read`]);
    expect(ofType(await run.entries(), "tool-result").filter(({ name }) => name === "read")).toMatchObject([
      { isError: true, code: "cancelled", unused: true },
    ]);
    expect(broker().closed).toBe(true);
  });

  test("lets another call go on up to ten seconds; its result is logged and not used (REQ-COORD-16)", async () => {
    for (const [ms, expected] of [
      [4_000, { isError: false, unused: true }],
      [60_000, { isError: true, code: "outcome-unknown", unused: true }],
    ] as const) {
      run0.clock = fakeIo().clock;
      const { run } = busyRun(slowTool("write", ms, "destructive"));
      const result = await run.finish();
      const entries = await run.entries();
      expect(result.winner?.id).toBe("a");
      expect(ofType(entries, "tool-result").filter(({ name }) => name === "write")).toMatchObject([expected]);
      expect(run.clock.monotonic()).toBeLessThanOrEqual(10_100);
      expect(
        ofType(entries, "turn-end")
          .filter(({ agent }) => agent === "d")
          .at(-1)?.outcome,
      ).toBe("interrupted");
    }
  });

  test("an answer that comes after it is logged as late and changes nothing (REQ-COORD-6)", async () => {
    const clock = fakeClock();
    const late: Backend = {
      ...scriptedBackend([]),
      // Told to stop, it still hands in what it has.
      async *runTurn(request, ports): AsyncGenerator<TurnPart> {
        await new Promise<void>((resolve) => ports.abort.addEventListener("abort", () => resolve()));
        const call = { call: callId(request.turn, 1, 1), providerCall: "p", name: "new_answer", input: { content: "too late" } };
        yield {
          type: "model-step",
          step: 1,
          parts: [{ type: "tool-call", ...call }],
          finish: "tool-calls",
          usage: UNKNOWN_USAGE,
          costUsd: null,
          model: null,
        };
        const reply = await ports.decide(1, [call]);
        expect(reply.accepted).toBe(true);
        yield { type: "turn-finished", outcome: "decided" };
      },
    };
    const run = testRun(
      { a: council("twelve", twelve), b: council("b", twelve), c: [] },
      { settings: { firstAnswerDeadlineMs: 100 }, clock, replace: { c: late } },
    );
    const result = await run.finish();
    expect(result).toMatchObject({ winner: { id: "a" }, answers: [{}, {}, { answer: "c.1", late: true }] });
    expect(ofType(await run.entries(), "answer-submitted").at(-1)).toMatchObject({ agent: "c", late: true });
  });

  test("a vote for an answer equal to the winning one counts for it in the result, too", async () => {
    const votes: Script = ({ request }) =>
      request.kind === "presentation"
        ? { text: "P" }
        : request.ballot === null
          ? { answer: "twelve" }
          : { vote: request.ballot.candidates.find(({ content }) => content === "twelve")?.label ?? "none" };
    const run = testRun({ a: votes, b: votes, c: council("no", (text) => text === "no") }, { settings: { earlyDecision: false } });
    const result = await run.finish();
    expect(result.winner?.id).toBe("a");
    expect(Object.fromEntries(result.votes.map(({ voter, forWinner }) => [voter, forWinner]))).toEqual({ a: true, b: true, c: false });
  });
});

// Rules 17–19: recorded intents, the presentation, and runs of one agent.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  begun,
  check,
  command,
  deadline,
  end,
  executed,
  fail,
  intent,
  modelStep,
  outOfBudget,
  planOf,
  present,
  presented,
  resumed,
  start,
  vote,
  type Step,
} from "./council.test-support.ts";
import {
  candidates,
  canGoOn,
  conversationOf,
  decisionOf,
  degradedLines,
  intentReports,
  plan,
  presentationPrompt,
  presentationState,
  promptFor,
  workflowTools,
  type TurnPlan,
} from "./index.ts";
import { agentId } from "./ids.ts";

const answered = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma")];

describe("REQ-COORD-17: recorded intents", () => {
  const planned: readonly Step[] = [
    start("bob"),
    intent("bob", "bob/1/1.1"),
    intent("bob", "bob/1/1.1"),
    intent("bob", "bob/1/1.2"),
    start("cid"),
    intent("cid", "cid/1/1.1"),
    ...answered,
  ];
  const decided: readonly Step[] = [...planned, vote("ann", "bob"), vote("cid", "bob")];

  check(
    "REQ-COORD-17.1: the winner's come before the presentation, each once",
    {},
    decided,
    (council, { intents, presentation, end: outcome }) => {
      expect([intents, presentation, outcome]).toEqual([["bob/1/1.1", "bob/1/1.2"], null, null]);
      executed("bob/1/1.1")(council);
      expect(plan(council.state).intents).toEqual(["bob/1/1.2"]);
      executed("bob/1/1.1", true)(council);
      executed("bob/1/1.2")(council);
      expect(plan(council.state)).toMatchObject({ intents: [], presentation: { agent: "bob" } });
      expect(degradedLines(council.state)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-17.1: what is recorded twice or after the decision is not executed",
    {},
    [...decided, intent("bob", "bob/1/1.1"), intent("bob", "bob/1/1.9")],
    (council, { intents }) => {
      expect(intents).toEqual(["bob/1/1.1", "bob/1/1.2"]);
      expect(intentReports(council.state).map(({ fate }) => fate)).toEqual(["waiting", "waiting", "dropped", "dropped"]);
    },
  );

  check(
    "REQ-COORD-17.2: the presenter is told the results, and a failure makes the run degraded",
    {},
    [...decided, executed("bob/1/1.1"), executed("bob/1/1.2", true), present("bob"), presented("bob", "done")],
    (council) => {
      expect(presentationPrompt(council.state)).toMatch(
        /write \(files\) \{\} succeeded: outcome of bob\/1\/1\.1[\s\S]*write \(files\) \{\} failed: outcome of bob\/1\/1\.2/u,
      );
      expect(plan(council.state).end).toMatchObject({
        source: "presentation",
        degraded: [expect.stringContaining("write (files) failed")],
      });
    },
  );
});

describe("REQ-COORD-17.3: what is executed is what was voted on", () => {
  check(
    "REQ-COORD-17.3: voters see the planned calls beside the answer, and what was planned after it is not executed",
    { settings: { earlyDecision: false } },
    [start("bob"), intent("bob", "bob/1/1.1", { amount: 5 }), ...answered, start("bob"), intent("bob", "bob/2/1.1", { amount: 7 })],
    (council) => {
      const shown = promptFor(council.state, planOf(council, "ann") as TurnPlan);
      expect(shown).toMatch(/<planned-call-\w+ label="agent3">\nwrite \(files\) \{"amount":5\}\n/u);
      expect(shown).toContain("have not been made");
      for (const voter of [vote("bob", "bob"), vote("ann", "bob"), vote("cid", "bob")]) voter(council);
      expect(plan(council.state).intents).toEqual(["bob/1/1.1"]);
      expect(intentReports(council.state).map(({ call, fate }) => [call, fate])).toEqual([
        ["bob/1/1.1", "waiting"],
        ["bob/2/1.1", "dropped"],
      ]);
    },
  );

  check(
    "REQ-COORD-17.3: arguments beyond what can be judged are cut for voters",
    {},
    [start("bob"), intent("bob", "bob/1/1.1", { text: "x".repeat(50_000) }), ...answered],
    (council) => {
      const shown = promptFor(council.state, planOf(council, "ann") as TurnPlan);
      expect(shown).toContain("… (50011 characters)");
      expect(shown.length).toBeLessThan(12_000);
    },
  );

  check(
    "REQ-COORD-17.3: a new answer also stands for what was planned for it",
    {},
    [
      start("bob"),
      intent("bob", "bob/1/1.1"),
      ...answered,
      start("bob"),
      intent("bob", "bob/2/1.1"),
      answer("bob", "beta two"),
      vote("ann", "bob"),
      vote("cid", "bob"),
    ],
    (_, { intents }) => expect(intents).toEqual(["bob/1/1.1", "bob/2/1.1"]),
  );

  check(
    "REQ-COORD-17.3: equal texts with other planned calls are other answers, with the same calls they are one",
    { agents: ["ann", "bob"] },
    [
      start("ann"),
      intent("ann", "ann/1/1.1", { amount: 5, to: "x" }),
      start("bob"),
      intent("bob", "bob/1/1.1", { amount: 500, to: "x" }),
      answer("ann", "Paid."),
      answer("bob", "Paid."),
    ],
    (council) => expect([decisionOf(council.state), candidates(council.state).length]).toEqual([null, 2]),
  );
  check(
    "REQ-COORD-17.3: equal answers with equal planned calls are executed for one author",
    { agents: ["ann", "bob"] },
    [
      start("ann"),
      intent("ann", "ann/1/1.1", { amount: 5, to: "x" }),
      start("bob"),
      intent("bob", "bob/1/1.1", { to: "x", amount: 5 }),
      answer("bob", "Paid."),
      answer("ann", "Paid."),
    ],
    (council, { intents }) => expect([decisionOf(council.state)?.cause, intents]).toEqual(["unanimous", ["ann/1/1.1"]]),
  );
});

describe("REQ-COORD-17.4: crash, pause and forced ends", () => {
  const planned: readonly Step[] = [start("bob"), intent("bob", "bob/1/1.1"), intent("bob", "bob/1/1.2"), ...answered];
  const decided: readonly Step[] = [...planned, vote("ann", "bob"), vote("cid", "bob")];

  check(
    "REQ-COORD-17.4: what had begun and not ended is not begun again after a crash, what had not begun is executed",
    {},
    [...decided, begun("bob/1/1.1"), resumed],
    (council, { intents }) => {
      expect(intents).toEqual(["bob/1/1.2"]);
      expect(intentReports(council.state).map(({ fate }) => fate)).toEqual(["unknown", "waiting"]);
      executed("bob/1/1.2")(council);
      expect(plan(council.state).presentation).toMatchObject({ agent: "bob" });
      expect(degradedLines(council.state)).toEqual([expect.stringContaining("unknown outcome")]);
      expect(presentationPrompt(council.state)).toContain("The outcome is unknown");
    },
  );

  check("REQ-COORD-17.4: a pause holds back what has not begun", {}, [...decided, begun("bob/1/1.1"), command("pause")], (council) => {
    expect(plan(council.state).intents).toEqual(["bob/1/1.1"]);
    executed("bob/1/1.1")(council);
    expect(plan(council.state)).toMatchObject({ intents: [], presentation: null, end: null });
    command("resume")(council);
    expect(plan(council.state).intents).toEqual(["bob/1/1.2"]);
  });

  for (const [cause, force] of [
    ["timeout", deadline("orchestrator")],
    ["budget", outOfBudget],
    ["answer-now", command("answer-now")],
  ] as const) {
    check(
      `REQ-COORD-17.4: a decision forced by ${cause} executes the chosen answer's calls`,
      {},
      [...planned, vote("ann", "bob"), force],
      (_, { intents }) => expect(intents).toEqual(["bob/1/1.1", "bob/1/1.2"]),
    );
  }

  check(
    "REQ-COORD-17.4: a forced decision whose calls were begun is not taken back by a resume",
    {},
    [...planned, vote("ann", "bob"), deadline("orchestrator")],
    (council) => {
      const result = { outcome: "answered", cause: "timeout" } as never;
      const stopped = { ...council.state, ended: result };
      expect(canGoOn(stopped)).toBe(true);
      begun("bob/1/1.1")(council);
      executed("bob/1/1.1")(council);
      executed("bob/1/1.2")(council);
      add({ type: "run-end", result })(council);
      expect(canGoOn(council.state)).toBe(false);
    },
  );

  check("REQ-COORD-17.4: a cancelled run executes nothing", {}, [...decided, command("cancel")], (_, { intents, end: outcome }) => {
    expect([intents, outcome?.outcome]).toEqual([[], "interrupted"]);
  });

  check(
    "REQ-COORD-17.2: the presenter hears that the other agents' calls were not made",
    {},
    [start("ann"), intent("ann", "ann/1/1.1"), ...decided, executed("bob/1/1.1"), executed("bob/1/1.2")],
    (council) => expect(presentationPrompt(council.state)).toContain("has not been made and will not be"),
  );
});

describe("REQ-COORD-18: presentation", () => {
  const history = [
    { role: "user", text: "Earlier question" },
    { role: "assistant", text: "Earlier reply" },
  ] as const;
  const decided = [...answered, vote("ann", "bob", "because of it"), vote("cid", "bob", "me too")];

  check(
    "REQ-COORD-18.1: the winner is told history, candidates and votes with their reasons, by labels only",
    { history },
    decided,
    (council, { end: outcome }) => {
      const prompt = presentationPrompt(council.state);
      for (const part of [
        "Earlier question",
        "Earlier reply",
        "Which?",
        "alpha",
        "beta",
        "gamma",
        "because of it",
        "me too",
        'by="agent2" for="agent3"',
        'by="agent1" for="agent3"',
        "answer of agent3",
      ])
        expect(prompt).toContain(part);
      expect(prompt).not.toMatch(/\b(?:ann|bob|cid)\b/u);
      expect(outcome).toBeNull();
    },
  );

  check(
    "REQ-COORD-18.1: what is presented is the result, and it is presented once",
    {},
    [...decided, present("bob")],
    (council, { presentation, end: outcome }) => {
      expect([presentation?.agent, outcome]).toEqual(["bob", null]);
      presented("bob", "Presented.")(council);
      expect(plan(council.state)).toMatchObject({
        presentation: null,
        end: { outcome: "answered", answer: "Presented.", source: "presentation", degraded: [] },
      });
      present("bob")(council);
      expect(presentationState(council.state)?.end?.text).toBe("Presented.");
    },
  );

  check("REQ-COORD-18.1: the presentation goes on in the winner's conversation", {}, [...decided, present("bob")], (council) => {
    const turn = presentationState(council.state)?.turn;
    council.append(modelStep({ agent: agentId("bob"), turn: turn as never }, [{ type: "text", text: "Presented." }], "stop"));
    expect(conversationOf(council.state, agentId("bob")).slice(-2)).toEqual([
      { role: "user", text: presentationPrompt(council.state) },
      { role: "assistant", parts: [{ type: "text", text: "Presented." }] },
    ]);
  });

  for (const [text, outcome, why] of [
    ["", "done", "empty"],
    [" \n", "done", "empty"],
    ["cut", "failed", "failed"],
    ["half", "interrupted", "interrupted"],
  ] as const) {
    check(
      `REQ-COORD-18.2: a presentation that is ${why} ("${text.trim()}") leaves the stored answer, degraded`,
      {},
      [...decided, present("bob"), presented("bob", text, outcome)],
      (_, { end: result }) => {
        expect(result).toMatchObject({ outcome: "answered", answer: "beta", source: "stored", degraded: [expect.stringContaining(why)] });
      },
    );
  }

  check("REQ-COORD-18.2: the failure's message is the reason", {}, [...decided, present("bob")], (council) => {
    const turn = presentationState(council.state)?.turn as never;
    const failure = { category: "refused", code: "E_PROVIDER_REPLY", message: "the model refused" } as const;
    council.append({ type: "presentation-end", agent: agentId("bob"), turn, outcome: "failed", text: "x", failure });
    expect(plan(council.state).end?.degraded).toEqual([expect.stringContaining("the model refused")]);
  });

  check(
    "REQ-COORD-18.2: a winner that is out does not present",
    {},
    [
      answer("ann", "alpha"),
      answer("bob", "beta"),
      answer("cid", "gamma"),
      fail("bob", "authentication"),
      vote("ann", "bob"),
      vote("cid", "bob"),
    ],
    (_, { presentation, end: outcome }) => {
      expect(presentation).toBeNull();
      expect(outcome).toMatchObject({
        answer: "beta",
        source: "stored",
        degraded: ["bob is out: authentication trouble", expect.stringContaining("its agent is out")],
      });
    },
  );

  check("REQ-COORD-18.1: only the winner presents, and only an open presentation ends", {}, [...decided, present("ann")], (council) => {
    expect(presentationState(council.state)).toBeNull();
    present("bob")(council);
    add({ type: "presentation-end", agent: agentId("bob"), turn: "bob/99" as never, outcome: "done", text: "forged" })(council);
    expect(presentationState(council.state)?.end).toBeNull();
    presented("bob", "first")(council);
    add({
      type: "presentation-end",
      agent: agentId("bob"),
      turn: presentationState(council.state)?.turn as never,
      outcome: "done",
      text: "second",
    })(council);
    expect(presentationState(council.state)?.end?.text).toBe("first");
  });

  check(
    "REQ-COORD-18.3: a model that does not present leaves its stored answer, not degraded",
    { silent: ["bob"] },
    decided,
    (_, { presentation, end: outcome }) => {
      expect(presentation).toBeNull();
      expect(outcome).toMatchObject({ answer: "beta", source: "stored", degraded: [] });
    },
  );

  check(
    "REQ-COORD-18.3: it is not degraded either when that model is out",
    { silent: ["bob"] },
    [...answered, fail("bob", "authentication"), vote("ann", "bob"), vote("cid", "bob")],
    (_, { end: outcome }) => {
      expect(outcome?.degraded).toEqual(["bob is out: authentication trouble"]);
    },
  );
});

describe("REQ-COORD-19: one agent", () => {
  check("REQ-COORD-19.1: one answer, no vote, no presentation", { agents: ["ann"] }, [], (council, { turns }) => {
    expect(turns).toMatchObject([{ agent: "ann", kind: "first", mayAnswer: true, mayVote: [] }]);
    answer("ann", "alpha")(council);
    expect(plan(council.state)).toMatchObject({
      turns: [],
      presentation: null,
      end: { outcome: "answered", answer: "alpha", source: "stored", cause: "single", degraded: [] },
    });
  });

  const chat = {
    agents: ["ann"],
    settings: { singleAgent: "chat" as const },
    history: [
      { role: "user", text: "Hi" },
      { role: "assistant", text: "Hello" },
    ] as const,
    question: "And now?",
  };

  check("REQ-COORD-19.2: plain chat has no workflow tools and asks the question itself", chat, [start("ann")], (council, { turns }) => {
    expect(turns).toEqual([{ agent: "ann", kind: "chat", shown: [], mayAnswer: false, mayVote: [], letFinish: false }]);
    expect(workflowTools(council.state, turns[0] as TurnPlan)).toEqual([]);
    expect(conversationOf(council.state, agentId("ann"))).toEqual([
      { role: "user", text: "Hi" },
      { role: "assistant", parts: [{ type: "text", text: "Hello" }] },
      { role: "user", text: "And now?" },
    ]);
    council.append({
      type: "answer-submitted",
      agent: agentId("ann"),
      turn: "ann/1" as never,
      answer: "ann.1" as never,
      content: "Later.",
      late: false,
    });
    end("ann")(council);
    expect(plan(council.state).end).toMatchObject({ outcome: "answered", answer: "Later.", cause: "single" });
  });

  check("REQ-COORD-19.2: a chat that says nothing is no answer", chat, [start("ann"), end("ann")], (_, { end: outcome, turns }) => {
    expect(turns).toEqual([]);
    expect(outcome?.outcome).toBe("no-answer");
  });

  check("REQ-COORD-19.2: several agents never chat", { settings: { singleAgent: "chat" } }, [], (council) => {
    expect(planOf(council, "ann")).toMatchObject({ kind: "first", mayAnswer: true });
    expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toContain("new_answer");
  });
});

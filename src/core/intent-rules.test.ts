// Rule 17: recorded intents.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  answered,
  begun,
  check,
  command,
  deadline,
  executed,
  intent,
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
  decisionOf,
  degradedLines,
  intentReports,
  plan,
  presentationPrompt,
  promptFor,
  type TurnPlan,
} from "./index.ts";

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

// Rules 18 and 19: the presentation, and runs of one agent.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  answered,
  check,
  end,
  fail,
  modelStep,
  planOf,
  present,
  presented,
  start,
  unjudged,
  vote,
} from "./council.test-support.ts";
import { conversationOf, plan, presentationPrompt, presentationState, promptFor, workflowTools, type TurnPlan } from "./index.ts";
import { agentId } from "./ids.ts";

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
    expect(workflowTools(turns[0] as TurnPlan)).toEqual([]);
    expect(conversationOf(council.state, agentId("ann"))).toEqual([
      { role: "user", text: "Hi" },
      { role: "assistant", parts: [{ type: "text", text: "Hello" }] },
      { role: "user", text: "And now?" },
    ]);
    unjudged("ann.1", "Later.", { turn: "ann/1" })(council);
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

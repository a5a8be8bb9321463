// Rules 1–3: what ends a turn, and what puts an agent out.
import { describe, expect, test } from "vitest";
import {
  answer,
  answered,
  callOf,
  check,
  deadline,
  decide,
  drop,
  end,
  fail,
  four,
  newCouncil,
  openTurn,
  planOf,
  start,
  vote,
  winner,
  working,
} from "./council.test-support.ts";
import { agentStates, conversationOf, judge, standingVotes, type CallId, type DecisionFault, type JudgedCall } from "./index.ts";
import { agentId } from "./ids.ts";

const two = { agents: ["ann", "bob"] };

describe("REQ-COORD-1: a turn ends with one decision", () => {
  check(
    "REQ-COORD-1.1: an accepted answer ends the turn and a second decision in it counts for nothing",
    two,
    [start("ann")],
    (council) => {
      const turn = openTurn(council, "ann");
      expect(decide(council, "ann", [callOf("new_answer", { content: "one" })])).toMatchObject({ accepted: true, over: true, nudge: null });
      council.append({ type: "answer-submitted", agent: agentId("ann"), turn, answer: "ann.9" as never, content: "two", late: false });
      expect(council.state.council.current.map(({ content }) => content)).toEqual(["one"]);
      const again = judge(council.state, turn, [callOf("new_answer", { content: "three" })]);
      expect(again).toMatchObject({ events: [], over: true, accepted: false, results: [{ isError: true }] });
    },
  );

  check(
    "REQ-COORD-1.1: a second vote in a turn counts for nothing",
    four,
    [answer("ann", "a"), answer("bob", "b"), answer("cid", "c"), answer("dan", "d"), start("ann")],
    (council) => {
      const turn = openTurn(council, "ann");
      decide(council, "ann", [callOf("vote", { agent_id: "agent3", reason: "" })]);
      council.append({
        type: "vote-submitted",
        agent: agentId("ann"),
        turn,
        for: "cid.1" as never,
        reason: "",
        shown: ["ann.1", "bob.1", "cid.1", "dan.1"] as never,
      });
      expect(standingVotes(council.state).map((each) => each.for)).toEqual(["bob.1"]);
    },
  );

  check("REQ-COORD-1.1: a turn that has decided is left alone until it ends", two, [answer("ann", "a"), start("bob")], (council) => {
    decide(council, "bob", [callOf("new_answer", { content: "b" })]);
    const turn = planOf(council, "bob");
    expect(turn).toMatchObject({ kind: "first", shown: [], letFinish: true });
    end("bob")(council);
    expect(planOf(council, "bob")).toMatchObject({ kind: "evaluation", letFinish: false });
  });

  check(
    "REQ-COORD-1.2: several decisions are all refused with one error, REQ-COORD-1.3: and each call gets a result",
    two,
    [start("ann")],
    (council) => {
      const calls = [
        callOf("new_answer", { content: "x" }),
        callOf("new_answer", { content: "y" }),
        callOf("vote", { agent_id: "agent3" }),
      ];
      const judged = decide(council, "ann", calls);
      expect(judged.accepted).toBe(false);
      expect(judged.events.map(({ type }) => type)).toEqual(["decision-invalid", "tool-result", "tool-result", "tool-result"]);
      expect(judged.events[0]).toMatchObject({ fault: "several", attempt: 1 });
      expect(judged.results.map(({ call }) => call)).toEqual(calls.map(({ call }) => call));
      expect(new Set(judged.results.map(({ text }) => text)).size).toBe(1);
      expect(judged.results.every(({ isError }) => isError)).toBe(true);
      expect(judged.nudge).toBeNull();
      expect(council.state.council.answers.size).toBe(0);
    },
  );

  check(
    "REQ-COORD-1.3: the result of a refused call is an error that carries the fault; of an accepted one it is none",
    two,
    [start("ann"), start("bob")],
    (council) => {
      expect(decide(council, "ann", [callOf("new_answer", { content: " " })]).events[1]).toMatchObject({
        type: "tool-result",
        isError: true,
        code: "empty",
        durationMs: 0,
      });
      expect(decide(council, "bob", [callOf("new_answer", { content: "b" })]).events.at(-1)).toMatchObject({
        type: "tool-result",
        isError: false,
        code: null,
      });
    },
  );

  check("REQ-COORD-1.4: a dropped step is not an attempt", two, [start("ann"), drop("ann"), drop("ann"), drop("ann")], (council) => {
    expect(decide(council, "ann", []).events[0]).toMatchObject({ type: "decision-invalid", attempt: 1 });
  });

  const faults: readonly (readonly [DecisionFault, readonly JudgedCall[]])[] = [
    ["none", []],
    ["several", [callOf("vote", { agent_id: "agent1" }), callOf("vote", { agent_id: "agent1" })]],
    ["unknown-label", [callOf("vote", { agent_id: "agent9", reason: "" })]],
    ["duplicate", [callOf("new_answer", { content: " b " })]],
    ["malformed", [{ call: "m" as CallId, providerCall: "m", name: "new_answer", malformed: "{content:" }]],
    ["malformed", [callOf("new_answer", ["x"])]],
    ["malformed", [callOf("new_answer", null)]],
    ["malformed", [callOf("new_answer", { content: 7 })]],
    ["malformed", [callOf("new_answer", { text: "x" })]],
    ["malformed", [callOf("vote", { label: "agent1" })]],
    ["malformed", [{ call: "m" as CallId, providerCall: "m", name: "vote", input: { agent_id: "agent1" }, malformed: "{" }]],
    ["empty", [callOf("new_answer", { content: " \n" })]],
    ["not-offered", [callOf("edit", { content: "x" })]],
  ];
  for (const [fault, calls] of faults) {
    check(
      `REQ-COORD-1.5: a turn is over after three decisions with the fault "${fault}" (${calls[0]?.name ?? "no call"})`,
      two,
      [answer("ann", "a"), answer("bob", "b"), start("ann")],
      (council) => {
        for (const attempt of [1, 2, 3]) {
          const judged = decide(council, "ann", calls);
          expect(judged.events[0]).toMatchObject({ type: "decision-invalid", fault, attempt });
          expect(judged).toMatchObject({ accepted: false, over: attempt === 3 });
          expect(judged.nudge === null).toBe(calls.length > 0 || attempt === 3);
        }
      },
    );
  }

  check("REQ-COORD-1.5: attempts are counted within one turn", two, [start("ann")], (council) => {
    decide(council, "ann", []);
    decide(council, "ann", []);
    end("ann", "interrupted")(council);
    start("ann")(council);
    expect(decide(council, "ann", []).events[0]).toMatchObject({ attempt: 1 });
  });

  check(
    "REQ-COORD-1.5: the nudge after a message without a call asks for what is allowed and is said to the model",
    two,
    [start("ann")],
    (council) => {
      const { nudge } = decide(council, "ann", []);
      expect(nudge).toContain("new_answer");
      expect(nudge).not.toContain("vote");
      expect(conversationOf(council.state, agentId("ann")).at(-1)).toEqual({ role: "user", text: nudge });
    },
  );

  test("REQ-COORD-1.1: decisions of a turn that is not open are answered and change nothing", () => {
    const council = newCouncil(two);
    const judged = judge(council.state, "ann/7" as never, [callOf("new_answer", { content: "x" })]);
    expect(judged).toMatchObject({ events: [], over: true, accepted: false, results: [{ isError: true }] });
  });

  check(
    "REQ-COORD-1.5: a vote where none is offered and an answer where none is offered are refused",
    { ...two, settings: { maxAnswersPerAgent: 1 } },
    [start("ann"), start("bob")],
    (council) => {
      expect(decide(council, "ann", [callOf("vote", { agent_id: "agent3", reason: "" })]).events[0]).toMatchObject({
        fault: "not-offered",
      });
      for (const name of ["ann", "bob"]) {
        decide(council, name, [callOf("new_answer", { content: name })]);
        end(name)(council);
      }
      start("ann")(council);
      expect(decide(council, "ann", [callOf("new_answer", { content: "again" })]).events[0]).toMatchObject({ fault: "not-offered" });
    },
  );
});

describe("REQ-COORD-2: failed turns", () => {
  check("REQ-COORD-2.1: a failed first answer puts the agent out", {}, [fail("ann")], (council) => {
    expect(working(council)).toEqual(["bob", "cid"]);
    expect(agentStates(council.state)[0]).toMatchObject({ state: "out" });
  });

  check("REQ-COORD-2.1: a first turn that is done without a decision puts the agent out", {}, [start("ann"), end("ann")], (council) => {
    expect(working(council)).toEqual(["bob", "cid"]);
  });

  check("REQ-COORD-2.1: an interrupted turn is no failure", {}, [start("ann"), end("ann", "interrupted")], (council) => {
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
  });

  check(
    "REQ-COORD-2.2: a failed evaluation turn is an abstention that does not block",
    {},
    [...answered, fail("ann"), vote("bob", "cid"), vote("cid", "bob")],
    (council) => {
      expect(agentStates(council.state)[0]).toMatchObject({ state: "abstained" });
      expect(winner(council)).toEqual(["bob.1", "tie"]);
    },
  );

  check("REQ-COORD-2.3: an abstaining agent is not asked again while nothing is new", {}, [...answered, fail("ann")], (council) => {
    expect(working(council)).toEqual(["bob", "cid"]);
  });

  check("REQ-COORD-2.3: a new answer asks it again", {}, [...answered, fail("ann"), answer("bob", "b2")], (council) => {
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
  });

  check(
    "REQ-COORD-2.3: an answer equal to one it had been shown does not",
    four,
    [answer("ann", "a"), answer("bob", "b"), answer("cid", "c"), deadline("first-answers"), fail("ann"), answer("dan", "c ")],
    (council) => {
      expect(working(council)).toEqual(["bob", "cid", "dan"]);
    },
  );

  check(
    "REQ-COORD-2.3: an evaluation that fails after news had come is asked again at once",
    {},
    [...answered, start("ann"), answer("bob", "b2"), fail("ann")],
    (council) => {
      expect(working(council)).toContain("ann");
    },
  );

  check(
    "REQ-COORD-2.4: two abstentions in a row put the agent out",
    {},
    [...answered, fail("ann"), answer("bob", "b2"), fail("ann")],
    (council) => {
      expect(agentStates(council.state)[0]).toMatchObject({ state: "out" });
      answer("cid", "c2")(council);
      expect(working(council)).toEqual(["bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-2.4: a vote in between starts the count anew",
    {},
    [...answered, fail("ann"), answer("bob", "b2"), vote("ann", "bob"), answer("cid", "c2"), fail("ann")],
    (council) => {
      expect(agentStates(council.state)[0]).toMatchObject({ state: "abstained" });
    },
  );

  check(
    "REQ-COORD-2.4: an answer in between starts the count anew",
    {},
    [...answered, fail("ann"), answer("bob", "b2"), answer("ann", "a2"), fail("ann")],
    (council) => {
      expect(agentStates(council.state)[0]).toMatchObject({ state: "abstained" });
    },
  );
});

describe("REQ-COORD-3: agents that are out", () => {
  for (const category of ["authentication", "configuration"] as const) {
    check(
      `REQ-COORD-3.1: a failure of ${category} puts an evaluating agent out at once`,
      {},
      [...answered, fail("ann", category)],
      (council) => {
        expect(agentStates(council.state)[0]).toMatchObject({ state: "out" });
      },
    );
  }
  for (const category of [
    "quota",
    "rate-limit",
    "overloaded",
    "network",
    "timeout",
    "bad-request",
    "refused",
    "protocol",
    "budget",
    "internal",
  ] as const) {
    check(
      `REQ-COORD-3.1: a failure of ${category} in an evaluation is an abstention`,
      {},
      [...answered, fail("ann", category)],
      (council) => {
        expect(agentStates(council.state)[0]).toMatchObject({ state: "abstained" });
      },
    );
  }

  check(
    "REQ-COORD-3.2: the others do not wait for an agent that is out",
    {},
    [answer("ann", "a"), answer("bob", "b"), fail("cid")],
    (council) => {
      expect(working(council)).toEqual(["ann", "bob"]);
      vote("ann", "bob")(council);
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-3.2: an agent that goes out while all others have voted completes the consensus",
    {},
    [...answered, vote("ann", "bob"), vote("bob", "cid"), fail("cid", "authentication")],
    (council) => {
      expect(winner(council)).toEqual(["bob.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-3.3: its answer stays a candidate and its vote counts",
    four,
    [
      answer("ann", "a"),
      answer("bob", "b"),
      answer("cid", "c"),
      answer("dan", "d"),
      start("dan"),
      vote("ann", "bob"),
      fail("bob", "authentication"),
    ],
    (council) => {
      expect(planOf(council, "cid")?.mayVote).toEqual(["agent1", "agent2", "agent3", "agent4"]);
      vote("cid", "bob")(council);
      end("dan", "failed")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-3.3: the standing vote of an agent that went out is voided like any other",
    { ...four, settings: { firstAnswers: "as_they_come" } },
    [answer("ann", "a"), answer("bob", "b"), vote("cid", "ann")],
    (council) => {
      expect(standingVotes(council.state)).toHaveLength(1);
      answer("bob", "b2")(council);
      expect(standingVotes(council.state)).toHaveLength(0);
    },
  );

  check(
    "REQ-COORD-3.4: all out and no answer ends without an answer",
    two,
    [fail("ann", "authentication"), fail("bob")],
    (council, { end: outcome, turns }) => {
      expect(turns).toEqual([]);
      expect(outcome).toMatchObject({ outcome: "no-answer", answer: null, source: null, winner: null, cause: null });
      expect(outcome?.degraded).toEqual(["ann is out: authentication trouble", "bob is out: protocol trouble"]);
      expect(winner(council)).toBeNull();
    },
  );

  check(
    "REQ-COORD-3.3: with everybody out the standing votes decide, without any the order of registration",
    {},
    [
      answer("ann", "a"),
      answer("bob", "b"),
      answer("cid", "c"),
      fail("cid", "configuration"),
      fail("ann", "configuration"),
      fail("bob", "configuration"),
    ],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "tie"]);
    },
  );

  check("REQ-COORD-3.2: a turn of an agent that is out is not begun", {}, [fail("ann")], (council) => {
    const before = council.state;
    council.append({
      type: "turn-start",
      agent: agentId("ann"),
      turn: "ann/2" as never,
      kind: "first",
      shown: [],
      mayAnswer: true,
      mayVote: [],
      prompt: "?",
    });
    expect(council.state).toBe(before);
  });
});

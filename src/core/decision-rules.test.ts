// Rules 14–16: when a run is decided, and for whom.
import { describe, expect } from "vitest";
import {
  answer,
  answered,
  callOf,
  check,
  command,
  deadline,
  decide,
  end,
  fail,
  four,
  fourAnswered,
  outOfBudget,
  resumed,
  start,
  vote,
  winner,
  working,
} from "./council.test-support.ts";
import { tally } from "./index.ts";

const late = { settings: { earlyDecision: false } };

describe("REQ-COORD-14: when it is decided", () => {
  check(
    "REQ-COORD-14.1: when every living agent that has answered has voted",
    late,
    [...answered, vote("ann", "bob"), vote("cid", "bob")],
    (council) => {
      expect(winner(council)).toBeNull();
      vote("bob", "ann")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check("REQ-COORD-14.1: all abstaining is a consensus too", {}, [...answered, fail("ann"), fail("bob"), fail("cid")], (council) => {
    expect(winner(council)).toEqual(["ann.1", "tie"]);
  });

  check(
    "REQ-COORD-14.1: agents that are out with their answers leave the choice to a late one",
    {},
    [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), fail("ann", "configuration"), fail("bob", "configuration")],
    (council) => {
      expect(winner(council)).toBeNull();
      expect(working(council)).toEqual(["cid"]);
      fail("cid")(council);
      expect(winner(council)).toEqual(["ann.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-14.1: votes that stand from before count again only when the evaluation is open",
    late,
    [answer("ann", "alpha"), answer("bob", "beta"), fail("cid", "network"), vote("ann", "bob"), resumed],
    (council) => {
      expect(working(council)).toEqual(["cid"]);
      fail("cid", "network")(council);
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-14.2: a lead that cannot be reached decides early",
    {},
    [...answered, vote("ann", "bob"), vote("cid", "bob")],
    (council) => {
      expect(winner(council)).toEqual(["bob.1", "votes"]);
      expect(working(council)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-14.2: an abstaining agent and one that is out are not waited for",
    { agents: ["ann", "bob", "cid", "dan", "eve"] },
    [...fourAnswered, answer("eve", "epsilon"), fail("dan"), fail("eve", "authentication"), vote("ann", "bob")],
    (council) => {
      expect(winner(council)).toBeNull();
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-14.3: a possible tie is undecided",
    four,
    [...fourAnswered, vote("ann", "bob"), vote("bob", "bob"), vote("cid", "ann")],
    (council) => {
      expect(winner(council)).toBeNull();
      vote("dan", "ann")(council);
      expect(winner(council)).toEqual(["ann.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-14.3: the second of several counts against the lead",
    four,
    [...fourAnswered, vote("ann", "bob"), vote("bob", "bob"), vote("cid", "dan")],
    (council) => {
      expect(winner(council)).toBeNull();
    },
  );

  check(
    "REQ-COORD-14.3: two agents are never decided early",
    { agents: ["ann", "bob"] },
    [answer("ann", "alpha"), answer("bob", "beta"), vote("ann", "bob")],
    (council) => {
      expect(winner(council)).toBeNull();
    },
  );

  check(
    "REQ-COORD-14.4: an answer that might still come does not delay it",
    {},
    [answer("ann", "alpha"), answer("bob", "beta"), start("cid"), deadline("first-answers"), vote("ann", "ann"), vote("bob", "ann")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-14.5: without early_decision the last vote is awaited",
    late,
    [...answered, vote("ann", "bob"), vote("cid", "bob")],
    (council) => {
      expect(working(council)).toEqual(["bob"]);
    },
  );
});

describe("REQ-COORD-15: who wins", () => {
  check(
    "REQ-COORD-15.1: most standing votes win",
    late,
    [...answered, vote("ann", "cid"), vote("bob", "cid"), vote("cid", "ann")],
    (council) => {
      expect(winner(council)).toEqual(["cid.1", "votes"]);
      expect(tally(council.state).map(({ label, votes }) => [label, votes])).toEqual([
        ["agent1", 2],
        ["agent2", 1],
        ["agent3", 0],
      ]);
    },
  );

  check(
    "REQ-COORD-15.2: a tie goes to votes from others",
    four,
    [...fourAnswered, vote("ann", "ann"), vote("bob", "ann"), vote("cid", "bob"), vote("dan", "bob")],
    (council) => {
      expect(winner(council)).toEqual(["bob.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-15.2: votes of any author of a candidate are not from others",
    four,
    [
      answer("ann", "same"),
      answer("bob", "other"),
      answer("cid", "same"),
      answer("dan", "third"),
      vote("ann", "cid"),
      vote("cid", "cid"),
      vote("bob", "bob"),
      vote("dan", "bob"),
    ],
    (council) => {
      expect(tally(council.state).map(({ votes, fromOthers }) => [votes, fromOthers])).toEqual([
        [2, 1],
        [2, 0],
        [0, 0],
      ]);
      expect(winner(council)).toEqual(["bob.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-15.3: a remaining tie goes to the first registered",
    four,
    [...fourAnswered, vote("cid", "dan"), vote("dan", "bob"), vote("ann", "dan"), vote("bob", "cid")],
    (council) => {
      expect(winner(council)).toEqual(["dan.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-15.3: registration, not labels and not the order of answers",
    {},
    [answer("cid", "gamma"), answer("bob", "beta"), answer("ann", "alpha"), vote("cid", "ann"), vote("ann", "bob"), vote("bob", "cid")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "tie"]);
    },
  );

  check(
    "REQ-COORD-15.4: the cause is in the result",
    { agents: ["ann", "bob"], silent: ["ann"] },
    [answer("ann", "alpha"), answer("bob", "beta"), vote("ann", "ann"), vote("bob", "ann")],
    (_, { end: outcome }) => {
      expect(outcome).toEqual({
        outcome: "answered",
        answer: "alpha",
        source: "stored",
        winner: { id: "ann", label: "agent2", answer: "ann.1" },
        cause: "votes",
        degraded: [],
      });
    },
  );

  check(
    "REQ-COORD-16.1: after the decision no turn is planned and nothing changes it",
    {},
    [...answered, start("bob"), vote("ann", "bob"), vote("cid", "bob")],
    (council, { turns, deadlines, presentation }) => {
      expect([turns, deadlines]).toEqual([[], []]);
      expect(presentation).toEqual({ agent: "bob", answer: "bob.1", cause: "votes" });
      const decision = council.state.council.decision;
      decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]);
      end("bob")(council);
      for (const event of [deadline("orchestrator"), command("answer-now"), outOfBudget, resumed, deadline("first-answers")])
        event(council);
      expect(council.state.council.decision).toEqual(decision);
      expect(tally(council.state).map(({ votes }) => votes)).toEqual([2, 0, 0]);
    },
  );

  check(
    "REQ-COORD-16.1: with answers at hand a decision without consensus is not begun",
    {},
    answered,
    (council, { presentation, end: outcome, intents }) => {
      expect([presentation, outcome, intents]).toEqual([null, null, []]);
      expect(winner(council)).toBeNull();
    },
  );
});

// Rules 10–13: when votes are void, what news does, duplicates and limits.
import { describe, expect } from "vitest";
import {
  add,
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
  fourAnswered,
  planOf,
  start,
  step,
  unjudged,
  vote,
  winner,
  working,
} from "./council.test-support.ts";
import { candidates, conversationOf, currentTurn, plan, promptFor, standingVotes, workflowTools, type TurnPlan } from "./index.ts";
import { agentId } from "./ids.ts";

describe("REQ-COORD-10: votes and new answers", () => {
  check(
    "REQ-COORD-10.1: a vote that was given before news it had not seen is void on arrival",
    {},
    [...answered, start("ann"), answer("bob", "beta two")],
    (council) => {
      const judged = decide(council, "ann", [callOf("vote", { agent_id: "agent1", reason: "r" })]);
      expect(judged).toMatchObject({ accepted: true, over: true });
      expect(judged.results[0]?.text).toContain("does not count");
      end("ann")(council);
      expect(standingVotes(council.state)).toEqual([]);
      expect(planOf(council, "ann")).toMatchObject({ kind: "evaluation", shown: ["ann.1", "cid.1", "bob.2"] });
      expect(council.state.council.voidedRounds).toBe(0);
    },
  );

  check(
    "REQ-COORD-10.1: a vote for an answer that is no longer current is void although its voter saw an equal of all",
    { agents: ["ann", "bob", "cid"] },
    [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("ann"), start("bob"), answer("cid", "beta")],
    (council) => {
      expect(currentTurn(council.state, agentId("bob"))?.outdated).toBe(false);
      unjudged("ann.2", "beta")(council);
      decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]);
      expect(standingVotes(council.state)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-10.1: such a voter is told that its decision no longer counts",
    { agents: ["ann", "bob", "cid"], settings: { earlyDecision: false } },
    [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma"), start("cid"), start("bob")],
    (council) => {
      unjudged("bob.2", "gamma")(council);
      decide(council, "cid", [callOf("vote", { agent_id: "agent3", reason: "" })]);
      end("cid")(council);
      end("bob")(council);
      expect(standingVotes(council.state)).toEqual([]);
      const turn = planOf(council, "cid") as TurnPlan;
      expect(promptFor(council.state, turn)).toMatch(/no longer counts.*agent1, agent2/u);
    },
  );

  check(
    "REQ-COORD-10.2: a new answer supersedes its author's former one and voids all votes",
    {},
    [...answered, vote("ann", "bob"), answer("bob", "beta two")],
    (council) => {
      expect(candidates(council.state).flatMap(({ answers }) => answers.map(({ id }) => id))).toEqual(["cid.1", "ann.1", "bob.2"]);
      expect(standingVotes(council.state)).toEqual([]);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
      expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
    },
  );

  check(
    "REQ-COORD-10.2: an author's new answer voids its own vote too",
    { settings: { earlyDecision: false } },
    [...answered, vote("ann", "bob"), start("bob")],
    (council) => {
      council.append({
        type: "turn-start",
        agent: agentId("ann"),
        turn: "ann/3" as never,
        kind: "evaluation",
        shown: [],
        mayAnswer: true,
        mayVote: [],
        prompt: "",
      });
      unjudged("ann.2", "new", { turn: "ann/3" })(council);
      expect(standingVotes(council.state)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-10.2: a void vote never comes back",
    {},
    [...answered, vote("ann", "bob"), start("cid"), start("bob"), answer("cid", "delta")],
    (council) => {
      unjudged("bob.2", "beta")(council);
      expect(standingVotes(council.state)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-10.3: one update lists every answer newer than the last request, and no other",
    {},
    [...answered, start("ann"), answer("bob", "beta two"), answer("cid", "gamma two"), end("ann", "interrupted")],
    (council) => {
      const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
      expect(prompt).toContain("beta two");
      expect(prompt).toContain("gamma two");
      expect(prompt).not.toContain("alpha");
      expect(prompt).toMatch(/new answers/iu);
    },
  );

  check(
    "REQ-COORD-10.3: a candidate that now stands under another label is listed again",
    { agents: ["ann", "bob", "cid"] },
    [
      answer("ann", "alpha"),
      answer("bob", "beta"),
      deadline("first-answers"),
      start("ann"),
      end("ann", "interrupted"),
      answer("cid", "alpha"),
    ],
    (council) => {
      const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
      expect(prompt).toMatch(/label="agent1">\nalpha/u);
      expect(prompt).not.toContain("beta");
    },
  );

  check(
    "REQ-COORD-10.3: a turn taken up again without news adds no message",
    {},
    [...answered, start("ann"), end("ann", "interrupted")],
    (council) => {
      expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toBe("");
      const before = conversationOf(council.state, agentId("ann"));
      start("ann")(council);
      expect(conversationOf(council.state, agentId("ann"))).toEqual(before);
    },
  );

  check(
    "REQ-COORD-10.3: after a last word without a call the turn taken up again asks for one",
    {},
    [start("ann"), step("ann", [], "well"), end("ann", "interrupted")],
    (council) => {
      expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toContain("new_answer");
    },
  );

  const lateEqual = [answer("ann", "alpha"), answer("bob", "beta"), start("cid"), deadline("first-answers"), vote("ann", "bob")];

  check("REQ-COORD-10.4: an equal late answer wastes no vote", {}, [...lateEqual, answer("cid", " alpha ")], (council) => {
    expect(standingVotes(council.state).map(({ voter }) => voter)).toEqual(["ann"]);
    expect(council.state.council.voidedRounds).toBe(0);
  });

  check("REQ-COORD-10.4: nor does it interrupt an evaluation", {}, [...lateEqual, start("bob"), answer("cid", "alpha")], (council) => {
    expect(planOf(council, "bob")).toMatchObject({ shown: ["ann.1", "bob.1"], mayVote: ["agent2", "agent3"] });
    const judged = decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]);
    expect(judged.results[0]?.text).toContain("recorded");
    expect(standingVotes(council.state)).toHaveLength(2);
  });
});

describe("REQ-COORD-11: news", () => {
  check("REQ-COORD-11.1: a dropped step is no part of the conversation", {}, [start("ann"), drop("ann")], (council) => {
    expect(conversationOf(council.state, agentId("ann")).map(({ role }) => role)).toEqual(["user"]);
  });

  check(
    "REQ-COORD-11.2: after two steps dropped in a row the next is let finish",
    {},
    [...answered, start("ann"), drop("ann")],
    (council) => {
      expect(planOf(council, "ann")?.letFinish).toBe(false);
      drop("ann")(council);
      expect(planOf(council, "ann")?.letFinish).toBe(true);
      end("ann", "interrupted")(council);
      expect(planOf(council, "ann")?.letFinish).toBe(true);
      start("ann")(council);
      step("ann", [], "x")(council);
      expect(planOf(council, "ann")?.letFinish).toBe(false);
    },
  );

  check("REQ-COORD-11.2: also a first turn is let finish then", {}, [start("ann"), drop("ann"), drop("ann")], (council) => {
    expect(planOf(council, "ann")?.letFinish).toBe(true);
  });

  check(
    "REQ-COORD-11.3: news makes a running evaluation turn outdated",
    {},
    [...answered, start("ann"), answer("bob", "beta two")],
    (council) => {
      expect(currentTurn(council.state, agentId("ann"))).toMatchObject({ outdated: true, shown: ["ann.1", "bob.1", "cid.1"] });
      expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
    },
  );

  check("REQ-COORD-11.3: a turn that starts after news it was not planned with is outdated at once", {}, answered, (council) => {
    const planned = planOf(council, "ann") as TurnPlan;
    answer("bob", "beta two")(council);
    add({
      type: "turn-start",
      agent: planned.agent,
      turn: "ann/2" as never,
      kind: "evaluation",
      shown: planned.shown,
      mayAnswer: true,
      mayVote: planned.mayVote,
      prompt: "x",
    })(council);
    expect(currentTurn(council.state, agentId("ann"))?.outdated).toBe(true);
    expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
  });
});

describe("REQ-COORD-12: duplicates", () => {
  check(
    "REQ-COORD-12.1: an answer equal to one its author had been shown is refused, REQ-COORD-12.2: naming the label",
    {},
    [...answered, start("ann")],
    (council) => {
      const judged = decide(council, "ann", [callOf("new_answer", { content: "gamma\n" })]);
      expect(judged).toMatchObject({ accepted: false, over: false });
      expect(judged.events[0]).toMatchObject({ fault: "duplicate" });
      expect(judged.results[0]?.text).toMatch(/vote for agent1/u);
      expect(judged.results[0]?.text).not.toMatch(/agent[23]/u);
    },
  );

  check("REQ-COORD-12.1: its own answer repeated is refused as well", {}, [...answered, start("ann")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "alpha" })]).results[0]?.text).toContain("agent2");
  });

  check("REQ-COORD-12.1: one it had not been shown is accepted", {}, [...answered, start("ann"), answer("bob", "delta")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "delta" })]).accepted).toBe(true);
    expect(candidates(council.state)).toHaveLength(2);
  });

  check(
    "REQ-COORD-12.1: one that was shown and has been superseded is accepted",
    {},
    [...answered, start("ann"), answer("bob", "delta")],
    (council) => {
      expect(decide(council, "ann", [callOf("new_answer", { content: "beta" })]).accepted).toBe(true);
    },
  );

  check(
    "REQ-COORD-12.2: the label named can be voted for in that turn",
    {},
    [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("bob"), answer("cid", "alpha")],
    (council) => {
      const judged = decide(council, "bob", [callOf("new_answer", { content: "alpha" })]);
      expect(judged.results[0]?.text).toContain("vote for agent2");
      expect(decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]).accepted).toBe(true);
    },
  );
});

describe("REQ-COORD-13: limits", () => {
  check(
    "REQ-COORD-13.1: after max_answers_per_agent answers only vote is offered",
    { settings: { maxAnswersPerAgent: 2 } },
    [...answered, answer("ann", "alpha two")],
    (council) => {
      expect(planOf(council, "ann")).toMatchObject({ mayAnswer: false });
      expect(planOf(council, "bob")).toMatchObject({ mayAnswer: true });
      expect(workflowTools(planOf(council, "ann") as TurnPlan).map(({ name }) => name)).toEqual(["vote"]);
      const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
      expect(prompt).not.toContain("new_answer");
    },
  );

  const round = (author: string, text: string, voter: string) => [vote(voter, author), answer(author, text)];

  check(
    "REQ-COORD-13.2: after max_vote_rounds voided rounds nobody who has answered is offered new_answer",
    { settings: { maxVoteRounds: 2, maxAnswersPerAgent: 9 } },
    [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), ...round("bob", "b2", "ann")],
    (council) => {
      expect(planOf(council, "ann")?.mayAnswer).toBe(true);
      for (const each of round("bob", "b3", "ann")) each(council);
      expect(plan(council.state).turns.map(({ agent, mayAnswer }) => [agent, mayAnswer])).toEqual([
        ["ann", false],
        ["bob", false],
        ["cid", true],
      ]);
    },
  );

  check(
    "REQ-COORD-13.2: an answer that voids several votes is one round, one that voids none is no round",
    { ...four, settings: { earlyDecision: false } },
    [...fourAnswered, vote("ann", "bob"), vote("bob", "ann"), answer("cid", "c2"), answer("dan", "d2")],
    (council) => {
      expect(council.state.council.voidedRounds).toBe(1);
    },
  );

  check("REQ-COORD-13.1: failing evaluation leaves the limit alone", {}, [...answered, fail("ann")], (council) => {
    expect(planOf(council, "bob")?.mayAnswer).toBe(true);
    expect(winner(council)).toBeNull();
  });
});

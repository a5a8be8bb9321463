// Rules 4–8: who works before the voting, who waits, and what is decided without a vote.
import { describe, expect } from "vitest";
import {
  answer,
  callOf,
  check,
  command,
  deadline,
  decide,
  end,
  fail,
  four,
  labelOf,
  planOf,
  start,
  vote,
  winner,
  working,
} from "./council.test-support.ts";
import { answersOf, candidates, currentTurn, plan, standingVotes, tally, workflowTools } from "./index.ts";
import { agentId } from "./ids.ts";

const asTheyCome = { settings: { firstAnswers: "as_they_come" as const } };

describe("REQ-COORD-4: before an agent has answered", () => {
  check("REQ-COORD-4.1: it is offered only new_answer and is shown nothing", {}, [answer("ann", "a")], (council) => {
    const turn = planOf(council, "bob");
    expect(turn).toMatchObject({ kind: "first", shown: [], mayAnswer: true, mayVote: [], letFinish: false });
    expect(workflowTools(turn as never).map(({ name }) => name)).toEqual(["new_answer"]);
  });

  check("REQ-COORD-4.2: as_they_come shows what exists and lets vote", asTheyCome, [answer("ann", "a")], (council) => {
    expect(planOf(council, "bob")).toMatchObject({ kind: "first", shown: ["ann.1"], mayAnswer: true, mayVote: ["agent2"] });
    expect(working(council)).toEqual(["bob", "cid"]);
  });

  check("REQ-COORD-4.2: as_they_come interrupts first turns by news", asTheyCome, [start("bob"), answer("ann", "a")], (council) => {
    expect(currentTurn(council.state, agentId("bob"))).toMatchObject({ shown: [], outdated: true });
    expect(planOf(council, "bob")).toMatchObject({ kind: "first", shown: ["ann.1"] });
  });

  check(
    "REQ-COORD-4.2: as_they_come: agents with answers do not wait for all",
    asTheyCome,
    [answer("ann", "a"), answer("bob", "b")],
    (council) => {
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
      expect(planOf(council, "ann")).toMatchObject({ kind: "evaluation", shown: ["ann.1", "bob.1"], mayVote: ["agent2", "agent3"] });
      expect(planOf(council, "cid")).toMatchObject({ kind: "first", shown: ["ann.1", "bob.1"] });
    },
  );

  check(
    "REQ-COORD-4.2: as_they_come: consensus needs every living agent",
    asTheyCome,
    [answer("ann", "a"), answer("bob", "b"), vote("ann", "bob"), vote("bob", "ann")],
    (council) => {
      expect(winner(council)).toBeNull();
      vote("cid", "ann")(council);
      expect(winner(council)).toEqual(["ann.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-4.2: as_they_come: an agent that has not answered can still turn an early decision",
    { ...asTheyCome, ...four },
    [answer("ann", "a"), answer("bob", "b"), vote("ann", "bob"), vote("bob", "bob")],
    (council) => {
      expect(winner(council)).toBeNull();
      vote("cid", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-4.2: as_they_come: after a first vote the agent evaluates, so a failure is an abstention",
    { ...asTheyCome, ...four },
    [answer("ann", "a"), vote("cid", "ann"), answer("bob", "b")],
    (council) => {
      expect(planOf(council, "cid")).toMatchObject({ kind: "evaluation", mayAnswer: true });
      fail("cid")(council);
      expect(council.state.council.members[2]).toMatchObject({ out: null, failures: 1 });
      fail("dan")(council);
      expect(council.state.council.members[3]?.out).not.toBeNull();
    },
  );

  check("REQ-COORD-4.2: as_they_come knows no first-answer deadline", asTheyCome, [answer("ann", "a")], (_, { deadlines }) => {
    expect(deadlines.map((each) => each.deadline)).toEqual(["orchestrator"]);
  });
});

describe("REQ-COORD-5: waiting for first answers", () => {
  check(
    "REQ-COORD-5.1: agents that have answered wait until every living agent has",
    {},
    [answer("ann", "a"), answer("bob", "b")],
    (council) => {
      expect(working(council)).toEqual(["cid"]);
      answer("cid", "c")(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-5.1: the deadlines that still matter are planned in active time",
    { settings: { firstAnswerDeadlineMs: 7, orchestratorTimeoutMs: 30 } },
    [answer("ann", "a")],
    (council, { deadlines }) => {
      expect(deadlines).toEqual([
        { deadline: "first-answers", atMs: 7 },
        { deadline: "orchestrator", atMs: 30 },
      ]);
      deadline("first-answers")(council);
      expect(plan(council.state).deadlines).toEqual([{ deadline: "orchestrator", atMs: 30 }]);
    },
  );

  check(
    "REQ-COORD-5.1: no deadline matters when all have answered, nor for one agent",
    {},
    [answer("ann", "a"), answer("bob", "b"), answer("cid", "c")],
    (_, { deadlines }) => {
      expect(deadlines.map((each) => each.deadline)).toEqual(["orchestrator"]);
    },
  );

  check("REQ-COORD-5.1: one agent waits for nobody", { agents: ["ann"] }, [], (_, { deadlines }) => {
    expect(deadlines.map((each) => each.deadline)).toEqual(["orchestrator"]);
  });

  check(
    "REQ-COORD-5.2: the deadline opens the evaluation for those that have answered",
    {},
    [answer("ann", "a"), answer("bob", "b"), deadline("first-answers")],
    (council) => {
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
      expect(planOf(council, "ann")).toMatchObject({ kind: "evaluation", shown: ["ann.1", "bob.1"], mayVote: ["agent2", "agent3"] });
    },
  );

  check(
    "REQ-COORD-5.3: with no answer at the deadline the first one after it opens the evaluation",
    {},
    [deadline("first-answers"), answer("ann", "a")],
    (council) => {
      expect(working(council)).toEqual(["bob", "cid"]);
      answer("bob", "b")(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );
});

describe("REQ-COORD-6: late agents", () => {
  const late = [answer("ann", "a"), answer("bob", "b"), start("cid"), deadline("first-answers")];

  check("REQ-COORD-6.1: a late agent keeps its blind turn", {}, late, (council) => {
    expect(planOf(council, "cid")).toMatchObject({ kind: "first", shown: [], mayVote: [], mayAnswer: true });
    answer("ann", "a2")(council);
    expect(planOf(council, "cid")).toMatchObject({ kind: "first", shown: [] });
  });

  check("REQ-COORD-6.1: also after its turn was interrupted it sees nothing", {}, [...late, end("cid", "interrupted")], (council) => {
    expect(planOf(council, "cid")).toMatchObject({ kind: "first", shown: [], mayVote: [] });
  });

  check("REQ-COORD-6.2: it does not block consensus", {}, [...late, vote("ann", "bob"), vote("bob", "bob")], (council) => {
    expect(winner(council)).toEqual(["bob.1", "votes"]);
  });

  check(
    "REQ-COORD-6.3: its answer before the decision counts and voids votes",
    {},
    [...late, vote("ann", "bob"), answer("cid", "c")],
    (council) => {
      expect(standingVotes(council.state)).toEqual([]);
      expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "bob.1", "cid.1"]);
      expect(council.state.council.voidedRounds).toBe(1);
    },
  );

  check(
    "REQ-COORD-6.4: its answer after the decision is late and not used",
    {},
    [...late, vote("ann", "bob"), vote("bob", "bob")],
    (council) => {
      const judged = decide(council, "cid", [callOf("new_answer", { content: "c" })]);
      expect(judged).toMatchObject({ accepted: true, over: true });
      expect(judged.events[0]).toMatchObject({ type: "answer-submitted", late: true, answer: "cid.1" });
      expect(answersOf(council.state).map(({ id, late: isLate }) => [id, isLate])).toEqual([
        ["ann.1", false],
        ["bob.1", false],
        ["cid.1", true],
      ]);
      expect(candidates(council.state)).toHaveLength(2);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
      expect(standingVotes(council.state)).toHaveLength(2);
    },
  );

  check("REQ-COORD-6.4: an answer before the decision is not late", {}, [start("ann")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "c" })]).events[0]).toMatchObject({ late: false });
  });
});

describe("REQ-COORD-7: equal answers", () => {
  check(
    "REQ-COORD-7.1: equal up to white space they form one candidate under the lowest label",
    {},
    [answer("ann", "the  same\n"), answer("bob", "b"), answer("cid", " the same")],
    (council) => {
      expect(candidates(council.state).map(({ label, answers }) => [label, answers.map(({ id }) => id)])).toEqual([
        ["agent1", ["ann.1", "cid.1"]],
        ["agent3", ["bob.1"]],
      ]);
      expect(planOf(council, "bob")?.mayVote).toEqual(["agent1", "agent3"]);
      expect(planOf(council, "bob")?.shown).toEqual(["ann.1", "bob.1", "cid.1"]);
    },
  );

  check(
    "REQ-COORD-7.1: different words or case are different answers",
    {},
    [answer("ann", "x y"), answer("bob", "xy"), answer("cid", "X y")],
    (council) => {
      expect(candidates(council.state)).toHaveLength(3);
    },
  );

  check(
    "REQ-COORD-7.1: labels are ordered by number",
    { agents: ["agent10", "agent2", "cid"] },
    [answer("agent10", "x"), answer("agent2", "y"), answer("cid", "x")],
    (council) => {
      expect(candidates(council.state).map(({ label }) => label)).toEqual(["agent1", "agent2"]);
    },
  );

  check(
    "REQ-COORD-7.1: the lowest of agent2 and agent10 is agent2",
    { agents: ["agent10", "agent2", "dan"] },
    [answer("agent10", "x"), answer("agent2", "x"), answer("dan", "y")],
    (council) => {
      expect(candidates(council.state).map(({ label }) => label)).toEqual(["agent2", "agent4"]);
    },
  );

  check(
    "REQ-COORD-7.2: a vote for any author counts for the candidate, whose first registered author wins",
    four,
    [answer("dan", "x"), answer("bob", "x"), answer("cid", "y"), answer("ann", "z"), vote("ann", "bob"), start("dan"), start("cid")],
    (council) => {
      expect(tally(council.state)[0]).toEqual({ label: "agent3", answers: ["bob.1", "dan.1"], votes: 1, fromOthers: 1 });
      council.append({
        type: "vote-submitted",
        agent: agentId("dan"),
        turn: currentTurn(council.state, agentId("dan"))?.turn as never,
        for: "dan.1" as never,
        reason: "",
        shown: ["dan.1", "bob.1", "cid.1", "ann.1"] as never,
      });
      expect(tally(council.state)[0]).toEqual({ label: "agent3", answers: ["bob.1", "dan.1"], votes: 2, fromOthers: 1 });
      end("dan")(council);
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    },
  );

  check(
    "REQ-COORD-7.3: equal first answers of all living agents decide without votes",
    {},
    [answer("bob", "x"), answer("ann", "x "), answer("cid", "x")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "unanimous"]);
    },
  );

  check(
    "REQ-COORD-7.3: agents that are out do not matter, even with another answer",
    {},
    [answer("ann", "y"), answer("bob", "x"), deadline("first-answers"), fail("ann", "authentication")],
    (council) => {
      expect(winner(council)).toBeNull();
      answer("cid", "x")(council);
      expect(winner(council)).toEqual(["bob.1", "unanimous"]);
    },
  );

  check(
    "REQ-COORD-7.3: equal later versions are not first answers",
    { agents: ["ann", "bob"] },
    [answer("ann", "a"), answer("bob", "b"), start("ann"), start("bob"), answer("ann", "z"), answer("bob", "z")],
    (council) => {
      expect(winner(council)).toEqual(["ann.2", "single"]);
    },
  );

  check(
    "REQ-COORD-7.3: nothing is unanimous while a living agent has not answered",
    {},
    [answer("ann", "x"), answer("bob", "x"), deadline("first-answers")],
    (council) => {
      expect(winner(council)).toBeNull();
    },
  );
});

describe("REQ-COORD-8: one candidate", () => {
  check(
    "REQ-COORD-8.1: no evaluation starts while another living agent can still answer",
    {},
    [answer("ann", "a"), deadline("first-answers")],
    (council) => {
      expect(working(council)).toEqual(["bob", "cid"]);
      answer("bob", "a")(council);
      expect(working(council)).toEqual(["cid"]);
      expect(winner(council)).toBeNull();
    },
  );

  check("REQ-COORD-8.1: the same with as_they_come", asTheyCome, [answer("ann", "a"), vote("bob", "ann")], (council) => {
    expect(working(council)).toEqual(["cid"]);
    expect(winner(council)).toBeNull();
  });

  check(
    "REQ-COORD-8.2: one candidate and nobody else who can answer is the result",
    {},
    [answer("ann", "a"), fail("bob"), fail("cid")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "single"]);
    },
  );

  check(
    "REQ-COORD-8.2: with as_they_come votes and abstentions mean that nobody else answers",
    asTheyCome,
    [answer("ann", "a"), vote("bob", "ann"), vote("cid", "ann")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "single"]);
    },
  );

  check(
    "REQ-COORD-8.3: one living agent and several candidates: it votes once",
    { agents: ["ann", "bob"], settings: { firstAnswers: "as_they_come" } },
    [answer("ann", "a"), answer("bob", "b"), fail("ann", "configuration")],
    (council) => {
      const turn = planOf(council, "bob");
      expect(turn).toMatchObject({ kind: "evaluation", mayAnswer: false, mayVote: [labelOf("ann"), labelOf("bob")] });
      vote("bob", "ann")(council);
      expect(winner(council)).toEqual(["ann.1", "votes"]);
    },
  );

  check("REQ-COORD-8.3: two living agents may still answer", {}, [answer("ann", "a"), answer("bob", "b"), fail("cid")], (council) => {
    expect(planOf(council, "bob")?.mayAnswer).toBe(true);
    command("pause")(council);
    expect(working(council)).toEqual([]);
  });
});

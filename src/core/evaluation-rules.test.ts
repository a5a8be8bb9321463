// Rules 9–13: what voters see, when votes are void, what news does, duplicates and limits.
import { describe, expect, test } from "vitest";
import { add, answer, callOf, check, deadline, decide, drop, end, fail, labelOf, newCouncil, openTurn, planOf, start, step, vote, winner, working } from "./council.test-support.ts";
import { assignLabels, ballotFor, candidates, compareLabels, conversationOf, currentTurn, plan, presentationPrompt, promptFor, standingVotes, systemPrompt, workflowTools, type Label, type TurnPlan } from "./index.ts";
import { agentId, label } from "./ids.ts";

const answered = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma")];
const ids = (count: number): ReturnType<typeof agentId>[] => Array.from({ length: count }, (_, index) => agentId(`name-${index}`));

describe("REQ-COORD-9: labels and what voters see", () => {
  test("REQ-COORD-9.1: labels are a permutation that depends on the seed alone", () => {
    const labels = assignLabels(ids(12), 5);
    expect([...labels.values()].sort(compareLabels)).toEqual(Array.from({ length: 12 }, (_, index) => `agent${index + 1}`));
    expect([...labels]).toEqual([...assignLabels(ids(12), 5)]);
    const orders = new Set(Array.from({ length: 50 }, (_, seed) => [...assignLabels(ids(4), seed).values()].join()));
    expect(orders.size).toBeGreaterThan(12);
    const first = Array.from({ length: 600 }, (_, seed) => assignLabels(ids(3), seed).get(agentId("name-0")));
    for (const wanted of ["agent1", "agent2", "agent3"]) expect(first.filter((each) => each === wanted).length).toBeGreaterThan(150);
    expect([...assignLabels(ids(3), 1.5e12)]).not.toEqual([]);
  });

  test("REQ-COORD-9.1: agent2 comes before agent10", () => {
    expect([label("agent10"), label("agent2"), label("agent1")].sort(compareLabels)).toEqual(["agent1", "agent2", "agent10"]);
  });

  check("REQ-COORD-9.2: no id appears in a prompt, a tool, a nudge, a refusal or the ballot", { history: [{ role: "user", text: "earlier" }] }, [start("ann")], (council) => {
    decide(council, "ann", []);
    decide(council, "ann", [callOf("new_answer", { content: "alpha" })]);
    end("ann")(council);
    answer("bob", "beta")(council);
    answer("cid", "gamma")(council);
    start("ann")(council);
    const { results } = decide(council, "ann", [callOf("new_answer", { content: "beta" })]);
    const turns = plan(council.state).turns;
    const said = [
      ...results.map(({ text }) => text),
      ...turns.map((turn) => promptFor(council.state, turn) + JSON.stringify(workflowTools(council.state, turn)) + JSON.stringify(ballotFor(council.state, turn))),
      JSON.stringify(conversationOf(council.state, agentId("ann")).filter(({ role }) => role === "user")),
    ].join("\n");
    for (const name of ["ann", "bob", "cid"]) expect(said).not.toMatch(new RegExp(`\\b${name}\\b`, "u"));
  });

  check("REQ-COORD-9.3: the vote's enum holds exactly the labels with a candidate", {}, [answer("ann", "x"), answer("cid", "x"), answer("bob", "y")], (council) => {
    const tools = workflowTools(council.state, planOf(council, "ann") as TurnPlan);
    expect(tools.map(({ name }) => name)).toEqual(["new_answer", "vote"]);
    expect(tools[1]?.inputSchema).toMatchObject({ properties: { agent_id: { enum: ["agent1", "agent3"] } }, required: ["agent_id", "reason"] });
    expect(tools.every(({ description }) => description.length < 80)).toBe(true);
  });

  check("REQ-COORD-9.4: every voter reads the candidates in another order", {}, answered, (council) => {
    const orders = plan(council.state).turns.map((turn) => (ballotFor(council.state, turn)?.candidates ?? []).map((each) => each.label));
    expect(orders).toEqual([["agent1", "agent2", "agent3"], ["agent2", "agent3", "agent1"], ["agent3", "agent1", "agent2"]]);
    const inPrompt = plan(council.state).turns.map((turn) => [...promptFor(council.state, turn).matchAll(/label="(agent\d)"/gu)].map(([, each]) => each));
    expect(inPrompt).toEqual(orders);
    expect(ballotFor(council.state, planOf(council, "bob") as TurnPlan)).toEqual({
      question: "Which?",
      candidates: [{ label: "agent2", content: "alpha" }, { label: "agent3", content: "beta" }, { label: "agent1", content: "gamma" }],
    });
  });

  check("REQ-COORD-9.4: where nothing can be voted for there is no ballot", {}, [], (council) => {
    expect(ballotFor(council.state, planOf(council, "ann") as TurnPlan)).toBeNull();
  });

  check("REQ-COORD-9.5: evaluation continues the agent's own conversation", {}, [...answered, start("ann")], (council) => {
    const talk = conversationOf(council.state, agentId("ann"));
    expect(talk.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "user"]);
    expect(JSON.stringify(talk[3])).toContain("beta");
    decide(council, "ann", [callOf("vote", { agent_id: "agent3", reason: "fits" })]);
    expect(conversationOf(council.state, agentId("ann")).slice(0, 4)).toEqual(talk);
  });

  check("REQ-COORD-9.6: votes and their reasons are shown to nobody while the run goes on", { agents: ["ann", "bob", "cid", "dan"] }, [
    ...answered, answer("dan", "delta"), vote("ann", "bob", "SECRET-REASON"), start("bob"), answer("cid", "gamma two"),
  ], (council) => {
    const said = plan(council.state).turns.map((turn) => promptFor(council.state, turn)).join("\n");
    expect(said).not.toContain("SECRET-REASON");
    expect(said).not.toMatch(/voted|votes for|leads/u);
    expect(presentationPrompt(council.state)).toBe("");
  });

  for (const [written, accepted] of [["agent3", true], ["Agent3", true], [" agent3 ", true], ["AGENT3\n", true], ["bob", false], ["bob.1", false], ["agent4", false], ["3", false], ["", false]] as const) {
    check(`REQ-COORD-9.7: "${written.trim()}" is ${accepted ? "" : "not "}a label that can be voted for`, {}, [...answered, start("ann")], (council) => {
      const judged = decide(council, "ann", [callOf("vote", { agent_id: written, reason: "r" })]);
      expect(judged.accepted).toBe(accepted);
      if (accepted) expect(judged.events[0]).toMatchObject({ type: "vote-submitted", for: "bob.1", reason: "r", shown: ["ann.1", "bob.1", "cid.1"] });
      else expect(judged.events[0]).toMatchObject({ type: "decision-invalid", fault: "unknown-label", message: expect.stringContaining("agent1, agent2, agent3") });
    });
  }

  check("REQ-COORD-9.7: an agent called like a label is meant by its label only", { agents: ["agent2", "ann", "cid"] }, [], (council) => {
    expect(council.state.council.members.map(({ info }) => info.label)).toEqual(["agent2", "agent2", "agent1"]);
  });

  check("REQ-COORD-9.7: a label that exists but has no candidate of its own is refused", {}, [answer("ann", "x"), answer("cid", "x"), answer("bob", "y"), start("bob")], (council) => {
    expect(decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]).events[0]).toMatchObject({ fault: "unknown-label" });
    expect(decide(council, "bob", [callOf("vote", { agent_id: "agent1" })]).events[0]).toMatchObject({ type: "vote-submitted", for: "cid.1", reason: "" });
  });

  test("REQ-COORD-9.9: the system prompt holds the agent's own message and nothing that changes", () => {
    expect(systemPrompt("You are a lawyer. ")).toMatch(/^You are a lawyer\.\n\n/u);
    expect(systemPrompt(null)).toBe(systemPrompt("  "));
    expect(systemPrompt("x")).toBe(systemPrompt("x"));
    expect(systemPrompt(null)).not.toMatch(/\d{4}|:\d\d/u);
    expect(systemPrompt(" x ", "chat")).toBe("x");
    expect(systemPrompt(null, "chat")).toBe("");
  });
});

describe("REQ-COORD-10: votes and new answers", () => {
  check("REQ-COORD-10.1: a vote that was given before news it had not seen is void on arrival", {}, [...answered, start("ann"), answer("bob", "beta two")], (council) => {
    const judged = decide(council, "ann", [callOf("vote", { agent_id: "agent1", reason: "r" })]);
    expect(judged).toMatchObject({ accepted: true, over: true });
    expect(judged.results[0]?.text).toContain("does not count");
    end("ann")(council);
    expect(standingVotes(council.state)).toEqual([]);
    expect(planOf(council, "ann")).toMatchObject({ kind: "evaluation", shown: ["ann.1", "cid.1", "bob.2"] });
    expect(council.state.council.voidedRounds).toBe(0);
  });

  check("REQ-COORD-10.1: a vote for an answer that is no longer current is void although its voter saw an equal of all", { agents: ["ann", "bob", "cid"] }, [
    answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("ann"), start("bob"), answer("cid", "beta"),
  ], (council) => {
    expect(currentTurn(council.state, agentId("bob"))?.outdated).toBe(false);
    council.append({ type: "answer-submitted", agent: agentId("ann"), turn: openTurn(council, "ann"), answer: "ann.2" as never, content: "beta", late: false });
    decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]);
    expect(standingVotes(council.state)).toEqual([]);
  });

  check("REQ-COORD-10.1: such a voter is told that its decision no longer counts", { agents: ["ann", "bob", "cid"], settings: { earlyDecision: false } }, [
    answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma"), start("cid"), start("bob"),
  ], (council) => {
    council.append({ type: "answer-submitted", agent: agentId("bob"), turn: openTurn(council, "bob"), answer: "bob.2" as never, content: "gamma", late: false });
    decide(council, "cid", [callOf("vote", { agent_id: "agent3", reason: "" })]);
    end("cid")(council);
    end("bob")(council);
    expect(standingVotes(council.state)).toEqual([]);
    const turn = planOf(council, "cid") as TurnPlan;
    expect(promptFor(council.state, turn)).toMatch(/no longer counts.*agent1, agent2/u);
  });

  check("REQ-COORD-10.2: a new answer supersedes its author's former one and voids all votes", {}, [...answered, vote("ann", "bob"), answer("bob", "beta two")], (council) => {
    expect(candidates(council.state).flatMap(({ answers }) => answers.map(({ id }) => id))).toEqual(["cid.1", "ann.1", "bob.2"]);
    expect(standingVotes(council.state)).toEqual([]);
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
    expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
  });

  check("REQ-COORD-10.2: an author's new answer voids its own vote too", { settings: { earlyDecision: false } }, [...answered, vote("ann", "bob"), start("bob")], (council) => {
    council.append({ type: "turn-start", agent: agentId("ann"), turn: "ann/3" as never, kind: "evaluation", shown: [], mayAnswer: true, mayVote: [], prompt: "" });
    council.append({ type: "answer-submitted", agent: agentId("ann"), turn: "ann/3" as never, answer: "ann.2" as never, content: "new", late: false });
    expect(standingVotes(council.state)).toEqual([]);
  });

  check("REQ-COORD-10.2: a void vote never comes back", {}, [
    ...answered, vote("ann", "bob"), start("cid"), start("bob"), answer("cid", "delta"),
  ], (council) => {
    council.append({ type: "answer-submitted", agent: agentId("bob"), turn: openTurn(council, "bob"), answer: "bob.2" as never, content: "beta", late: false });
    expect(standingVotes(council.state)).toEqual([]);
  });

  check("REQ-COORD-10.3: one update lists every answer newer than the last request, and no other", {}, [
    ...answered, start("ann"), answer("bob", "beta two"), answer("cid", "gamma two"), end("ann", "interrupted"),
  ], (council) => {
    const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
    expect(prompt).toContain("beta two");
    expect(prompt).toContain("gamma two");
    expect(prompt).not.toContain("alpha");
    expect(prompt).toMatch(/new answers/iu);
  });

  check("REQ-COORD-10.3: a candidate that now stands under another label is listed again", { agents: ["ann", "bob", "cid"] }, [
    answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("ann"), end("ann", "interrupted"), answer("cid", "alpha"),
  ], (council) => {
    const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
    expect(prompt).toMatch(/label="agent1">\nalpha/u);
    expect(prompt).not.toContain("beta");
  });

  check("REQ-COORD-10.3: a turn taken up again without news adds no message", {}, [...answered, start("ann"), end("ann", "interrupted")], (council) => {
    expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toBe("");
    const before = conversationOf(council.state, agentId("ann"));
    start("ann")(council);
    expect(conversationOf(council.state, agentId("ann"))).toEqual(before);
  });

  check("REQ-COORD-10.3: after a last word without a call the turn taken up again asks for one", {}, [start("ann"), step("ann", [], "well"), end("ann", "interrupted")], (council) => {
    expect(promptFor(council.state, planOf(council, "ann") as TurnPlan)).toContain("new_answer");
  });

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

  check("REQ-COORD-11.2: after two steps dropped in a row the next is let finish", {}, [...answered, start("ann"), drop("ann")], (council) => {
    expect(planOf(council, "ann")?.letFinish).toBe(false);
    drop("ann")(council);
    expect(planOf(council, "ann")?.letFinish).toBe(true);
    end("ann", "interrupted")(council);
    expect(planOf(council, "ann")?.letFinish).toBe(true);
    start("ann")(council);
    step("ann", [], "x")(council);
    expect(planOf(council, "ann")?.letFinish).toBe(false);
  });

  check("REQ-COORD-11.2: also a first turn is let finish then", {}, [start("ann"), drop("ann"), drop("ann")], (council) => {
    expect(planOf(council, "ann")?.letFinish).toBe(true);
  });

  check("REQ-COORD-11.3: news makes a running evaluation turn outdated", {}, [...answered, start("ann"), answer("bob", "beta two")], (council) => {
    expect(currentTurn(council.state, agentId("ann"))).toMatchObject({ outdated: true, shown: ["ann.1", "bob.1", "cid.1"] });
    expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
  });

  check("REQ-COORD-11.3: a turn that starts after news it was not planned with is outdated at once", {}, answered, (council) => {
    const planned = planOf(council, "ann") as TurnPlan;
    answer("bob", "beta two")(council);
    add({ type: "turn-start", agent: planned.agent, turn: "ann/2" as never, kind: "evaluation", shown: planned.shown, mayAnswer: true, mayVote: planned.mayVote, prompt: "x" })(council);
    expect(currentTurn(council.state, agentId("ann"))?.outdated).toBe(true);
    expect(planOf(council, "ann")?.shown).toEqual(["ann.1", "cid.1", "bob.2"]);
  });
});

describe("REQ-COORD-12: duplicates", () => {
  check("REQ-COORD-12.1: an answer equal to one its author had been shown is refused, REQ-COORD-12.2: naming the label", {}, [...answered, start("ann")], (council) => {
    const judged = decide(council, "ann", [callOf("new_answer", { content: "gamma\n" })]);
    expect(judged).toMatchObject({ accepted: false, over: false });
    expect(judged.events[0]).toMatchObject({ fault: "duplicate" });
    expect(judged.results[0]?.text).toMatch(/vote for agent1/u);
    expect(judged.results[0]?.text).not.toMatch(/agent[23]/u);
  });

  check("REQ-COORD-12.1: its own answer repeated is refused as well", {}, [...answered, start("ann")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "alpha" })]).results[0]?.text).toContain("agent2");
  });

  check("REQ-COORD-12.1: one it had not been shown is accepted", {}, [...answered, start("ann"), answer("bob", "delta")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "delta" })]).accepted).toBe(true);
    expect(candidates(council.state)).toHaveLength(2);
  });

  check("REQ-COORD-12.1: one that was shown and has been superseded is accepted", {}, [...answered, start("ann"), answer("bob", "delta")], (council) => {
    expect(decide(council, "ann", [callOf("new_answer", { content: "beta" })]).accepted).toBe(true);
  });

  check("REQ-COORD-12.2: the label named can be voted for in that turn", {}, [answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), start("bob"), answer("cid", "alpha")], (council) => {
    const judged = decide(council, "bob", [callOf("new_answer", { content: "alpha" })]);
    expect(judged.results[0]?.text).toContain("vote for agent2");
    expect(decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]).accepted).toBe(true);
  });
});

describe("REQ-COORD-13: limits", () => {
  check("REQ-COORD-13.1: after max_answers_per_agent answers only vote is offered", { settings: { maxAnswersPerAgent: 2 } }, [...answered, answer("ann", "alpha two")], (council) => {
    expect(planOf(council, "ann")).toMatchObject({ mayAnswer: false });
    expect(planOf(council, "bob")).toMatchObject({ mayAnswer: true });
    expect(workflowTools(council.state, planOf(council, "ann") as TurnPlan).map(({ name }) => name)).toEqual(["vote"]);
    const prompt = promptFor(council.state, planOf(council, "ann") as TurnPlan);
    expect(prompt).not.toContain("new_answer");
  });

  const round = (author: string, text: string, voter: string) => [vote(voter, author), answer(author, text)];

  check("REQ-COORD-13.2: after max_vote_rounds voided rounds nobody who has answered is offered new_answer", { settings: { maxVoteRounds: 2, maxAnswersPerAgent: 9 } }, [
    answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), ...round("bob", "b2", "ann"),
  ], (council) => {
    expect(planOf(council, "ann")?.mayAnswer).toBe(true);
    for (const each of round("bob", "b3", "ann")) each(council);
    expect(plan(council.state).turns.map(({ agent, mayAnswer }) => [agent, mayAnswer])).toEqual([["ann", false], ["bob", false], ["cid", true]]);
  });

  check("REQ-COORD-13.2: an answer that voids several votes is one round, one that voids none is no round", { agents: ["ann", "bob", "cid", "dan"], settings: { earlyDecision: false } }, [
    ...answered, answer("dan", "delta"), vote("ann", "bob"), vote("bob", "ann"), answer("cid", "c2"), answer("dan", "d2"),
  ], (council) => {
    expect(council.state.council.voidedRounds).toBe(1);
  });

  check("REQ-COORD-13.1: failing evaluation leaves the limit alone", {}, [...answered, fail("ann")], (council) => {
    expect(planOf(council, "bob")?.mayAnswer).toBe(true);
    expect(winner(council)).toBeNull();
    expect(labelOf("bob") satisfies Label).toBe("agent3");
    expect(newCouncil().log).toHaveLength(1);
  });
});

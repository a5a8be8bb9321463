// Rules 14–20: when a run is decided, for whom, and how it ends.
import { describe, expect } from "vitest";
import { add, answer, callOf, check, command, deadline, decide, drop, end, executed, fail, intent, modelStep, outOfBudget, planOf, present, presented, resumed, start, vote, winner, working, type Step } from "./council.test-support.ts";
import { agentStates, answersOf, conversationOf, degradedLines, plan, presentationPrompt, presentationState, promptFor, tally, workflowTools, type TurnPlan } from "./index.ts";
import { agentId } from "./ids.ts";

const answered = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma")];
const four = { agents: ["ann", "bob", "cid", "dan"] };
const fourAnswered = [...answered, answer("dan", "delta")];
const late = { settings: { earlyDecision: false } };

describe("REQ-COORD-14: when it is decided", () => {
  check("REQ-COORD-14.1: when every living agent that has answered has voted", late, [...answered, vote("ann", "bob"), vote("cid", "bob")], (council) => {
    expect(winner(council)).toBeNull();
    vote("bob", "ann")(council);
    expect(winner(council)).toEqual(["bob.1", "votes"]);
  });

  check("REQ-COORD-14.1: all abstaining is a consensus too", {}, [...answered, fail("ann"), fail("bob"), fail("cid")], (council) => {
    expect(winner(council)).toEqual(["ann.1", "tie"]);
  });

  check("REQ-COORD-14.1: agents that are out with their answers leave the choice to a late one", {}, [
    answer("ann", "alpha"), answer("bob", "beta"), deadline("first-answers"), fail("ann", "configuration"), fail("bob", "configuration"),
  ], (council) => {
    expect(winner(council)).toBeNull();
    expect(working(council)).toEqual(["cid"]);
    fail("cid")(council);
    expect(winner(council)).toEqual(["ann.1", "tie"]);
  });

  check("REQ-COORD-14.1: votes that stand from before count again only when the evaluation is open", late, [
    answer("ann", "alpha"), answer("bob", "beta"), fail("cid", "network"), vote("ann", "bob"), resumed,
  ], (council) => {
    expect(working(council)).toEqual(["cid"]);
    fail("cid", "network")(council);
    vote("bob", "bob")(council);
    expect(winner(council)).toEqual(["bob.1", "votes"]);
  });

  check("REQ-COORD-14.2: a lead that cannot be reached decides early", {}, [...answered, vote("ann", "bob"), vote("cid", "bob")], (council) => {
    expect(winner(council)).toEqual(["bob.1", "votes"]);
    expect(working(council)).toEqual([]);
  });

  check("REQ-COORD-14.2: an abstaining agent and one that is out are not waited for", { agents: ["ann", "bob", "cid", "dan", "eve"] }, [
    ...fourAnswered, answer("eve", "epsilon"), fail("dan"), fail("eve", "authentication"), vote("ann", "bob"),
  ], (council) => {
    expect(winner(council)).toBeNull();
    vote("bob", "bob")(council);
    expect(winner(council)).toEqual(["bob.1", "votes"]);
  });

  check("REQ-COORD-14.3: a possible tie is undecided", four, [...fourAnswered, vote("ann", "bob"), vote("bob", "bob"), vote("cid", "ann")], (council) => {
    expect(winner(council)).toBeNull();
    vote("dan", "ann")(council);
    expect(winner(council)).toEqual(["ann.1", "tie"]);
  });

  check("REQ-COORD-14.3: the second of several counts against the lead", four, [...fourAnswered, vote("ann", "bob"), vote("bob", "bob"), vote("cid", "dan")], (council) => {
    expect(winner(council)).toBeNull();
  });

  check("REQ-COORD-14.3: two agents are never decided early", { agents: ["ann", "bob"] }, [answer("ann", "alpha"), answer("bob", "beta"), vote("ann", "bob")], (council) => {
    expect(winner(council)).toBeNull();
  });

  check("REQ-COORD-14.4: an answer that might still come does not delay it", {}, [answer("ann", "alpha"), answer("bob", "beta"), start("cid"), deadline("first-answers"), vote("ann", "ann"), vote("bob", "ann")], (council) => {
    expect(winner(council)).toEqual(["ann.1", "votes"]);
  });

  check("REQ-COORD-14.5: without early_decision the last vote is awaited", late, [...answered, vote("ann", "bob"), vote("cid", "bob")], (council) => {
    expect(working(council)).toEqual(["bob"]);
  });
});

describe("REQ-COORD-15: who wins", () => {
  check("REQ-COORD-15.1: most standing votes win", late, [...answered, vote("ann", "cid"), vote("bob", "cid"), vote("cid", "ann")], (council) => {
    expect(winner(council)).toEqual(["cid.1", "votes"]);
    expect(tally(council.state).map(({ label, votes }) => [label, votes])).toEqual([["agent1", 2], ["agent2", 1], ["agent3", 0]]);
  });

  check("REQ-COORD-15.2: a tie goes to votes from others", four, [...fourAnswered, vote("ann", "ann"), vote("bob", "ann"), vote("cid", "bob"), vote("dan", "bob")], (council) => {
    expect(winner(council)).toEqual(["bob.1", "tie"]);
  });

  check("REQ-COORD-15.2: votes of any author of a candidate are not from others", { agents: ["ann", "bob", "cid", "dan"] }, [
    answer("ann", "same"), answer("bob", "other"), answer("cid", "same"), answer("dan", "third"),
    vote("ann", "cid"), vote("cid", "cid"), vote("bob", "bob"), vote("dan", "bob"),
  ], (council) => {
    expect(tally(council.state).map(({ votes, fromOthers }) => [votes, fromOthers])).toEqual([[2, 1], [2, 0], [0, 0]]);
    expect(winner(council)).toEqual(["bob.1", "tie"]);
  });

  check("REQ-COORD-15.3: a remaining tie goes to the first registered", four, [...fourAnswered, vote("cid", "dan"), vote("dan", "bob"), vote("ann", "dan"), vote("bob", "cid")], (council) => {
    expect(winner(council)).toEqual(["dan.1", "votes"]);
  });

  check("REQ-COORD-15.3: registration, not labels and not the order of answers", {}, [answer("cid", "gamma"), answer("bob", "beta"), answer("ann", "alpha"), vote("cid", "ann"), vote("ann", "bob"), vote("bob", "cid")], (council) => {
    expect(winner(council)).toEqual(["ann.1", "tie"]);
  });

  check("REQ-COORD-15.4: the cause is in the result", { agents: ["ann", "bob"], silent: ["ann"] }, [answer("ann", "alpha"), answer("bob", "beta"), vote("ann", "ann"), vote("bob", "ann")], (_, { end: outcome }) => {
    expect(outcome).toEqual({ outcome: "answered", answer: "alpha", source: "stored", winner: { id: "ann", label: "agent2", answer: "ann.1" }, cause: "votes", degraded: [] });
  });

  check("REQ-COORD-16.1: after the decision no turn is planned and nothing changes it", {}, [...answered, start("bob"), vote("ann", "bob"), vote("cid", "bob")], (council, { turns, deadlines, presentation }) => {
    expect([turns, deadlines]).toEqual([[], []]);
    expect(presentation).toEqual({ agent: "bob", answer: "bob.1", cause: "votes" });
    const decision = council.state.council.decision;
    decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]);
    end("bob")(council);
    for (const event of [deadline("orchestrator"), command("answer-now"), outOfBudget, resumed, deadline("first-answers")]) event(council);
    expect(council.state.council.decision).toEqual(decision);
    expect(tally(council.state).map(({ votes }) => votes)).toEqual([2, 0, 0]);
  });

  check("REQ-COORD-16.1: with answers at hand a decision without consensus is not begun", {}, answered, (council, { presentation, end: outcome, intents }) => {
    expect([presentation, outcome, intents]).toEqual([null, null, []]);
    expect(winner(council)).toBeNull();
  });
});

describe("REQ-COORD-17: recorded intents", () => {
  const decided: readonly Step[] = [...answered, start("bob"), intent("bob", "bob/2/1.1"), intent("bob", "bob/2/1.1"), intent("bob", "bob/2/1.2"), intent("cid", "cid/1/1.1"), vote("ann", "bob"), vote("cid", "bob")];

  check("REQ-COORD-17.1: the winner's come before the presentation, each once", {}, decided, (council, { intents, presentation, end: outcome }) => {
    expect([intents, presentation, outcome]).toEqual([["bob/2/1.1", "bob/2/1.2"], null, null]);
    executed("bob/2/1.1")(council);
    expect(plan(council.state).intents).toEqual(["bob/2/1.2"]);
    executed("bob/2/1.1", true)(council);
    executed("bob/2/1.2")(council);
    expect(plan(council.state)).toMatchObject({ intents: [], presentation: { agent: "bob" } });
    expect(degradedLines(council.state)).toEqual([]);
  });

  check("REQ-COORD-17.1: what is recorded twice or after the decision is not executed", {}, [...decided, intent("bob", "bob/2/1.1"), intent("bob", "bob/2/1.9")], (_, { intents }) => {
    expect(intents).toEqual(["bob/2/1.1", "bob/2/1.2"]);
  });

  check("REQ-COORD-17.2: the presenter is told the results, and a failure makes the run degraded", {}, [...decided, executed("bob/2/1.1"), executed("bob/2/1.2", true), present("bob"), presented("bob", "done")], (council) => {
    expect(presentationPrompt(council.state)).toMatch(/write succeeded: outcome of bob\/2\/1\.1[\s\S]*write failed: outcome of bob\/2\/1\.2/u);
    expect(plan(council.state).end).toMatchObject({ source: "presentation", degraded: [expect.stringContaining("write (files) failed")] });
  });
});

describe("REQ-COORD-18: presentation", () => {
  const history = [{ role: "user", text: "Earlier question" }, { role: "assistant", text: "Earlier reply" }] as const;
  const decided = [...answered, vote("ann", "bob", "because of it"), vote("cid", "bob", "me too")];

  check("REQ-COORD-18.1: the winner is told history, candidates and votes with their reasons, by labels only", { history }, decided, (council, { end: outcome }) => {
    const prompt = presentationPrompt(council.state);
    for (const part of ["Earlier question", "Earlier reply", "Which?", "alpha", "beta", "gamma", "because of it", "me too", 'by="agent2" for="agent3"', 'by="agent1" for="agent3"', "answer of agent3"]) expect(prompt).toContain(part);
    expect(prompt).not.toMatch(/\b(?:ann|bob|cid)\b/u);
    expect(outcome).toBeNull();
  });

  check("REQ-COORD-18.1: what is presented is the result, and it is presented once", {}, [...decided, present("bob")], (council, { presentation, end: outcome }) => {
    expect([presentation?.agent, outcome]).toEqual(["bob", null]);
    presented("bob", "Presented.")(council);
    expect(plan(council.state)).toMatchObject({ presentation: null, end: { outcome: "answered", answer: "Presented.", source: "presentation", degraded: [] } });
    present("bob")(council);
    expect(presentationState(council.state)?.end?.text).toBe("Presented.");
  });

  check("REQ-COORD-18.1: the presentation goes on in the winner's conversation", {}, [...decided, present("bob")], (council) => {
    const turn = presentationState(council.state)?.turn;
    council.append(modelStep({ agent: agentId("bob"), turn: turn as never }, [{ type: "text", text: "Presented." }], "stop"));
    expect(conversationOf(council.state, agentId("bob")).slice(-2)).toEqual([
      { role: "user", text: presentationPrompt(council.state) },
      { role: "assistant", parts: [{ type: "text", text: "Presented." }] },
    ]);
  });

  for (const [text, outcome, why] of [["", "done", "empty"], [" \n", "done", "empty"], ["cut", "failed", "failed"], ["half", "interrupted", "interrupted"]] as const) {
    check(`REQ-COORD-18.2: a presentation that is ${why} ("${text.trim()}") leaves the stored answer, degraded`, {}, [...decided, present("bob"), presented("bob", text, outcome)], (_, { end: result }) => {
      expect(result).toMatchObject({ outcome: "answered", answer: "beta", source: "stored", degraded: [expect.stringContaining(why)] });
    });
  }

  check("REQ-COORD-18.2: the failure's message is the reason", {}, [...decided, present("bob")], (council) => {
    const turn = presentationState(council.state)?.turn as never;
    const failure = { category: "refused", code: "E_PROVIDER_REPLY", message: "the model refused" } as const;
    council.append({ type: "presentation-end", agent: agentId("bob"), turn, outcome: "failed", text: "x", failure });
    expect(plan(council.state).end?.degraded).toEqual([expect.stringContaining("the model refused")]);
  });

  check("REQ-COORD-18.2: a winner that is out does not present", {}, [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma"), fail("bob", "authentication"), vote("ann", "bob"), vote("cid", "bob")], (_, { presentation, end: outcome }) => {
    expect(presentation).toBeNull();
    expect(outcome).toMatchObject({ answer: "beta", source: "stored", degraded: ["bob is out: authentication trouble", expect.stringContaining("its agent is out")] });
  });

  check("REQ-COORD-18.1: only the winner presents, and only an open presentation ends", {}, [...decided, present("ann")], (council) => {
    expect(presentationState(council.state)).toBeNull();
    present("bob")(council);
    add({ type: "presentation-end", agent: agentId("bob"), turn: "bob/99" as never, outcome: "done", text: "forged" })(council);
    expect(presentationState(council.state)?.end).toBeNull();
    presented("bob", "first")(council);
    add({ type: "presentation-end", agent: agentId("bob"), turn: presentationState(council.state)?.turn as never, outcome: "done", text: "second" })(council);
    expect(presentationState(council.state)?.end?.text).toBe("first");
  });

  check("REQ-COORD-18.3: a model that does not present leaves its stored answer, not degraded", { silent: ["bob"] }, decided, (_, { presentation, end: outcome }) => {
    expect(presentation).toBeNull();
    expect(outcome).toMatchObject({ answer: "beta", source: "stored", degraded: [] });
  });

  check("REQ-COORD-18.3: it is not degraded either when that model is out", { silent: ["bob"] }, [...answered, fail("bob", "authentication"), vote("ann", "bob"), vote("cid", "bob")], (_, { end: outcome }) => {
    expect(outcome?.degraded).toEqual(["bob is out: authentication trouble"]);
  });
});

describe("REQ-COORD-19: one agent", () => {
  check("REQ-COORD-19.1: one answer, no vote, no presentation", { agents: ["ann"] }, [], (council, { turns }) => {
    expect(turns).toMatchObject([{ agent: "ann", kind: "first", mayAnswer: true, mayVote: [] }]);
    answer("ann", "alpha")(council);
    expect(plan(council.state)).toMatchObject({ turns: [], presentation: null, end: { outcome: "answered", answer: "alpha", source: "stored", cause: "single", degraded: [] } });
  });

  const chat = { agents: ["ann"], settings: { singleAgent: "chat" as const }, history: [{ role: "user", text: "Hi" }, { role: "assistant", text: "Hello" }] as const, question: "And now?" };

  check("REQ-COORD-19.2: plain chat has no workflow tools and asks the question itself", chat, [start("ann")], (council, { turns }) => {
    expect(turns).toEqual([{ agent: "ann", kind: "chat", shown: [], mayAnswer: false, mayVote: [], letFinish: false }]);
    expect(workflowTools(council.state, turns[0] as TurnPlan)).toEqual([]);
    expect(conversationOf(council.state, agentId("ann"))).toEqual([
      { role: "user", text: "Hi" },
      { role: "assistant", parts: [{ type: "text", text: "Hello" }] },
      { role: "user", text: "And now?" },
    ]);
    council.append({ type: "answer-submitted", agent: agentId("ann"), turn: "ann/1" as never, answer: "ann.1" as never, content: "Later.", late: false });
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

describe("REQ-COORD-20: ends that are forced", () => {
  const causes = [["timeout", deadline("orchestrator")], ["answer-now", command("answer-now")], ["budget", outOfBudget]] as const;
  for (const [cause, event] of causes) {
    check(`REQ-COORD-20.1: at ${cause} standing votes decide`, { ...four, ...late }, [...fourAnswered, vote("dan", "cid"), event], (council) => {
      expect(winner(council)).toEqual(["cid.1", cause]);
    });

    check(`REQ-COORD-20.2: at ${cause} without votes the first registered with an answer wins, degraded`, { silent: ["bob"] }, [answer("cid", "gamma"), answer("bob", "beta"), event], (council, { end: outcome }) => {
      expect(winner(council)).toEqual(["bob.1", cause]);
      expect(outcome).toMatchObject({ outcome: "answered", cause, degraded: [expect.any(String)] });
    });
  }

  check("REQ-COORD-20.1: votes that were voided do not decide", {}, [...answered, vote("cid", "cid"), answer("bob", "beta two"), deadline("orchestrator")], (council) => {
    expect(winner(council)).toEqual(["ann.1", "timeout"]);
  });

  for (const [cause, event] of [causes[0], causes[2]]) {
    check(`REQ-COORD-20.3: ${cause} without any answer ends without an answer`, {}, [start("ann"), event], (council, { turns, end: outcome }) => {
      expect(turns).toEqual([]);
      expect(outcome).toMatchObject({ outcome: "no-answer", answer: null, winner: null, cause });
      decide(council, "ann", [callOf("new_answer", { content: "late" })]);
      expect(plan(council.state).end).toMatchObject({ outcome: "no-answer", cause });
    });
  }

  check("REQ-COORD-20.4: an answer accepted before the time-out counts, one after it is late", {}, [answer("bob", "beta"), start("ann"), deadline("orchestrator")], (council) => {
    decide(council, "ann", [callOf("new_answer", { content: "alpha" })]);
    expect(winner(council)).toEqual(["bob.1", "timeout"]);
    expect(answersOf(council.state).map(({ late: isLate }) => isLate)).toEqual([false, true]);
  });

  check("REQ-COORD-20.5: answer-now before any answer takes the first one that comes", {}, [command("answer-now")], (council, { end: outcome }) => {
    expect([outcome, working(council)]).toEqual([null, ["ann", "bob", "cid"]]);
    answer("cid", "gamma")(council);
    expect(winner(council)).toEqual(["cid.1", "answer-now"]);
  });

  check("REQ-COORD-20.1: the budget of one agent and a budget that is not used up decide nothing", {}, [
    ...answered,
    add({ type: "budget-state", agent: agentId("ann"), used: {}, percent: 100, exhausted: true }),
    add({ type: "budget-state", agent: null, used: {}, percent: 90, exhausted: false }),
  ], (council) => {
    expect(winner(council)).toBeNull();
  });

  check("REQ-COORD-20.6: a cancelled run is interrupted with the best answer so far", {}, [answer("bob", "beta"), command("cancel")], (council, { turns, deadlines, end: outcome }) => {
    expect([turns, deadlines]).toEqual([[], []]);
    expect(outcome).toEqual({ outcome: "interrupted", answer: "beta", source: "stored", winner: null, cause: null, degraded: [] });
    add({ type: "run-end", result: outcome as never })(council);
    expect(plan(council.state)).toEqual({ turns: [], intents: [], presentation: null, deadlines: [], end: null });
    resumed(council);
    expect(working(council)).toEqual(["ann", "cid"]);
  });

  check("REQ-COORD-20.6: cancelled without an answer, and after the decision", {}, [command("cancel")], (council, { end: outcome }) => {
    expect(outcome).toMatchObject({ outcome: "interrupted", answer: null, source: null });
    resumed(council);
    for (const each of [...answered, vote("ann", "bob"), vote("cid", "bob"), command("cancel")]) each(council);
    expect(plan(council.state)).toMatchObject({ presentation: null, end: { outcome: "interrupted", answer: "beta", winner: { answer: "bob.1" }, cause: "votes" } });
  });

  check("REQ-COORD-20.6: a run that has ended otherwise is not taken up again", { agents: ["ann"] }, [answer("ann", "alpha")], (council, { end: outcome }) => {
    add({ type: "run-end", result: outcome as never })(council);
    const ended = council.state;
    for (const each of [resumed, command("cancel"), deadline("orchestrator")]) each(council);
    expect(council.state).toBe(ended);
  });

  check("REQ-COORD-20.7: while paused nothing new starts and what runs is left alone", {}, [...answered, start("ann"), command("pause")], (council) => {
    expect(working(council)).toEqual(["ann"]);
    expect(planOf(council, "ann")).toMatchObject({ shown: ["ann.1", "bob.1", "cid.1"], letFinish: true });
    answer("ann", "alpha two")(council);
    expect(working(council)).toEqual([]);
    command("resume")(council);
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
  });

  check("REQ-COORD-20.7: a paused run does not begin its presentation", {}, [...answered, vote("ann", "bob"), vote("cid", "bob"), command("pause")], (council) => {
    expect(plan(council.state)).toMatchObject({ presentation: null, end: null });
    command("resume")(council);
    present("bob")(council);
    command("pause")(council);
    expect(plan(council.state).presentation).not.toBeNull();
    resumed(council);
    expect(plan(council.state).presentation).not.toBeNull();
  });

  const server = (state: "failed" | "ready" | "connecting", agent: string | null = null, message = "no such command"): Step =>
    add({ type: "mcp-server-state", server: "files", agent: agent === null ? null : agentId(agent), state, ...(state === "failed" ? { message } : {}) });

  check("REQ-COORD-20.8: a server that failed and never became ready again is a line", {}, [server("failed"), server("failed", "ann", "gone"), server("connecting")], (council) => {
    expect(degradedLines(council.state)).toEqual(["MCP server files was not available: no such command", "MCP server files (ann) was not available: gone"]);
    server("ready")(council);
    expect(degradedLines(council.state)).toEqual(["MCP server files (ann) was not available: gone"]);
    const before = council.state;
    server("ready", "bob")(council);
    expect(council.state).toBe(before);
  });

  check("REQ-COORD-20.8: the lines come in a stable order, and an agent that came back is none", {}, [fail("cid", "network"), answer("ann", "alpha"), server("failed"), deadline("orchestrator")], (council) => {
    expect(degradedLines(council.state).map((line) => line.slice(0, 8))).toEqual(["The time", "cid is o", "MCP serv"]);
    resumed(council);
    expect(degradedLines(council.state).map((line) => line.slice(0, 8))).toEqual(["The time", "MCP serv"]);
  });

  check("REQ-COORD-20.8: what agents are doing is told for summaries", { agents: ["ann", "bob", "cid", "dan", "eve"] }, [
    answer("ann", "a"), answer("bob", "b"), answer("cid", "c"), fail("dan"), deadline("first-answers"), vote("ann", "bob"), fail("bob"), start("cid"), drop("cid"),
  ], (council) => {
    expect(agentStates(council.state).map(({ state }) => state)).toEqual(["voted", "abstained", "working", "out", "working"]);
    end("cid", "interrupted")(council);
    expect(agentStates(council.state).map(({ state }) => state)).toEqual(["voted", "abstained", "answered", "out", "working"]);
  });
});

// Rule 20: ends that are forced, and what makes a run degraded.
import { describe, expect } from "vitest";
import {
  add,
  answer,
  answered,
  callOf,
  check,
  command,
  deadline,
  decide,
  drop,
  end,
  fail,
  four,
  fourAnswered,
  outOfBudget,
  planOf,
  present,
  resumed,
  start,
  vote,
  winner,
  working,
  type Step,
} from "./council.test-support.ts";
import { agentStates, answersOf, degradedLines, plan } from "./index.ts";
import { agentId } from "./ids.ts";

const late = { settings: { earlyDecision: false } };

describe("REQ-COORD-20: ends that are forced", () => {
  const causes = [
    ["timeout", deadline("orchestrator")],
    ["answer-now", command("answer-now")],
    ["budget", outOfBudget],
  ] as const;
  for (const [cause, event] of causes) {
    check(
      `REQ-COORD-20.1: at ${cause} standing votes decide`,
      { ...four, ...late },
      [...fourAnswered, vote("dan", "cid"), event],
      (council) => {
        expect(winner(council)).toEqual(["cid.1", cause]);
      },
    );

    check(
      `REQ-COORD-20.2: at ${cause} without votes the first registered with an answer wins, degraded`,
      { silent: ["bob"] },
      [answer("cid", "gamma"), answer("bob", "beta"), event],
      (council, { end: outcome }) => {
        expect(winner(council)).toEqual(["bob.1", cause]);
        expect(outcome).toMatchObject({ outcome: "answered", cause, degraded: [expect.any(String)] });
      },
    );
  }

  check(
    "REQ-COORD-20.1: votes that were voided do not decide",
    {},
    [...answered, vote("cid", "cid"), answer("bob", "beta two"), deadline("orchestrator")],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "timeout"]);
    },
  );

  for (const [cause, event] of [causes[0], causes[2]]) {
    check(
      `REQ-COORD-20.3: ${cause} without any answer ends without an answer`,
      {},
      [start("ann"), event],
      (council, { turns, end: outcome }) => {
        expect(turns).toEqual([]);
        expect(outcome).toMatchObject({ outcome: "no-answer", answer: null, winner: null, cause });
        decide(council, "ann", [callOf("new_answer", { content: "late" })]);
        expect(plan(council.state).end).toMatchObject({ outcome: "no-answer", cause });
      },
    );
  }

  check(
    "REQ-COORD-20.4: an answer accepted before the time-out counts, one after it is late",
    {},
    [answer("bob", "beta"), start("ann"), deadline("orchestrator")],
    (council) => {
      decide(council, "ann", [callOf("new_answer", { content: "alpha" })]);
      expect(winner(council)).toEqual(["bob.1", "timeout"]);
      expect(answersOf(council.state).map(({ late: isLate }) => isLate)).toEqual([false, true]);
    },
  );

  check(
    "REQ-COORD-20.5: answer-now before any answer takes the first one that comes",
    {},
    [command("answer-now")],
    (council, { end: outcome }) => {
      expect([outcome, working(council)]).toEqual([null, ["ann", "bob", "cid"]]);
      answer("cid", "gamma")(council);
      expect(winner(council)).toEqual(["cid.1", "answer-now"]);
    },
  );

  check(
    "REQ-COORD-20.1: the budget of one agent and a budget that is not used up decide nothing",
    {},
    [
      ...answered,
      add({ type: "budget-state", agent: agentId("ann"), used: {}, percent: 100, exhausted: true }),
      add({ type: "budget-state", agent: null, used: {}, percent: 90, exhausted: false }),
    ],
    (council) => {
      expect(winner(council)).toBeNull();
    },
  );

  check(
    "REQ-COORD-20.6: a cancelled run is interrupted with the best answer so far",
    {},
    [answer("bob", "beta"), command("cancel")],
    (council, { turns, deadlines, end: outcome }) => {
      expect([turns, deadlines]).toEqual([[], []]);
      expect(outcome).toEqual({ outcome: "interrupted", answer: "beta", source: "stored", winner: null, cause: null, degraded: [] });
      add({ type: "run-end", result: outcome as never })(council);
      expect(plan(council.state)).toEqual({ turns: [], intents: [], presentation: null, deadlines: [], end: null });
      resumed(council);
      expect(working(council)).toEqual(["ann", "cid"]);
    },
  );

  check("REQ-COORD-20.6: cancelled without an answer, and after the decision", {}, [command("cancel")], (council, { end: outcome }) => {
    expect(outcome).toMatchObject({ outcome: "interrupted", answer: null, source: null });
    resumed(council);
    for (const each of [...answered, vote("ann", "bob"), vote("cid", "bob"), command("cancel")]) each(council);
    expect(plan(council.state)).toMatchObject({
      presentation: null,
      end: { outcome: "interrupted", answer: "beta", winner: { answer: "bob.1" }, cause: "votes" },
    });
  });

  check(
    "REQ-COORD-20.6: a run that has ended otherwise is not taken up again",
    { agents: ["ann"] },
    [answer("ann", "alpha")],
    (council, { end: outcome }) => {
      add({ type: "run-end", result: outcome as never })(council);
      const ended = council.state;
      for (const each of [resumed, command("cancel"), deadline("orchestrator")]) each(council);
      expect(council.state).toBe(ended);
    },
  );

  check(
    "REQ-COORD-20.7: while paused nothing new starts and what runs is left alone",
    {},
    [...answered, start("ann"), command("pause")],
    (council) => {
      expect(working(council)).toEqual(["ann"]);
      expect(planOf(council, "ann")).toMatchObject({ shown: ["ann.1", "bob.1", "cid.1"], letFinish: true });
      answer("ann", "alpha two")(council);
      expect(working(council)).toEqual([]);
      command("resume")(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-20.7: a paused run does not begin its presentation",
    {},
    [...answered, vote("ann", "bob"), vote("cid", "bob"), command("pause")],
    (council) => {
      expect(plan(council.state)).toMatchObject({ presentation: null, end: null });
      command("resume")(council);
      present("bob")(council);
      command("pause")(council);
      expect(plan(council.state).presentation).not.toBeNull();
      resumed(council);
      expect(plan(council.state).presentation).not.toBeNull();
    },
  );

  const server = (
    state: "failed" | "ready" | "connecting" | "reconnecting",
    agent: string | null = null,
    message = "no such command",
  ): Step =>
    add({
      type: "mcp-server-state",
      server: "files",
      agent: agent === null ? null : agentId(agent),
      state,
      ...(message !== "" && (state === "failed" || state === "reconnecting") ? { message } : {}),
    });

  check(
    "REQ-COORD-20.8: a server that is still tried again is a line with its last failure; an attempt that only begins is none",
    {},
    [server("reconnecting", "ann", ""), server("reconnecting", null, "ended with code 3"), server("reconnecting", null, "")],
    (council) => {
      expect(degradedLines(council.state)).toEqual(["MCP server files was not available: ended with code 3"]);
      server("ready")(council);
      expect(degradedLines(council.state)).toEqual([]);
    },
  );

  check(
    "REQ-COORD-20.8: a server that failed and never became ready again is a line",
    {},
    [server("failed"), server("failed", "ann", "gone"), server("connecting")],
    (council) => {
      expect(degradedLines(council.state)).toEqual([
        "MCP server files was not available: no such command",
        "MCP server files (ann) was not available: gone",
      ]);
      server("ready")(council);
      expect(degradedLines(council.state)).toEqual(["MCP server files (ann) was not available: gone"]);
      const before = council.state;
      server("ready", "bob")(council);
      expect(council.state).toBe(before);
    },
  );

  check(
    "REQ-COORD-20.8: the lines come in a stable order, and an agent that came back is none",
    {},
    [fail("cid", "network"), answer("ann", "alpha"), server("failed"), deadline("orchestrator")],
    (council) => {
      expect(degradedLines(council.state).map((line) => line.slice(0, 8))).toEqual(["The time", "cid is o", "MCP serv"]);
      resumed(council);
      expect(degradedLines(council.state).map((line) => line.slice(0, 8))).toEqual(["The time", "MCP serv"]);
    },
  );

  check(
    "REQ-COORD-20.8: what agents are doing is told for summaries",
    { agents: ["ann", "bob", "cid", "dan", "eve"] },
    [
      answer("ann", "a"),
      answer("bob", "b"),
      answer("cid", "c"),
      fail("dan"),
      deadline("first-answers"),
      vote("ann", "bob"),
      fail("bob"),
      start("cid"),
      drop("cid"),
    ],
    (council) => {
      expect(agentStates(council.state).map(({ state }) => state)).toEqual(["voted", "abstained", "working", "out", "working"]);
      end("cid", "interrupted")(council);
      expect(agentStates(council.state).map(({ state }) => state)).toEqual(["voted", "abstained", "answered", "out", "working"]);
    },
  );
});

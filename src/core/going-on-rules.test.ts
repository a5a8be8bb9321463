// Rule 21 and REQ-RUN-2: which ended runs go on when they are taken up again, and which agents get a new try.
import { describe, expect } from "vitest";
import {
  answer,
  answered,
  check,
  command,
  deadline,
  end,
  fail,
  openTurn,
  outOfBudget,
  planOf,
  present,
  presented,
  resumed,
  start,
  step,
  vote,
  winner,
  working,
  type Step,
} from "./council.test-support.ts";
import { canGoOn, nextAnswerId, nextTurnId, plan, presentationState, type FailureCategory } from "./index.ts";
import { agentId, turnId } from "./ids.ts";

const ann = agentId("ann");

describe("REQ-RUN-2: a run that has ended goes on", () => {
  const forcedEnds: readonly (readonly [string, Step, "timeout" | "budget"])[] = [
    ["its time", deadline("orchestrator"), "timeout"],
    ["its budget", outOfBudget, "budget"],
  ];
  for (const [what, force, cause] of forcedEnds) {
    const over: readonly Step[] = [
      ...answered,
      vote("ann", "bob"),
      start("cid"),
      force,
      present("bob"),
      presented("bob", "cut short"),
      end("cid", "interrupted"),
      (council) => council.append({ type: "run-end", result: plan(council.state).end as never }),
    ];
    check(`REQ-RUN-2: a run that ${what} has ended goes on from before that when it is taken up again`, {}, over, (council) => {
      expect(council.state.ended).toMatchObject({ outcome: "answered", answer: "cut short", cause });
      expect(canGoOn(council.state)).toBe(true);
      council.append({ type: "run-resumed", program: "test", orchestratorTimeoutMs: 99 });
      expect(winner(council)).toBeNull();
      expect(presentationState(council.state)).toBeNull();
      expect(council.state.council.members.map((member) => member.vote?.for ?? null)).toEqual(["bob.1", null, null]);
      expect(working(council)).toEqual(["bob", "cid"]);
      expect(plan(council.state).deadlines).toEqual([{ deadline: "orchestrator", atMs: 99 }]);
      expect(nextTurnId(council.state, agentId("bob"))).toBe("bob/3");
      vote("bob", "bob")(council);
      expect(winner(council)).toEqual(["bob.1", "votes"]);
    });

    check(
      `REQ-RUN-2: an answer that came after ${what} is not used later either, and its number is not given out again`,
      {},
      [
        answer("ann", "alpha"),
        start("bob"),
        force,
        step("bob", []),
        (council) =>
          council.append({
            type: "answer-submitted",
            agent: agentId("bob"),
            turn: openTurn(council, "bob"),
            answer: nextAnswerId(council.state, agentId("bob")),
            content: "beta",
            late: true,
          }),
        (council) =>
          council.append({
            type: "run-end",
            result: { outcome: "answered", answer: "alpha", source: "stored", winner: null, cause, degraded: [] },
          }),
        resumed,
      ],
      (council) => {
        expect(planOf(council, "bob")).toMatchObject({ kind: "first" });
        expect(nextAnswerId(council.state, agentId("bob"))).toBe("bob.2");
      },
    );
  }

  const allOut = (...causes: readonly FailureCategory[]): readonly Step[] => [
    ...["ann", "bob", "cid"].flatMap((name, at) => [start(name), fail(name, causes[at] ?? "protocol")]),
    (council) => council.append({ type: "run-end", result: plan(council.state).end as never }),
  ];
  check(
    "REQ-RUN-2: a run in which every agent failed goes on with those that may be cured",
    {},
    allOut("network", "authentication"),
    (council) => {
      expect(council.state.ended).toMatchObject({ outcome: "no-answer", cause: null });
      expect(canGoOn(council.state)).toBe(true);
      resumed(council);
      expect(working(council)).toEqual(["ann", "bob"]);
      answer("ann", "alpha")(council);
      answer("bob", "alpha")(council);
      expect(winner(council)).toEqual(["ann.1", "unanimous"]);
    },
  );

  check("REQ-RUN-2: a run in which every agent failed for good does not go on", {}, allOut("protocol", "configuration"), (council) => {
    const before = council.state;
    expect(canGoOn(before)).toBe(false);
    resumed(council);
    expect(council.state).toBe(before);
  });

  check(
    "REQ-RUN-2: a run that was decided by votes does not go on",
    {},
    [...answered, vote("ann", "bob"), vote("bob", "bob"), present("bob"), presented("bob", "done")],
    (council) => {
      council.append({ type: "run-end", result: plan(council.state).end as never });
      const before = council.state;
      expect(canGoOn(before)).toBe(false);
      resumed(council);
      expect(council.state).toBe(before);
    },
  );
});

describe("REQ-COORD-21.4: a new try for agents that are out", () => {
  const cures: readonly (readonly [FailureCategory, boolean])[] = [
    ["authentication", true],
    ["rate-limit", true],
    ["quota", true],
    ["overloaded", true],
    ["network", true],
    ["timeout", true],
    ["configuration", false],
    ["bad-request", false],
    ["refused", false],
    ["protocol", false],
    ["budget", true],
    ["internal", false],
    ["interrupted", false],
  ];
  for (const [category, cured] of cures) {
    check(
      `REQ-COORD-21.4: an agent that is out for ${category} ${cured ? "gets one new try" : "stays out"}`,
      {},
      [fail("ann", category), resumed],
      (council) => {
        expect(working(council).includes("ann")).toBe(cured);
        if (!cured) return;
        fail("ann", category)(council);
        expect(working(council)).toEqual(["bob", "cid"]);
      },
    );
  }

  check("REQ-COORD-21.4: in the evaluation it is one try as well", {}, [...answered, fail("ann", "authentication"), resumed], (council) => {
    expect(working(council)).toEqual(["ann", "bob", "cid"]);
    fail("ann", "protocol")(council);
    expect(council.state.council.members[0]?.out).not.toBeNull();
  });

  check(
    "REQ-COORD-21.4: an abstention is forgotten with the new try",
    {},
    [...answered, fail("ann", "network"), answer("bob", "beta two"), fail("ann", "network"), resumed],
    (council) => {
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
      vote("ann", "bob")(council);
      answer("cid", "gamma two")(council);
      fail("ann", "network")(council);
      expect(council.state.council.members[0]).toMatchObject({ out: null, failures: 1 });
    },
  );

  check(
    "REQ-COORD-21.4: even if the log has let an abstaining agent go on until it was out",
    {},
    [...answered, fail("ann", "network")],
    (council) => {
      council.append({
        type: "turn-start",
        agent: ann,
        turn: turnId(ann, 3),
        kind: "evaluation",
        shown: [],
        mayAnswer: true,
        mayVote: [],
        prompt: "",
      });
      end("ann", "failed", "network")(council);
      expect(working(council)).toEqual(["bob", "cid"]);
      resumed(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-21.4: a resume leaves abstentions of living agents and the pause is over",
    {},
    [...answered, fail("ann"), command("pause"), resumed],
    (council) => {
      expect(working(council)).toEqual(["bob", "cid"]);
    },
  );

  check(
    "REQ-COORD-21.4: an agent that comes back after the others have decided changes nothing",
    {},
    [fail("cid", "network"), answer("ann", "alpha"), fail("bob"), resumed],
    (council) => {
      expect(winner(council)).toEqual(["ann.1", "single"]);
      expect(working(council)).toEqual([]);
    },
  );
});

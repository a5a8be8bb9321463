// The gate and the merge: two agents begin, the others join only where they are needed; one answer is made of all where that is asked for.
import { describe, expect } from "vitest";
import { answer, check, deadline, fail, four, planOf, present, resumed, start, vote, winner, working } from "./council.test-support.ts";
import { presentationPrompt } from "./index.ts";

const gate = { settings: { gate: true } };

describe("REQ-RUN-8: the gate", () => {
  check("two agents begin and the third waits", gate, [], (council) => expect(working(council)).toEqual(["ann", "bob"]));

  check(
    "where the two agree, they have decided and the third is never asked",
    gate,
    [answer("ann", "alpha"), start("bob"), answer("bob", " alpha ")],
    (council, { presentation }) => {
      expect(winner(council)).toEqual(["ann.1", "unanimous"]);
      expect(presentation).toMatchObject({ agent: "ann" });
    },
  );

  check("while one of the two still works, the third waits", gate, [answer("ann", "alpha")], (council) =>
    expect(working(council)).toEqual(["bob"]),
  );

  check(
    "where they differ, the third joins blind, and only then all compare",
    gate,
    [answer("ann", "alpha"), answer("bob", "beta")],
    (council) => {
      expect(working(council)).toEqual(["cid"]);
      expect(planOf(council, "cid")).toMatchObject({ kind: "first", shown: [] });
      answer("cid", "beta")(council);
      expect(working(council)).toEqual(["ann", "bob", "cid"]);
    },
  );

  check("where one of the two is out, the third joins", gate, [fail("bob", "authentication")], (council) =>
    expect(working(council)).toEqual(["ann", "cid"]),
  );

  check("when the time for first answers is over, the third joins", gate, [answer("ann", "alpha"), deadline("first-answers")], (council) =>
    expect(working(council)).toEqual(["bob", "cid"]),
  );

  check(
    "who has begun goes on, also when the two agree later",
    gate,
    [answer("ann", "alpha"), deadline("first-answers"), start("cid"), start("bob"), answer("bob", "alpha")],
    (council) => {
      expect(winner(council)).toBeNull();
      expect(working(council)).toEqual(["cid"]);
    },
  );

  check(
    "a gate that was open stays open: nobody waits for ever where the two agree after one of them came back",
    { ...four, ...gate },
    [fail("ann", "network"), start("cid"), resumed, answer("ann", "alpha"), answer("bob", "alpha"), answer("cid", "beta")],
    (council) => expect(working(council)).toContain("dan"),
  );

  check("without the gate all begin", {}, [], (council) => expect(working(council)).toEqual(["ann", "bob", "cid"]));
});

describe("REQ-RUN-9: merging", () => {
  const decided = [answer("ann", "alpha"), answer("bob", "beta"), answer("cid", "gamma"), vote("ann", "bob"), vote("cid", "bob")];
  check(
    "the agent with the most votes is asked to merge all answers",
    { settings: { decision: "merge" } },
    [...decided, present("bob")],
    ({ state }) => {
      expect(presentationPrompt(state)).toContain("Merge all the answers into one");
    },
  );
  check("by default it presents the chosen one", {}, [...decided, present("bob")], ({ state }) => {
    expect(presentationPrompt(state)).not.toContain("Merge");
    expect(presentationPrompt(state)).toContain("Present the final result");
  });
});

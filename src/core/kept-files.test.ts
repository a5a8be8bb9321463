// What the log says of files: where the chosen answer's are kept, and which of its changes did not arrive.
import { describe, expect } from "vitest";
import { add, answered, check, deadline, present, presented, resumed, vote, winner, type Step } from "./council.test-support.ts";
import { answerId, degradedLines, keptFilesOf, plan } from "./index.ts";
import { agentId } from "./ids.ts";

const ann = agentId("ann");
const [first, second] = [answerId(ann, 1), answerId(agentId("bob"), 1)];
const decided = [...answered, vote("ann", "ann"), vote("bob", "ann")];
const saved = (of: typeof first, path: string, final: boolean): Step =>
  add({ type: "snapshot-saved", agent: ann, answer: of, path, ...(final ? { final: true as const } : {}) });
const applied = (conflicts: readonly string[]): Step =>
  add({ type: "changes-applied", answer: first, path: "/src", written: 2, conflicts, kept: [] });

describe("REQ-WORKSPACE-5 files of the chosen answer", () => {
  check(
    "are where the log says so, and nothing else is",
    {},
    [...decided, saved(first, "a", false), saved(first, "final", true)],
    ({ state }) => {
      expect(keptFilesOf(state)).toBe("final");
    },
  );

  check(
    "are none before they are kept, nor those of an answer that was not chosen",
    {},
    [...decided, saved(second, "final", true)],
    ({ state }) => {
      expect(keptFilesOf(state)).toBeNull();
    },
  );
});

describe("REQ-WORKSPACE-8 changes that did not arrive", () => {
  check("degrade the run until they do", {}, [...decided, applied(["x", "y"])], ({ state }) => {
    expect(degradedLines(state)).toEqual(["2 files in /src had been changed meanwhile and did not get the answer's changes."]);
  });

  check("are over with a later try that leaves nothing", {}, [...decided, applied(["x"]), applied([])], ({ state }) => {
    expect(degradedLines(state)).toEqual([]);
  });

  const over = (...files: readonly Step[]): readonly Step[] => [
    ...answered,
    deadline("orchestrator"),
    ...files,
    present("ann"),
    presented("ann", "Presented."),
    (council) => council.append({ type: "run-end", result: plan(council.state).end as never }),
    resumed,
  ];
  check("a forced decision that was carried over is not taken back", {}, over(applied([])), (council) => {
    expect(winner(council)).toEqual(["ann.1", "timeout"]);
  });
  check("one that changed nothing is", {}, over(), (council) => {
    expect(winner(council)).toBeNull();
  });
});

// A vote that does not count says why.
import { expect, test } from "vitest";
import { agentId, answerId, label, turnId, type RunEvent } from "../../core/index.ts";
import { entries, EVENTS, RESULT } from "../cli.test-support.ts";
import { castVotes } from "./vote-fates.ts";

const [start] = EVENTS as [RunEvent];
const answer = (name: string, turn: number, version: number): readonly RunEvent[] => {
  const at = { agent: agentId(name), turn: turnId(agentId(name), turn) };
  const kind = version === 1 ? ("first" as const) : ("evaluation" as const);
  return [
    { type: "turn-start", ...at, kind, shown: [], mayAnswer: true, mayVote: [], prompt: "" },
    { type: "answer-submitted", ...at, answer: answerId(agentId(name), version), content: `${name} says ${version}`, late: false },
    { type: "turn-end", ...at, outcome: "done" },
  ];
};
const vote = (name: string, turn: number, choice: { readonly for: string; readonly shown: readonly string[] }): readonly RunEvent[] => {
  const at = { agent: agentId(name), turn: turnId(agentId(name), turn) };
  const id = (text: string) => answerId(agentId(text.split(".")[0] ?? ""), Number(text.split(".")[1]));
  const shown = choice.shown.map(id);
  return [
    { type: "turn-start", ...at, kind: "evaluation", shown, mayAnswer: true, mayVote: [label("agent1"), label("agent2")], prompt: "" },
    { type: "vote-submitted", ...at, for: id(choice.for), reason: "It is complete.", shown },
    { type: "turn-end", ...at, outcome: "done" },
  ];
};
const fates = (events: readonly RunEvent[], votes: readonly (readonly [voter: string, answerOf: string])[]) =>
  castVotes({
    result: {
      ...RESULT,
      votes: votes.map(([voter, of]) => ({
        voter: agentId(voter),
        for: answerId(agentId(of), 1),
        reason: "It is complete.",
        forWinner: true,
      })),
    },
    entries: entries(events),
  }).map(({ vote: { agent, for: chosen }, whyNot }) => [agent, chosen, whyNot]);

test("a vote that a newer answer has overtaken names that answer, also where it was given again with the same words (REQ-RUN-6)", () => {
  const events = [
    start,
    ...answer("alice", 1, 1),
    ...answer("bob", 1, 1),
    ...vote("alice", 2, { for: "alice.1", shown: ["alice.1", "bob.1"] }),
    ...answer("bob", 2, 2),
    ...vote("alice", 3, { for: "alice.1", shown: ["alice.1", "bob.2"] }),
    ...vote("bob", 3, { for: "alice.1", shown: ["alice.1", "bob.2"] }),
  ];
  expect(
    fates(events, [
      ["alice", "alice"],
      ["bob", "alice"],
    ]),
  ).toEqual([
    ["alice", "alice.1", "it had not seen bob.2"],
    ["alice", "alice.1", null],
    ["bob", "alice.1", null],
  ]);
});

test("a vote after the decision says so (REQ-RUN-6)", () => {
  const events: readonly RunEvent[] = [
    start,
    ...answer("alice", 1, 1),
    ...answer("bob", 1, 1),
    ...vote("alice", 2, { for: "bob.1", shown: ["alice.1", "bob.1"] }),
    { type: "deadline-reached", deadline: "orchestrator" },
    ...vote("bob", 2, { for: "alice.1", shown: ["alice.1", "bob.1"] }),
  ];
  expect(fates(events, [["alice", "bob"]])).toEqual([
    ["alice", "bob.1", null],
    ["bob", "alice.1", "it came after the decision"],
  ]);
});

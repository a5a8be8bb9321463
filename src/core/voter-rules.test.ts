// Rule 9: labels, and what voters see and may name.
import { describe, expect, test } from "vitest";
import { answer, answered, callOf, check, decide, end, four, fourAnswered, planOf, start, vote } from "./council.test-support.ts";
import {
  assignLabels,
  ballotFor,
  compareLabels,
  conversationOf,
  plan,
  presentationPrompt,
  promptFor,
  systemPrompt,
  workflowTools,
  type TurnPlan,
} from "./index.ts";
import { agentId, label } from "./ids.ts";

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

  check(
    "REQ-COORD-9.2: no id appears in a prompt, a tool, a nudge, a refusal or the ballot",
    { history: [{ role: "user", text: "earlier" }] },
    [start("ann")],
    (council) => {
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
        ...turns.map(
          (turn) => promptFor(council.state, turn) + JSON.stringify(workflowTools(turn)) + JSON.stringify(ballotFor(council.state, turn)),
        ),
        JSON.stringify(conversationOf(council.state, agentId("ann")).filter(({ role }) => role === "user")),
      ].join("\n");
      for (const name of ["ann", "bob", "cid"]) expect(said).not.toMatch(new RegExp(`\\b${name}\\b`, "u"));
    },
  );

  check(
    "REQ-COORD-9.3: the vote's enum holds exactly the labels with a candidate",
    {},
    [answer("ann", "x"), answer("cid", "x"), answer("bob", "y")],
    (council) => {
      const tools = workflowTools(planOf(council, "ann") as TurnPlan);
      expect(tools.map(({ name }) => name)).toEqual(["new_answer", "vote"]);
      expect(tools[1]?.inputSchema).toMatchObject({
        properties: { agent_id: { enum: ["agent1", "agent3"] } },
        required: ["agent_id", "reason"],
      });
      expect(tools.every(({ description }) => description.length < 80)).toBe(true);
    },
  );

  check("REQ-COORD-9.4: every voter reads the candidates in another order", {}, answered, (council) => {
    const orders = plan(council.state).turns.map((turn) => (ballotFor(council.state, turn)?.candidates ?? []).map((each) => each.label));
    expect(orders).toEqual([
      ["agent1", "agent2", "agent3"],
      ["agent2", "agent3", "agent1"],
      ["agent3", "agent1", "agent2"],
    ]);
    const inPrompt = plan(council.state).turns.map((turn) =>
      [...promptFor(council.state, turn).matchAll(/label="(agent\d)"/gu)].map(([, each]) => each),
    );
    expect(inPrompt).toEqual(orders);
    expect(ballotFor(council.state, planOf(council, "bob") as TurnPlan)).toEqual({
      question: "Which?",
      candidates: [
        { label: "agent2", content: "alpha" },
        { label: "agent3", content: "beta" },
        { label: "agent1", content: "gamma" },
      ],
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

  check(
    "REQ-COORD-9.6: votes and their reasons are shown to nobody while the run goes on",
    four,
    [...fourAnswered, vote("ann", "bob", "SECRET-REASON"), start("bob"), answer("cid", "gamma two")],
    (council) => {
      const said = plan(council.state)
        .turns.map((turn) => promptFor(council.state, turn))
        .join("\n");
      expect(said).not.toContain("SECRET-REASON");
      expect(said).not.toMatch(/voted|votes for|leads/u);
      expect(presentationPrompt(council.state)).toBe("");
    },
  );

  for (const [written, accepted] of [
    ["agent3", true],
    ["Agent3", true],
    [" agent3 ", true],
    ["AGENT3\n", true],
    ["bob", false],
    ["bob.1", false],
    ["agent4", false],
    ["3", false],
    ["", false],
  ] as const) {
    check(
      `REQ-COORD-9.7: "${written.trim()}" is ${accepted ? "" : "not "}a label that can be voted for`,
      {},
      [...answered, start("ann")],
      (council) => {
        const judged = decide(council, "ann", [callOf("vote", { agent_id: written, reason: "r" })]);
        expect(judged.accepted).toBe(accepted);
        if (accepted)
          expect(judged.events[0]).toMatchObject({ type: "vote-submitted", for: "bob.1", reason: "r", shown: ["ann.1", "bob.1", "cid.1"] });
        else
          expect(judged.events[0]).toMatchObject({
            type: "decision-invalid",
            fault: "unknown-label",
            message: expect.stringContaining("agent1, agent2, agent3"),
          });
      },
    );
  }

  check(
    "REQ-COORD-9.7: an agent called like another's label is meant by its own label only",
    { agents: ["ann", "cid", "agent1"] },
    [answer("ann", "alpha"), answer("cid", "gamma"), answer("agent1", "zeta"), start("ann")],
    (council) => {
      const judged = decide(council, "ann", [callOf("vote", { agent_id: "agent1", reason: "r" })]);
      expect(judged.events[0]).toMatchObject({ type: "vote-submitted", for: "cid.1" });
    },
  );

  check(
    "REQ-COORD-9.7: a label that exists but has no candidate of its own is refused",
    {},
    [answer("ann", "x"), answer("cid", "x"), answer("bob", "y"), start("bob")],
    (council) => {
      expect(decide(council, "bob", [callOf("vote", { agent_id: "agent2", reason: "" })]).events[0]).toMatchObject({
        fault: "unknown-label",
      });
      expect(decide(council, "bob", [callOf("vote", { agent_id: "agent1" })]).events[0]).toMatchObject({
        type: "vote-submitted",
        for: "cid.1",
        reason: "",
      });
    },
  );

  test("REQ-COORD-9.9: the system prompt holds the agent's own message and nothing that changes", () => {
    expect(systemPrompt("You are a lawyer. ")).toMatch(/^You are a lawyer\.\n\n/u);
    expect(systemPrompt(null)).toBe(systemPrompt("  "));
    expect(systemPrompt("x")).toBe(systemPrompt("x"));
    expect(systemPrompt(null)).not.toMatch(/\d{4}|:\d\d/u);
    expect(systemPrompt(" x ", "chat")).toBe("x");
    expect(systemPrompt(null, "chat")).toBe("");
  });
});

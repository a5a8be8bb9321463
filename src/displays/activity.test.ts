import { describe, expect, test } from "vitest";
import type { RunEvent } from "../core/index.ts";
import type { LiveItem } from "../log/contract.ts";
import { activity } from "./activity.ts";
import { votedFor } from "./format.ts";
import { narrate } from "./narrator.ts";
import { agentName, callsTool, council, entriesOf, thinks, toolAnswers, turn } from "./view/recorded.test-support.ts";

const items = (events: readonly RunEvent[]): LiveItem[] => entriesOf(events).map((entry) => ({ kind: "entry", entry }));

function summary(events: readonly RunEvent[]): string {
  const team = activity();
  for (const item of items(events)) team.note(item);
  return team.summary();
}

const told = (events: readonly RunEvent[]): string[] => {
  const narrator = narrate();
  return items(events).flatMap((item) => narrator.tell(item).map(({ agent, text }) => `${agent ?? ""}|${text}`));
};

const bob = agentName(1);
const server = (state: "connecting" | "ready" | "failed", agent: typeof bob | null = null): RunEvent => ({
  type: "mcp-server-state",
  server: "web",
  agent,
  state,
  ...(state === "failed" ? { message: "it ended", next: "Run it by hand." } : {}),
});

describe("the status line (REQ-UI-9, REQ-UI-11)", () => {
  test("a tool is named while it is called; a decision's result leaves the decision standing", () => {
    expect(summary([...council(2, "start"), callsTool(bob, 1)])).toContain("bob: calling read");
    expect(summary([...council(2, "start"), callsTool(bob, 1), toolAnswers(bob, 1)])).toContain("bob: thinking");
    const voted = council(2, "voting").filter(({ type }) => type !== "turn-end");
    const decided: RunEvent = {
      ...(toolAnswers(agentName(0), 9) as Extract<RunEvent, { type: "tool-result" }>),
      turn: turn(agentName(0), 2),
    };
    expect(summary([...voted, decided])).toContain("alice: voted");
  });

  test("servers that connect are named until they are ready or failed", () => {
    expect(summary([...council(1, "start"), server("connecting")])).toMatch(/^connecting web {2}alice: waiting/);
    expect(summary([...council(1, "start"), server("connecting"), server("failed")])).not.toContain("connecting");
  });
});

describe("lines of plain words (REQ-UI-11)", () => {
  test("a server is told while it connects, and as an agent's own where only that agent has it", () => {
    const lines = told([server("connecting"), server("ready", bob), server("failed", bob)]);
    expect(lines).toEqual([
      "|MCP server web is connecting …",
      "bob|MCP server web is ready.",
      "bob|MCP server web failed: it ended. Run it by hand.",
    ]);
  });

  test("a server that is tried again is told with its reason once, and each failed attempt in one line", () => {
    const begins: RunEvent = { type: "mcp-server-state", server: "web", agent: null, state: "reconnecting" };
    const fails: RunEvent = { ...begins, message: "It ended with code 3.", next: "Run it by hand." };
    const again = "|MCP server web still does not work, and is tried again.";
    const lines = told([server("connecting"), fails, begins, fails, server("ready"), begins]);
    expect(lines.slice(1)).toEqual([
      "|MCP server web does not work, and is tried again: It ended with code 3. Run it by hand.",
      again,
      "|MCP server web is ready.",
      "|MCP server web is reconnecting …",
    ]);
  });

  test("a whole run is told in order and without the ballots", () => {
    const lines = told(council(3, "voting"));
    expect(lines[0]).toBe("|How should a web page be cached?");
    expect(lines).toContain("alice|has voted");
    expect(lines.join("\n")).not.toContain("It is complete and says why.");
  });

  test("thoughts are gathered into lines", () => {
    expect(told([thinks(bob, "one "), thinks(bob, "two\nthr")])).toEqual(["bob|one two"]);
  });

  test("a vote for another answer with the winner's text names both", () => {
    const winner = { answer: "bob.1" };
    expect(votedFor({ for: "alice.1", forWinner: true }, winner)).toBe("alice.1 = bob.1");
    expect(votedFor({ for: "bob.1", forWinner: true }, winner)).toBe("bob.1");
    expect(votedFor({ for: "alice.1", forWinner: false }, winner)).toBe("alice.1");
  });
});

import { describe, expect, test } from "vitest";
import { parseConfigText } from "./index.ts";

const read = (agents: unknown) => parseConfigText(JSON.stringify({ agents }), null, { env: { OPENAI_API_KEY: "test-key-000" } });
const backend = { type: "openai", model: "gpt-5" };

describe("the same agent several times (REQ-RUN-9)", () => {
  test("count makes as many agents, each with its own id and budget", async () => {
    const { config, problems } = await read([
      { id: "best", count: 3, backend, budget: { max_tokens: 5 } },
      { id: "other", backend },
    ]);
    expect(problems).toEqual([]);
    expect(config?.agents.map(({ id }) => id)).toEqual(["best-1", "best-2", "best-3", "other"]);
    expect(Object.keys(config?.agentBudgets ?? {})).toEqual(["best-1", "best-2", "best-3"]);
  });

  test.each([
    [
      [
        { id: "a", count: 2, backend },
        { id: "a-2", backend },
      ],
      'Two agents have the id "a-2"',
    ],
    [[{ id: "a", count: 0, backend }], "count"],
    [Array.from({ length: 6 }, (_, index) => ({ id: `a${index}`, count: 20, backend })), "120 agents are more than can work on a question"],
  ])("what cannot be is told (%#)", async (agents, message) => {
    const { config, problems } = await read(agents);
    expect(config).toBeNull();
    expect(JSON.stringify(problems)).toContain(JSON.stringify(message).slice(1, -1));
  });
});

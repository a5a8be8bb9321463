// The rules of files stand before all others; a destructive call is only milder judged where it stays at home.
import { describe, expect, test } from "vitest";
import { agentId } from "../core/index.ts";
import type { CallQuestion } from "../mcp/contract.ts";
import { withFileRules } from "./file-rules.ts";

const question: CallQuestion = { agent: agentId("a"), server: "files", tool: "write_file", effect: "destructive", input: {} };
const rules = (refusal: string | null, atHome: boolean, destructive: "ask" | "allow" | "deny" = "ask") => {
  const judged: string[] = [];
  const policy = withFileRules(
    { checkCall: async ({ effect }) => (judged.push(effect), { verdict: "allow", rule: "r", reason: "" }) },
    {
      workspaces: { binds: ({ server }) => server === "files", refusal: async () => refusal, staysAtHome: async () => atHome },
      destructive,
    },
  );
  return { judged, check: async () => policy.checkCall?.(question) };
};

describe("REQ-WORKSPACE-4 calls of filesystem servers", () => {
  test("outside the agent's folders are refused before any other rule is asked", async () => {
    const { check, judged } = rules("it lies outside", true);
    expect(await check()).toEqual({ verdict: "deny", rule: "working-folder", reason: "it lies outside" });
    expect(judged).toEqual([]);
  });

  test("are judged by their paths only where the server works in a folder of the agent: any other call is judged at once", async () => {
    const verdict = { verdict: "allow", rule: "r", reason: "" } as const;
    const policy = withFileRules(
      { checkCall: () => verdict },
      {
        workspaces: { binds: ({ server }) => server === "files", refusal: async () => "no", staysAtHome: async () => true },
        destructive: "ask",
      },
    );
    expect(policy.checkCall?.({ ...question, server: "web" })).toBe(verdict);
    expect(await policy.checkCall?.(question)).toMatchObject({ verdict: "deny" });
  });

  test("that destroy ask nobody in the agent's own folders, and are judged as they are elsewhere or where the operator forbids them", async () => {
    for (const [atHome, destructive, effect] of [
      [true, "ask", "unknown"],
      [false, "ask", "destructive"],
      [true, "deny", "destructive"],
    ] as const) {
      const { check, judged } = rules(null, atHome, destructive);
      await check();
      expect(judged).toEqual([effect]);
    }
  });
});

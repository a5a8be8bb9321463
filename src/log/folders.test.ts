// Where runs lie on the disk, and names that are safe there.
import { describe, expect, test } from "vitest";
import { agentId, runId } from "../core/index.ts";
import { fakeIo } from "../testing/index.ts";
import { agentSlugs, conversationFolder, newRunId, questionFolder } from "./index.ts";

describe("folders", () => {
  test("a run id names its conversation's folder", () => {
    const run = runId("20260102030405-0123abcd");
    expect(conversationFolder("/w", run)).toBe("/w/massgen_logs/log_20260102_030405_0123abcd");
    expect(questionFolder(conversationFolder("/w", run), 2)).toBe("/w/massgen_logs/log_20260102_030405_0123abcd/question_2");
    expect(newRunId(fakeIo())).toMatch(/^\d{14}-[0-9a-f]{8}$/);
  });

  test("agents' files never share a name, and none is special to a file system", () => {
    const ids = ["a", "A", "a b", "a-b", "../x", "", "CON", "日本", "größe", "x".repeat(300)].map(agentId);
    const slugs = [...agentSlugs(ids).values()];
    expect(new Set(slugs).size).toBe(ids.length);
    for (const slug of slugs) expect(slug).toMatch(/^[a-z0-9_][a-z0-9_-]{0,63}$/);
    expect(slugs.slice(0, 5)).toEqual(["a", "a-2", "a-b", "a-b-2", "x"]);
    expect(slugs).not.toContain("con");
    expect([...agentSlugs([agentId("system_status"), agentId("final_presentation_bob")]).values()]).toEqual([
      "agent-system_status",
      "agent-final_presentation_bob",
    ]);
  });
});

// The figures of tool use, from events.
import { describe, expect, test } from "vitest";
import { DurationHistogram } from "./duration-histogram.ts";
import type { RunEvent } from "./events.ts";
import { agentId as agent, callId, turnId } from "./ids.ts";
import type { Content } from "./message.ts";
import { UsageStatistics } from "./usage-statistics.ts";

let n = 0;
function call(
  id: string,
  tool: string,
  result: { readonly code?: string; readonly ms?: number; readonly cached?: true; readonly content?: readonly Content[] },
): readonly RunEvent[] {
  const turn = turnId(agent(id), 1);
  const ids = { agent: agent(id), turn, call: callId(turn, 1, ++n), providerCall: "p", name: tool };
  const { code = null, ms = 1, cached, content = [] } = result;
  return [
    { ...ids, type: "tool-call", step: 1, server: "s", tool, input: {}, effect: "unknown" },
    { ...ids, type: "tool-result", isError: code !== null, code, content, durationMs: ms, ...(cached ? { cached } : {}) },
  ];
}

describe("usage", () => {
  test("is counted by agent, server and tool: calls, errors by code, denials, shared answers, bytes, percentiles (REQ-MCP-35)", () => {
    const usage = new UsageStatistics();
    const events = [
      ...Array.from({ length: 99 }, (_, at) => call("a", "t", { ms: at + 1, content: [{ type: "text", text: "é" }] })).flat(),
      ...call("a", "t", { code: "timeout", ms: 10_000 }),
      ...call("a", "t", { code: "denied", ms: 0 }),
      ...call("b", "t", { cached: true }),
      ...call("a", "u", {}),
    ];
    for (const event of events) usage.add(event);
    const [first, second, third] = usage.rows();
    expect(first).toMatchObject({
      agent: "a",
      server: "s",
      tool: "t",
      calls: 101,
      errors: 2,
      codes: { timeout: 1, denied: 1 },
      denials: 1,
      cacheHits: 0,
      bytes: 198,
    });
    expect(first?.p50).toBeGreaterThan(48);
    expect(first?.p50).toBeLessThan(53);
    expect(first?.p99).toBeLessThan(103);
    expect(second).toMatchObject({ agent: "b", cacheHits: 1 });
    expect(third).toMatchObject({ tool: "u", calls: 1, errors: 0 });
  });

  test("counts no result without its call and no call without its result", () => {
    const usage = new UsageStatistics();
    const [started, ended] = call("a", "t", {});
    if (ended) usage.add(ended);
    if (started) usage.add(started);
    expect(usage.rows()).toMatchObject([{ calls: 0, p50: null }]);
  });
});

describe("the histogram", () => {
  test("is right to 3 % over seven orders of magnitude and never above the greatest", () => {
    const histogram = new DurationHistogram();
    const values = Array.from({ length: 7_000 }, (_, at) => 0.01 * 10 ** (at / 1_000));
    for (const value of values) histogram.add(value);
    for (const share of [0.01, 0.5, 0.95, 0.99, 1]) {
      const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
      const estimate = histogram.quantile(share) ?? 0;
      expect(estimate / exact).toBeGreaterThanOrEqual(0.999);
      expect(estimate / exact).toBeLessThanOrEqual(1.031);
    }
    expect(new DurationHistogram().quantile(0.5)).toBeNull();
  });
});

// What an exporter of metrics gets, from a broker over a real server and from stored events alike.
import { expect, test } from "vitest";
import { serverFile, startRun, stdioServer } from "./broker.test-support.ts";
import { mcpMeter, MCP_COUNTERS, MCP_HISTOGRAMS, type Attributes, type MetricsSink } from "./metrics.ts";

type Note = readonly [string, number, Attributes];
function keeping(): { readonly sink: MetricsSink; readonly notes: Note[] } {
  const notes: Note[] = [];
  const keep = (name: string, value: number, attributes: Attributes): void => void notes.push([name, value, attributes]);
  return { notes, sink: { add: keep, record: keep } };
}

test("calls, errors, denials, sizes and durations are told as they happen, and once more from the log (REQ-MCP-48)", async () => {
  const live = keeping();
  const server = stdioServer("c", [serverFile("counting-server.mjs"), "-"], { excludeTools: ["write"] });
  const run = startRun({ a: [server], b: [server] }, { metrics: live.sink });
  await Promise.all([run.settled("a"), run.settled("b")]);
  await run.call("a", "mcp__c__read", { n: 7 });
  await run.call("b", "mcp__c__read", { n: 7 });
  await run.call("a", "mcp__c__fail", {});
  await run.call("a", "mcp__c__write", { n: 1 });
  await run.call("a", "mcp__c__gone", {});
  const sum = (name: string, wanted: Attributes = {}): number =>
    live.notes
      .filter(([one, , attributes]) => one === name && Object.entries(wanted).every(([key, value]) => attributes[key] === value))
      .reduce((total, [, value]) => total + value, 0);
  expect(sum("massgen.mcp.calls")).toBe(5);
  expect(sum("massgen.mcp.calls", { "massgen.agent": "a", "gen_ai.tool.name": "read", "massgen.mcp.server": "c" })).toBe(1);
  expect(sum("massgen.mcp.errors", { "error.type": "tool-error" })).toBe(1);
  expect(sum("massgen.mcp.errors", { "error.type": "denied" })).toBe(1);
  expect(sum("massgen.mcp.denials", { "massgen.rule": "exclude_tools" })).toBe(1);
  expect(sum("massgen.mcp.shared_reads", { "massgen.agent": "b" })).toBe(1);
  expect(sum("massgen.mcp.server_states", { "massgen.state": "ready" })).toBe(1);
  expect(live.notes.filter(([name]) => name === "mcp.client.operation.duration")).toHaveLength(3);
  const known = new Set([...Object.keys(MCP_COUNTERS), ...Object.keys(MCP_HISTOGRAMS)]);
  expect(live.notes.filter(([name]) => !known.has(name))).toEqual([]);

  const stored = keeping();
  const take = mcpMeter(stored.sink);
  for (const event of run.events) take(event);
  expect(stored.notes).toEqual(live.notes);
});

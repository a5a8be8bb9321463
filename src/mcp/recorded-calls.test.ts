// Calls left to the winner at a real server: what is recorded, what is sent when they are made, and what stops them.
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { McpServerConfig } from "../config/types.ts";
import { callId, turnId, type Json } from "../core/index.ts";
import { agent, readLog, serverFile, startRun, stdioServer, temporaryFolder, textOf } from "./broker.test-support.ts";
import type { BrokerPolicy, ToolOutcome } from "./contract.ts";
import { decideWrites } from "./writes.ts";

type More = Parameters<typeof stdioServer>[2];
function counting(more: More = {}): { readonly server: McpServerConfig; readonly sent: () => readonly unknown[] } {
  const log = path.join(temporaryFolder(), "log");
  const sent = (): readonly unknown[] =>
    readLog(log).flatMap(({ method, params }) => (method === "tools/call" ? [[params?.["name"], params?.["arguments"]]] : []));
  return { server: stdioServer("bank", [serverFile("counting-server.mjs"), log], more), sent };
}

const TURN = turnId(agent("a"), 1);
const NOW = new AbortController().signal;

async function bank(policy: BrokerPolicy = {}, more: More = {}) {
  const { server, sent } = counting(more);
  const run = startRun({ a: [server] }, { writes: "winner", policy });
  await run.settled("a");
  const tools = run.broker.forAgent(agent("a"));
  let calls = 0;
  const call = (tool: string, input: Json, deliberating = true): Promise<ToolOutcome> => {
    calls += 1;
    const request = {
      turn: TURN,
      step: 1,
      call: callId(TURN, 1, calls),
      providerCall: `p${calls}`,
      name: `mcp__bank__${tool}`,
      input,
      signal: NOW,
    };
    return tools.call(deliberating ? { ...request, deliberating } : request);
  };
  const carryOut = async (n: number, { tool = "write", input = {} as Json, signal = NOW } = {}): Promise<ToolOutcome> => {
    if (tools.carryOut === undefined) throw new Error("no way to make a recorded call");
    return tools.carryOut({ turn: TURN, call: callId(TURN, 1, n), server: "bank", tool, input, signal });
  };
  return { run, sent, call, carryOut };
}

describe("a call that is left to the winner", () => {
  test("is recorded and not sent; made later, it is begun in the log before it is sent, as it was asked for", async () => {
    const { run, sent, call, carryOut } = await bank();
    const told = JSON.parse(textOf(await call("write", { n: 5 }))) as object;
    expect(told).toMatchObject({ status: "recorded", intent: "a/1/1.1" });
    expect(sent()).toEqual([]);
    expect(run.broker.statistics()).toMatchObject([{ tool: "write", calls: 0 }]);
    // the log has lost what was secret; the call has not
    expect(await carryOut(1, { input: { n: "[redacted]" } })).toMatchObject({ ok: true });
    expect(sent()).toEqual([["write", { n: 5 }]]);
    const order = run.events.map(({ type }) => type).filter((type) => !type.startsWith("mcp-"));
    expect(order).toEqual([
      "tool-call",
      "tool-verdict",
      "intent-recorded",
      "tool-result",
      "tool-verdict",
      "intent-started",
      "intent-executed",
    ]);
    expect(run.broker.statistics()).toMatchObject([{ tool: "write", calls: 1, errors: 0 }]);
  });

  test("is one that may change something; reads, the entry's reads and calls nobody deliberates about are sent", async () => {
    const { run, sent, call } = await bank({}, { readOnlyTools: ["slow_write", "wipe"] });
    await call("read", { n: 1 });
    await call("slow_write", { n: 2 });
    await call("write", { n: 3 }, false);
    await call("wipe", {});
    expect(sent()).toEqual([
      ["read", { n: 1 }],
      ["slow_write", { n: 2 }],
      ["write", { n: 3 }],
    ]);
    expect(run.of("intent-recorded").map(({ tool }) => tool)).toEqual(["wipe"]);
    expect(run.of("tool-call").map(({ effect }) => effect)).toEqual(["read-only", "read-only", "unknown", "destructive"]);
  });

  test("is refused at once where its arguments do not fit or the policy forbids it", async () => {
    const { run, call } = await bank({
      checkCall: ({ tool }) => ({ verdict: tool === "wipe" ? "deny" : "allow", rule: "r", reason: "never" }),
    });
    expect(await call("write", { n: "five" })).toMatchObject({ ok: false, code: "invalid-input" });
    expect(await call("wipe", {})).toMatchObject({ ok: false, code: "denied" });
    expect(run.of("intent-recorded")).toEqual([]);
  });

  test("asks a person when it is made, not when it is recorded; a refusal sends nothing and is its result", async () => {
    const answers = [true, false];
    const { run, sent, call, carryOut } = await bank({
      checkCall: () => ({ verdict: "ask", rule: "r", reason: "it destroys" }),
      ask: async () => ({ allow: answers.shift() ?? false, by: "person" }),
    });
    await call("write", { n: 1 });
    await call("write", { n: 2 });
    expect(run.of("permission-asked")).toEqual([]);
    expect(await carryOut(1)).toMatchObject({ ok: true });
    expect(await carryOut(2)).toMatchObject({ ok: false, code: "denied" });
    expect(sent()).toEqual([["write", { n: 1 }]]);
    expect(run.of("intent-started").map(({ call: id }) => id)).toEqual(["a/1/1.1"]);
    expect(run.of("intent-executed").map(({ isError, code }) => [isError, code])).toEqual([
      [false, undefined],
      [true, "denied"],
    ]);
  });

  test("that is cancelled before it was begun is not noted as made: it can be made later", async () => {
    const { run, sent, call, carryOut } = await bank();
    await call("write", { n: 1 });
    expect(await carryOut(1, { signal: AbortSignal.abort() })).toMatchObject({ ok: false, code: "cancelled" });
    expect([run.of("intent-started"), run.of("intent-executed")]).toEqual([[], []]);
    expect(await carryOut(1)).toMatchObject({ ok: true });
    expect(sent()).toHaveLength(1);
  });

  test("of a tool that is gone fails, and says that nothing was sent", async () => {
    const { run, carryOut } = await bank();
    expect(await carryOut(1, { tool: "pay", input: { n: 1 } })).toMatchObject({ ok: false, code: "unknown-tool" });
    expect(run.of("intent-executed")[0]).toMatchObject({ isError: true, code: "unknown-tool" });
  });
});

test("the entry's word stands before the run's, and a server with one agent's state is never left to the winner", () => {
  const plain = stdioServer("s", ["server.js"]);
  expect(decideWrites(plain, "winner")).toEqual({ writes: "winner", unfit: null });
  expect(decideWrites({ ...plain, writes: "ask" }, "winner").writes).toBe("ask");
  expect(decideWrites({ ...plain, writes: "winner" }, "everyone").writes).toBe("winner");
  const browser = stdioServer("b", ["playwright-mcp"]);
  expect(decideWrites(browser, "winner")).toEqual({ writes: "everyone", unfit: expect.stringContaining("browser") as unknown });
  expect(decideWrites({ ...browser, shared: true }, "winner").writes).toBe("everyone");
  expect(decideWrites({ ...browser, writes: "ask" }, "winner")).toEqual({ writes: "ask", unfit: null });
});

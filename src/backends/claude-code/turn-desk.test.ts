import { expect, test } from "vitest";
import { NO_TOOLS, type AgentTools } from "../../mcp/contract.ts";
import type { TurnPorts } from "../contract.ts";
import { turnRequest } from "./claude-code.test-support.ts";
import { StepCollector } from "./step-collector.ts";
import { TurnDesk } from "./turn-desk.ts";

const live = new AbortController().signal;
const ports = (decide: TurnPorts["decide"]): TurnPorts => ({ tools: NO_TOOLS, decide, admit: async () => null, news: live, abort: live });

/** A step whose one call is this. */
function stepCalling(name: string): StepCollector {
  const step = new StepCollector(turnRequest().turn, 1);
  step.take({ type: "message_start" });
  step.take({ type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "use-1", name } });
  step.take({ type: "content_block_stop", index: 0 });
  step.take({ type: "message_stop" });
  return step;
}

test("a decision that cannot be judged breaks the turn, not the program", async () => {
  const desk = new TurnDesk(
    turnRequest(),
    ports(() => Promise.reject(new Error("the log is full"))),
  );
  desk.file(stepCalling("mcp__massgen__new_answer"));
  expect(await desk.decide("use-1")).toMatchObject({ isError: true });
  expect(desk.broken).toMatchObject({ category: "internal", message: "Claude Code: the log is full" });
});

test("what Claude Code calls after its turn has ended is not carried out, though its step was recorded", async () => {
  let calls = 0;
  const count = async (): Promise<never> => {
    calls += 1;
    throw new Error("was called");
  };
  const tools: AgentTools = { ...NO_TOOLS, call: count };
  const desk = new TurnDesk(turnRequest(), ports(count));
  desk.file(stepCalling("mcp__bank__pay"));
  desk.close();
  const late = desk.callTool("mcp__bank__pay", {}, { providerCall: "use-1", signal: live, tools });
  expect([await late, await desk.decide("use-1")]).toMatchObject([{ isError: true }, { isError: true }]);
  expect(calls).toBe(0);
});

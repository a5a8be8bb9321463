// Tool calls that a former process left without a result: reading ones run again, so do those that never started; the others are never repeated.
import { callRecorded, OUTCOME_UNKNOWN, type OpenCall, type RunEvent } from "../core/index.ts";
import type { AgentTools } from "../mcp/contract.ts";
import type { RunContext } from "./context.ts";
import type { Job } from "./job.ts";
import { SERVERS_MS, toolsFor } from "./run-tools.ts";

export async function repairWork(run: RunContext, job: Job, calls: readonly OpenCall[]): Promise<readonly RunEvent[]> {
  const tools = toolsFor(run, job);
  const isRecorded = ({ call }: OpenCall): boolean => run.state.intents.some((intent) => intent.call === call);
  const again = calls.filter((call) => mayRunAgain(call) && !isRecorded(call));
  for (const call of calls) if (!again.includes(call)) void run.record(lostResult(job, call, isRecorded(call)));
  if (again.length > 0 && tools.pending().length > 0) await tools.settled(SERVERS_MS, job.abort);
  await Promise.race([Promise.all(again.map((call) => runAgain(run, { job, tools, call }))), job.abandoned]);
  return [];
}

/** A call is recorded before it starts; without that record it never did. */
const mayRunAgain = ({ effect }: OpenCall): boolean => effect === null || effect === "read-only";

type Again = { readonly job: Job; readonly tools: AgentTools; readonly call: OpenCall };

async function runAgain(run: RunContext, { job, tools, call }: Again): Promise<void> {
  const started = run.startedCall(call.call);
  const { turn, step, providerCall } = call;
  const input = started?.input ?? call.input ?? call.malformed ?? {};
  await tools.call({ turn, step, call: call.call, providerCall, name: started?.name ?? call.name, input, signal: job.abort });
}

/** A call that was recorded instead of sent has no unknown outcome: its author is told so as it would have been. */
function lostResult({ agent }: Job, { turn, call, providerCall, name }: OpenCall, isRecorded: boolean): RunEvent {
  const content = [{ type: "text", text: isRecorded ? callRecorded(call) : OUTCOME_UNKNOWN }] as const;
  const code = isRecorded ? null : "outcome-unknown";
  return { type: "tool-result", agent, turn, call, providerCall, name, isError: !isRecorded, code, content, durationMs: 0 };
}

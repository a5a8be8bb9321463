// An agent's tools as one job may use them: within the budget, stopped by the job, and told to the model exactly as they stand in the log.
import { agentsOf, type AgentId, type Content, type RunEvent } from "../core/index.ts";
import type { AgentTools, ToolCallRequest, ToolFailureCode, ToolOutcome } from "../mcp/contract.ts";
import type { RunContext } from "./context.ts";
import type { Job } from "./job.ts";
import { samplerFor } from "./sampling.ts";

/** How long the servers get to come back before calls to them are made again, or count as impossible. */
export const SERVERS_MS = 30_000;

export function toolsFor(run: RunContext, job: Job): AgentTools {
  const inner = run.tools?.forAgent(job.agent) ?? null;
  return {
    list: () => inner?.list() ?? [],
    hidden: () => inner?.hidden?.() ?? [],
    pending: () => inner?.pending() ?? [],
    missing: () => inner?.missing?.() ?? [],
    settled: async (graceMs, signal) => inner?.settled(graceMs, signal),
    call: (request) => job.during(call({ run, job, inner }, request)),
  };
}

type Use = { readonly run: RunContext; readonly job: Job; readonly inner: AgentTools | null };

async function call({ run, job, inner }: Use, request: ToolCallRequest): Promise<ToolOutcome> {
  const { agent } = job;
  const over = run.budget?.admitCall(agent) ?? null;
  if (over !== null) return refuse(run, request, { agent, code: "budget", message: over.message });
  if (inner === null) return refuse(run, request, { agent, code: "unknown-tool", message: `There is no tool named ${request.name}.` });
  const readOnly = inner.list().some((tool) => tool.name === request.name && tool.effect === "read-only");
  run.results.expect(request.call);
  const deliberating = agentsOf(run.state).length > 1 ? { deliberating: true as const } : {};
  const asked = { ...request, ...deliberating, ...samplerFor(run, job) };
  const outcome = await inner.call(readOnly ? asked : { ...asked, signal: job.effects });
  return asRecorded(outcome, run.results.take(request.call));
}

/** What the log holds is what a resumed run will show the model; so it is shown now too. */
function asRecorded(outcome: ToolOutcome, recorded: readonly Content[] | null): ToolOutcome {
  return recorded === null ? outcome : { ...outcome, content: recorded };
}

type Refusal = { readonly agent: AgentId; readonly code: ToolFailureCode; readonly message: string };

async function refuse(run: RunContext, request: ToolCallRequest, { agent, code, message }: Refusal): Promise<ToolOutcome> {
  const { turn, step, call: id, providerCall, name, input } = request;
  const at = { agent, turn, call: id, providerCall, name };
  const events: readonly RunEvent[] = [
    { type: "tool-call", ...at, step, server: null, tool: name, input, effect: "read-only" },
    { type: "tool-verdict", agent, turn, call: id, verdict: "deny", rule: code, reason: message },
    { type: "tool-result", ...at, isError: true, code, content: [{ type: "text", text: message }], durationMs: 0 },
  ];
  await run.record(...events);
  return { ok: false, code, message, retryable: false, content: [{ type: "text", text: message }] };
}

// What a backend may ask of the run while it works on a turn.
import { judge } from "../core/index.ts";
import type { DecisionCall, DecisionReply, TurnPorts } from "../backends/contract.ts";
import type { RunContext } from "./context.ts";
import type { Job } from "./job.ts";
import { toolsFor } from "./run-tools.ts";

export function portsOf(run: RunContext, job: Job): TurnPorts {
  return {
    tools: toolsFor(run, job),
    decide: (_step, calls) => decide(run, job, calls),
    admit: () => run.admit(job),
    news: job.news,
    abort: job.abort,
  };
}

/** Judged against the state of this very moment, and recorded before anything else can happen. */
export async function decide(run: RunContext, job: Job, calls: readonly DecisionCall[]): Promise<DecisionReply> {
  const { events, over, accepted, results, nudge } = judge(run.state, job.turn, calls);
  if (accepted) job.decided = true;
  await run.record(...events);
  return { over, accepted, results, nudge };
}

// What a backend is sent for a turn or the presentation: everything of it comes from the state, so a resumed run sends the same.
import { agentsOf, ballotFor, compareLabels, conversationOf, workflowTools, type TurnPlan } from "../core/index.ts";
import type { TurnRequest } from "../backends/contract.ts";
import type { RunContext } from "./context.ts";
import type { Job } from "./job.ts";

export function turnRequest(run: RunContext, job: Job, planned: TurnPlan): TurnRequest {
  const { state } = run;
  return {
    ...common(run, job),
    kind: planned.kind,
    workflow: workflowTools(planned),
    ballot: ballotFor(state, planned),
    // A turn that can only vote compares what it was shown: no tool is worth its tokens there, unless files belong to the answers.
    useTools: planned.mayAnswer || planned.mayVote.length === 0 || run.files !== null,
    letFinish: planned.letFinish,
  };
}

export function presentationRequest(run: RunContext, job: Job): TurnRequest {
  return { ...common(run, job), kind: "presentation", workflow: [], ballot: null, useTools: false, letFinish: true };
}

type Common = Omit<TurnRequest, "kind" | "workflow" | "ballot" | "useTools" | "letFinish">;

function common(run: RunContext, { agent, turn }: Job): Common {
  const { state } = run;
  const agents = agentsOf(state);
  const messages = conversationOf(state, agent);
  return {
    run: run.run,
    agent,
    turn,
    system: agents.find(({ id }) => id === agent)?.system ?? "",
    messages,
    freshFrom: run.held.freshFrom(agent, messages.length),
    allLabels: agents.map(({ label }) => label).toSorted(compareLabels),
    firstStep: 1,
    limits: {
      modelCallTimeoutMs: run.limit("modelCallTimeoutMs"),
      toolRounds: run.limit("toolRounds"),
      toolGraceMs: run.limit("toolGraceMs"),
    },
  };
}

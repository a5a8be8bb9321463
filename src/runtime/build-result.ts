// Makes the run's result from its outcome, its state and what its ledger added up.
import { isAbsolute, join } from "node:path";
import {
  agentsOf,
  agentStates,
  answersOf,
  canGoOn,
  keptFilesOf,
  intentReports,
  standingVotes,
  type RunId,
  type RunOutcome,
  type State,
} from "../core/index.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { Ledger } from "./ledger.ts";
import type { AgentSummary, RunResult } from "./result.ts";

export type ResultSources = {
  readonly run: RunId;
  readonly path: string | null;
  readonly outcome: RunOutcome;
  readonly state: State;
  readonly ledger: Ledger;
  readonly strict: boolean;
};

export function buildResult({ run, path, outcome, state, ledger, strict }: ResultSources): RunResult {
  const { answer, source, winner, cause, degraded } = outcome;
  const tools = ledger.tools.rows();
  return {
    type: "run-result",
    answer,
    source,
    winner,
    cause,
    degraded,
    votes: votesOf(state, outcome),
    answers: answersOf(state).map((each) => ({
      answer: each.id,
      agent: each.agent,
      label: each.label,
      content: each.content,
      late: each.late,
    })),
    agents: summaries(state, ledger),
    ...(state.intents.length === 0 ? {} : { intents: intentReports(state) }),
    usage: ledger.total.usage,
    cost: ledger.total.cost,
    unpricedSteps: ledger.total.unpriced,
    ...(tools.length === 0 ? {} : { tools }),
    exitCode: exitCodeOf(outcome, { strict }),
    ...(canGoOn(state) ? { resumable: true } : {}),
    workspace: workspaceOf(state, path),
    runId: run,
    runPath: path,
  };
}

function votesOf(state: State, { winner }: RunOutcome): RunResult["votes"] {
  const winning = answersOf(state).find(({ id }) => id === winner?.answer);
  return standingVotes(state).map(({ voter, for: answer, reason, key }) => ({
    voter,
    for: answer,
    reason,
    forWinner: key === winning?.key,
  }));
}

/** The log names it relative to the run's folder, which may have been moved. */
function workspaceOf(state: State, path: string | null): string | null {
  const kept = keptFilesOf(state);
  return kept === null || isAbsolute(kept) || path === null ? kept : join(path, kept);
}

function summaries(state: State, ledger: Ledger): readonly AgentSummary[] {
  const states = new Map(agentStates(state).map((each) => [each.id, each.state]));
  return agentsOf(state).map(({ id, label, backend, model }) => {
    const { usage, cost, steps, toolCalls } = ledger.of(id);
    return { id, label, backend, model, state: states.get(id) ?? "working", usage, cost, steps, toolCalls };
  });
}

// From a checked configuration to the rules' parameters of one run.
import type { MassgenConfig } from "../config/index.ts";
import type { CoordinationSettings } from "../core/index.ts";
import type { Io } from "../io/index.ts";
import type { Budget } from "../runtime/index.ts";
import { agentId } from "../core/index.ts";

const SEEDS = 2 ** 31;

export function settingsOf(config: MassgenConfig, io: Pick<Io, "random">): CoordinationSettings {
  const { orchestrator, timeouts } = config;
  return {
    seed: orchestrator.seed ?? Math.floor(io.random() * SEEDS),
    firstAnswers: orchestrator.firstAnswers,
    // Voting needs time too: nobody waits for first answers longer than a third of the whole.
    firstAnswerDeadlineMs: Math.min(orchestrator.firstAnswerDeadlineMs, timeouts.orchestratorMs / 3),
    maxAnswersPerAgent: orchestrator.maxAnswersPerAgent,
    maxVoteRounds: orchestrator.maxVoteRounds,
    earlyDecision: orchestrator.earlyDecision,
    singleAgent: orchestrator.singleAgentThroughOrchestrator ? "answer" : "chat",
    gate: orchestrator.gate,
    decision: orchestrator.decision,
    writes: orchestrator.writes,
    orchestratorTimeoutMs: timeouts.orchestratorMs,
    presentationTimeoutMs: timeouts.presentationMs,
  };
}

export function budgetOf(config: MassgenConfig): Budget {
  return { run: config.budget, agents: new Map(Object.entries(config.agentBudgets).map(([id, limits]) => [agentId(id), limits])) };
}

// The cap on rounds of tool calls in one turn: where it comes from, and what is said when it is reached.
import type { BackendConfig } from "../config/index.ts";
import type { Failure } from "../core/index.ts";
import { numberOf } from "./backend-options.ts";
import type { Backend, TurnPart } from "./contract.ts";
import { failureOf } from "./trouble.ts";

type Warning = Extract<TurnPart, { type: "warning" }>;

/** `max_tool_rounds` of the configuration in place of the run's cap, for every backend alike. */
export function withOwnRounds(backend: Backend, { options }: Pick<BackendConfig, "options">): Backend {
  const toolRounds = numberOf(options, "max_tool_rounds");
  if (toolRounds === undefined) return backend;
  return {
    capabilities: backend.capabilities,
    ...(backend.answersBeside === undefined ? {} : { answersBeside: backend.answersBeside }),
    runTurn: (request, ports) => backend.runTurn({ ...request, limits: { ...request.limits, toolRounds } }, ports),
    close: () => backend.close(),
  };
}

/** For people, once in the turn that has used its rounds; what is left to the model is to end it. */
export function roundsUsed(provider: string, rounds: number): Warning {
  const message = `${provider}: all ${rounds} rounds of tool calls are used; only the decision is offered now`;
  return { type: "warning", code: "E_TOOL_ROUNDS", message };
}

/** The model goes on calling tools that are no longer offered. */
export function outOfRounds(provider: string, rounds: number): Failure {
  return failureOf("protocol", `${provider}: ${rounds} rounds of tool calls and still no decision`, { code: "E_TOOL_ROUNDS" });
}

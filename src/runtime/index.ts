// The door of the runtime.
export { startRun } from "./start-run.ts";
export type { AgentSpec, Run, RunLimits, StartOptions } from "./options.ts";
export type { Steering } from "./contract.ts";
export type { AgentSummary, RunResult } from "./result.ts";
export type { Budget, BudgetLimits } from "./budget.ts";
export { buildResult } from "./build-result.ts";
export { exitCodeOf } from "./exit-code.ts";
export { Ledger, type Account } from "./ledger.ts";

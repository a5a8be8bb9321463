// The public library: the same runs as the command line, from one function. See docs/library.md.
export { coordinate, type Coordination, type CoordinateOptions } from "./session/index.ts";
export type { MassgenConfig } from "./config/index.ts";
export type { Entry, EventOf, HistoryMessage, RunEvent, Usage } from "./core/index.ts";
export type { LiveItem } from "./log/index.ts";
export type { AgentSummary, RunResult, Steering } from "./runtime/index.ts";
export { MassgenError, UsageError, type ErrorCode, type Problem } from "./errors/index.ts";

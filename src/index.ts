// The public library: the same runs as the command line, from two functions. See docs/library.md.
export { coordinate, resume, type Coordination, type CoordinateOptions, type ResumeOptions } from "./session/index.ts";
export type { MassgenConfig } from "./config/index.ts";
export type { Entry, EventOf, HistoryMessage, RunEvent, Usage } from "./core/index.ts";
export type { LiveItem } from "./log/index.ts";
export type { AgentSummary, RunResult, Steering } from "./runtime/index.ts";
export { MassgenError, UsageError, type ErrorCode, type Problem } from "./errors/index.ts";

// The door of the benchmarks that users run: `massgen bench`.
export type { BenchReport, BenchRow, Column, Figure, Progress } from "./contract.ts";
export { benchCoordination } from "./coordination-bench.ts";
export { benchCouncil } from "./council-bench.ts";
export { benchMcp, MCP_BACKENDS, type McpBackend } from "./mcp-bench.ts";
export { readQuestions } from "./questions.ts";
export { scriptedTeam, teamOfFile } from "./team.ts";

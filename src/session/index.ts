// The door of the session: a team, its tools and the runs of one conversation, put together from a configuration.
export { openSession, type Asked, type OpenedSession, type SessionOptions } from "./open-session.ts";
export { SteeringLater } from "./steering-later.ts";
export { configOfSource, KEYS_TEAM, sourceOfRun, type TeamSource } from "./team-source.ts";
export { coordinate, coordinateIn, resume, type Coordination, type CoordinateOptions, type ResumeOptions } from "./coordinate.ts";
export type { Diagnosis, McpEntry, McpSession, OpenedServer } from "./mcp.ts";

/** The servers of a configuration without models; loaded on first use. */
export const loadMcp = async () => import("./mcp.ts");

export type { Estimate, EstimatedCase } from "./estimate.ts";
/** What a run would take; loaded on first use. */
export const loadEstimate = async () => import("./estimate.ts");

// What the `mcp` and `audit` commands need of the session, behind one door that is opened on first use: runs without servers never load it.
export { mcpEntries, type McpEntry } from "./mcp-entries.ts";
export { openMcpSession, selectEntries, type McpSession, type OpenedServer } from "./mcp-session.ts";
export { diagnose, startedBy, type Diagnosis } from "./mcp-doctor.ts";
export { currentPins, loadPins, lockPath } from "./mcp-lock.ts";
export { operatorPolicy } from "./operator-policy.ts";
export { serverContext } from "./policy.ts";
export { auditTrails, findTrail, openTrail } from "./audit-trails.ts";

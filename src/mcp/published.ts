// What `massgen/mcp` publishes: the MCP layer for programs that call servers. A name here is a promise; what this program needs for itself is in the door.
export * from "./contract.ts";
export { openAuditLog, verifyAudit, type AuditEntry, type AuditLog, type AuditOptions, type AuditVerdict } from "./audit.ts";
export { breakerSettings, DEFAULT_BREAKER, type BreakerSettings } from "./breaker-settings.ts";
export { MCPCircuitBreaker, type ServerStatus } from "./breakers.ts";
export { createBroker, type BrokerAgent, type BrokerOptions, type McpBroker } from "./broker.ts";
export { CircuitBreaker, type BreakerMemory, type BreakerMetrics, type BreakerState } from "./circuit-breaker.ts";
export type { ServerReport } from "./describe-servers.ts";
export * from "./errors.ts";
export { exposeNames, type ExposedName, type NameMap, type ToolIdentity } from "./names.ts";
export { decideSharing, type SharingClass, type SharingDecision } from "./sharing.ts";
export { decideWrites, type Writes, type WritesDecision } from "./writes.ts";
export type { ElicitationAnswer, ElicitationQuestion, Root } from "./server-requests.ts";
export * from "./schema/index.ts";
export { resolvedPackage } from "./resolved-package.ts";
export {
  comparePins,
  pinServer,
  readPinFile,
  ToolPins,
  writePinFile,
  type PinChange,
  type PinFile,
  type PinnedServer,
  type PinnedTool,
} from "./tool-pins.ts";
export { UsageStatistics, type UsageRow } from "../core/index.ts";
export {
  mcpMeter,
  MCP_COUNTERS,
  MCP_HISTOGRAMS,
  type Attributes,
  type CounterName,
  type HistogramName,
  type MetricsSink,
} from "./metrics.ts";

// The door of the MCP layer, also published as `massgen/mcp`.
export * from "./contract.ts";
export { createBroker, type BrokerAgent, type BrokerOptions } from "./broker.ts";
export * from "./errors.ts";
export { exposeNames, type ExposedName, type NameMap, type ToolIdentity } from "./names.ts";
export { decideSharing, type SharingClass, type SharingDecision } from "./sharing.ts";
export type { ElicitationAnswer, ElicitationQuestion, Root } from "./server-requests.ts";
export * from "./schema/index.ts";

// The door of the MCP layer: what is published, and what only this program needs, the serving side of a connection above all.
export * from "./published.ts";
export {
  CANCELLED,
  Endpoint,
  GONE,
  SERVED_REVISIONS,
  STOPPING,
  type EndpointPorts,
  type ServedCall,
  type ServedContent,
  type ServedResult,
  type ToolDeclaration,
} from "./endpoint.ts";
export { fingerprintOf } from "./fingerprint.ts";
export { LineBuffer } from "./line-buffer.ts";
export { contentOf } from "./outcomes.ts";
export type { RpcId, RpcMessage } from "./wire.ts";

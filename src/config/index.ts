// The door of the configuration: the table of backends, loading and checking files, and the JSON Schema for editors.
export type { AgentConfig, BackendConfig, BackendType, Limits, MassgenConfig, McpServerConfig } from "./types.ts";
export { BACKEND_TABLE, familyOf, presetOfHost, type BackendRow } from "./backend-table.ts";

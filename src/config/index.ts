// The door of the configuration: the table of backends, loading and checking files, a team from flags, `.env`, and the JSON Schema for editors.
export type { AgentConfig, BackendConfig, MassgenConfig } from "./types.ts";
export { BACKEND_TABLE, familyOf, presetOfHost, type BackendRow } from "./backend-table.ts";
export { isTrustedAddress } from "./connection.ts";
export { isVertex, rowAtVertex, vertexPlace, VERTEX_TOKEN_VARIABLE } from "./vertex.ts";
export { candidatesFor, checkFiles, loadConfig, parseConfigText, type SecretSource } from "./load.ts";
export type { FoundSecret } from "./reading.ts";
export { configFromFlags, type Flags } from "./flags.ts";
export { loadDotEnv } from "./dot-env.ts";
export { toolLimitOf, type ToolLimit } from "./tool-limit.ts";
export { configSchema } from "./schema.ts";
export { usageErrorFor } from "./problems.ts";

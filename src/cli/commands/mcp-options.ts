// The options of the `mcp` commands, apart from them so that the help text costs no loading.
import type { OptionTable } from "../option-table.ts";

const SERVERS = "Servers";

const CONFIG = {
  kind: "text",
  placeholder: "FILE",
  short: "c",
  group: SERVERS,
  help: "configuration file; only its `mcp_servers` are used",
} as const;
const POLICY = {
  kind: "text",
  placeholder: "FILE",
  group: SERVERS,
  help: "security policy (JSON) instead of policy.json in the configuration folder",
} as const;
const JSON_OUTPUT = { kind: "flag", group: "Output", help: "print JSON" } as const;

export const LIST_OPTIONS = { config: CONFIG, policy: POLICY, json: JSON_OUTPUT } as const satisfies OptionTable;
export const CALL_OPTIONS = {
  ...LIST_OPTIONS,
  agent: { kind: "text", placeholder: "ID", group: SERVERS, help: "call: the agent whose entry is meant, where agents differ" },
} as const satisfies OptionTable;
export const LOCK_OPTIONS = {
  config: CONFIG,
  policy: POLICY,
  check: { kind: "flag", group: SERVERS, help: "lock: write nothing, show what differs" },
} as const satisfies OptionTable;
export const JSON_OPTIONS = { json: JSON_OUTPUT } as const satisfies OptionTable;
export const NO_OPTIONS = {} as const satisfies OptionTable;

/** All of them, for the help text. */
export const MCP_OPTIONS = { ...CALL_OPTIONS, ...LOCK_OPTIONS } as const satisfies OptionTable;

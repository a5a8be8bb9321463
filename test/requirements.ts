// The manifest of required behaviour, one file per area: each id is cited by at least one test, and no test cites an id that is not here.
import { BACKEND_REQUIREMENTS } from "./requirements-backends.ts";
import { BENCH_REQUIREMENTS } from "./requirements-bench.ts";
import { CLAUDE_CODE_REQUIREMENTS } from "./requirements-claude-code.ts";
import { CLI_REQUIREMENTS } from "./requirements-cli.ts";
import { CONFIG_REQUIREMENTS } from "./requirements-config.ts";
import { CONFORMANCE_REQUIREMENTS } from "./requirements-conformance.ts";
import { COORDINATION_REQUIREMENTS } from "./requirements-coordination.ts";
import { DOCS_REQUIREMENTS } from "./requirements-docs.ts";
import { E2E_REQUIREMENTS } from "./requirements-e2e.ts";
import { LOCAL_REQUIREMENTS } from "./requirements-local.ts";
import { MCP_COMMAND_REQUIREMENTS } from "./requirements-mcp-commands.ts";
import { MCP_REQUIREMENTS } from "./requirements-mcp.ts";
import { RUN_REQUIREMENTS } from "./requirements-runs.ts";
import { SCHEMA_REQUIREMENTS } from "./requirements-schema.ts";
import { SECURITY_RUN_REQUIREMENTS } from "./requirements-security-runs.ts";
import { SECURITY_REQUIREMENTS } from "./requirements-security.ts";
import { SERVED_REQUIREMENTS } from "./requirements-served.ts";
import { WORKSPACE_REQUIREMENTS } from "./requirements-workspaces.ts";
import { WRITES_REQUIREMENTS } from "./requirements-writes.ts";
import { TELEMETRY_REQUIREMENTS } from "./requirements-telemetry.ts";

export const AREAS: readonly Readonly<Record<string, string>>[] = [
  BACKEND_REQUIREMENTS,
  BENCH_REQUIREMENTS,
  CLAUDE_CODE_REQUIREMENTS,
  CLI_REQUIREMENTS,
  CONFIG_REQUIREMENTS,
  CONFORMANCE_REQUIREMENTS,
  COORDINATION_REQUIREMENTS,
  DOCS_REQUIREMENTS,
  E2E_REQUIREMENTS,
  LOCAL_REQUIREMENTS,
  MCP_COMMAND_REQUIREMENTS,
  MCP_REQUIREMENTS,
  RUN_REQUIREMENTS,
  SCHEMA_REQUIREMENTS,
  SECURITY_RUN_REQUIREMENTS,
  SECURITY_REQUIREMENTS,
  SERVED_REQUIREMENTS,
  WORKSPACE_REQUIREMENTS,
  WRITES_REQUIREMENTS,
  TELEMETRY_REQUIREMENTS,
];

export const REQUIREMENTS: Readonly<Record<string, string>> = Object.assign({}, ...AREAS);

// Every stable error code: category, process exit code and the next step a person can take. The code is also its anchor in docs/troubleshooting.md.

export type ErrorCategory = "usage" | "configuration" | "provider" | "mcp" | "security" | "run" | "local" | "internal";
type Row = { readonly category: ErrorCategory; readonly exitCode: number; readonly next: string };

export const ERROR_REGISTRY = {
  E_USAGE: { category: "usage", exitCode: 2, next: "See `massgen --help`." },
  E_CONFIG_NOT_FOUND: { category: "configuration", exitCode: 2, next: "Check the path; `massgen examples` lists the shipped ones." },
  E_CONFIG_INVALID: { category: "configuration", exitCode: 2, next: "Correct the lines named above and run `massgen config check FILE`." },
  E_KEY_MISSING: {
    category: "configuration",
    exitCode: 2,
    next: "`massgen backends` shows which keys are there; `type: local` needs none.",
  },
  E_BACKEND_UNKNOWN: { category: "configuration", exitCode: 2, next: "See `massgen backends` for the types that exist." },
  E_LOCAL_RUNTIME: { category: "local", exitCode: 2, next: "Run `massgen local setup`." },
  E_LOCAL_MODEL: { category: "local", exitCode: 2, next: "Set MASSGEN_LOCAL_MODEL to a .gguf file, or use a provider key." },
  E_PROVIDER_AUTH: { category: "provider", exitCode: 4, next: "Check the key of this provider." },
  E_PROVIDER_QUOTA: { category: "provider", exitCode: 4, next: "Wait for the quota to reset or use another model." },
  E_PROVIDER_RATE: { category: "provider", exitCode: 4, next: "Wait, or lower the number of agents on this provider." },
  E_PROVIDER_OVERLOADED: { category: "provider", exitCode: 4, next: "Try again later or use another model." },
  E_PROVIDER_REQUEST: { category: "provider", exitCode: 4, next: "Read the provider's message; it names what it refused." },
  E_PROVIDER_NETWORK: { category: "provider", exitCode: 4, next: "Check the network, the proxy and `base_url`." },
  E_PROVIDER_TIMEOUT: { category: "provider", exitCode: 4, next: "Raise `model_call_timeout_seconds` or use a faster model." },
  E_PROVIDER_REPLY: { category: "provider", exitCode: 4, next: "Try again; if it stays, report the model and the run's log." },
  E_TURN_ATTEMPTS: { category: "run", exitCode: 4, next: "Use a model that calls tools reliably." },
  E_TURN_TIMEOUT: { category: "run", exitCode: 4, next: "Raise `turn_timeout_seconds`." },
  E_TOOL_ROUNDS: { category: "run", exitCode: 4, next: "Ask for less in one question or raise the cap on tool rounds." },
  E_TOOL_BUDGET: { category: "run", exitCode: 4, next: "Leave tools out with `allowed_tools` or `exclude_tools`, or set `max_tools`." },
  E_BUDGET: { category: "run", exitCode: 3, next: "Raise the limit in `budget:` or resume the run." },
  E_RUN_LOG: { category: "run", exitCode: 1, next: "Check free space and rights of the log folder; the run can be resumed." },
  E_FILES: { category: "run", exitCode: 1, next: "Check the path, its rights and the free space." },
  E_RUN_LOCKED: { category: "run", exitCode: 2, next: "Wait for the other process, or end it." },
  E_RUN_NOT_FOUND: { category: "usage", exitCode: 2, next: "List the runs with `massgen runs`." },
  E_LOG_VERSION: { category: "run", exitCode: 2, next: "Use the release that wrote this log, or a newer one." },
  E_LOG_CORRUPT: { category: "run", exitCode: 2, next: "The log is readable up to the place named; resume from a copy." },
  E_MCP_CONFIG: { category: "mcp", exitCode: 2, next: "Correct the server entry; `massgen mcp doctor` checks it." },
  E_MCP_CONNECT: { category: "mcp", exitCode: 4, next: "Run the server's command by hand and read its output." },
  E_MCP_TIMEOUT: { category: "mcp", exitCode: 4, next: "Raise `call_timeout` or `connect_timeout` of this server." },
  E_MCP_SERVER: { category: "mcp", exitCode: 4, next: "Read the server's message; `massgen mcp call` repeats the call alone." },
  E_MCP_AUTH: { category: "mcp", exitCode: 4, next: "Check the server's token or log in again." },
  E_MCP_VALIDATION: { category: "mcp", exitCode: 4, next: "Compare the arguments with `massgen mcp tools`." },
  E_MCP_RESOURCE: { category: "mcp", exitCode: 4, next: "Check that the resource exists on the server." },
  E_WORKSPACE: { category: "run", exitCode: 4, next: "The message names the folder; see docs/workspaces.md." },
  E_SECURITY: { category: "security", exitCode: 2, next: "Read the rule named; an operator policy can allow it." },
  E_INTERNAL: { category: "internal", exitCode: 1, next: "This is a bug: please report it with the run's log." },
} as const satisfies Record<string, Row>;

export type ErrorCode = keyof typeof ERROR_REGISTRY;

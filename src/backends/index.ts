// The door of the backends: one line per kind of backend, loaded when an agent first needs it.
import { BACKEND_TABLE, type BackendConfig, type BackendRow } from "../config/index.ts";
import type { AgentId } from "../core/index.ts";
import { UsageError } from "../errors/index.ts";
import type { Io } from "../io/index.ts";
import type { BackendParts } from "./backend-parts.ts";
import type { Backend, Capabilities } from "./contract.ts";

export type * from "./contract.ts";

type Loader = (parts: BackendParts) => Promise<Backend>;

/** A new backend is a file and a line. Types without a line speak chat completions. */
const LOADERS: Readonly<Record<string, Loader>> = {
  gemini: async (parts) => (await import("./gemini.ts")).geminiBackend(parts),
  claude: async (parts) => (await import("./claude.ts")).claudeBackend(parts),
  openai: async (parts) => (await import("./openai.ts")).openaiBackend(parts),
  grok: async (parts) => (await import("./grok.ts")).grokBackend(parts),
  azure_openai: async (parts) => (await import("./azure-openai.ts")).azureBackend(parts),
  claude_code: async (parts) => (await import("./claude-code/index.ts")).createClaudeCodeBackend(parts),
  local: async (parts) => (await import("./local/index.ts")).createLocalBackend(parts),
};
const chatCompletion: Loader = async (parts) => (await import("./chat-completion.ts")).chatCompletionBackend(parts);

function toCapabilities(row: BackendRow): Capabilities {
  const { type, title, keyVariables, defaultBaseUrl, builtins, mcp, thinking, structuredOutput, notes } = row;
  return { type, title, keyVariables, defaultBaseUrl, builtins, mcp, thinking, structuredOutput, notes };
}

/** What every backend can do, in the order in which they are listed to people. */
export function listCapabilities(): readonly Capabilities[] {
  return Object.values(BACKEND_TABLE).map(toCapabilities);
}

export type BackendOrder = {
  readonly agent: AgentId;
  readonly config: BackendConfig;
  readonly io: Io;
  /** The agent's working folder, for backends with file tools of their own; created where it does not exist, never emptied. */
  readonly workspace: string;
  /** For what a backend keeps between runs. */
  readonly stateDir: string;
  /** How many agents of the team share the embedded model. */
  readonly localAgents?: number;
  /** The person agreed to large downloads. */
  readonly yes?: boolean;
  /** One line about what takes time. */
  readonly onNotice?: (line: string) => void;
  /** Each request and the status of its reply, without headers and keys; for `--debug`. */
  readonly onRequest?: (line: string) => void;
};

/** The backend of one agent; nothing is connected yet. Throws UsageError for an unknown type or a configuration that cannot work. */
export async function createBackend(order: BackendOrder): Promise<Backend> {
  const { config } = order;
  const row = BACKEND_TABLE[config.type];
  if (row === undefined) throw new UsageError("E_BACKEND_UNKNOWN", `There is no backend named ${config.type}.`);
  const load = LOADERS[config.type] ?? chatCompletion;
  return load({ ...order, row, capabilities: toCapabilities(row) });
}

/** The embedded model: what has to be known, brought and said before a run starts. */
export const localModels = () => import("./local/index.ts");

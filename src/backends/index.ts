// The door of the backends: one line per kind of backend, loaded when an agent first needs it.
import { BACKEND_TABLE, type BackendRow } from "../config/index.ts";
import { UsageError } from "../errors/index.ts";
import type { BackendOrder, BackendParts } from "./backend-parts.ts";
import type { Backend, Capabilities } from "./contract.ts";
import { withOwnRounds } from "./tool-rounds.ts";

export type * from "./contract.ts";
export { canBePriced, expectedPricing } from "./expected-price.ts";
export { CHARACTERS_PER_TOKEN } from "./meter.ts";

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

/** The backend of one agent; nothing is connected yet. Throws UsageError for an unknown type or a configuration that cannot work. */
export async function createBackend(order: BackendOrder): Promise<Backend> {
  const { config } = order;
  const row = BACKEND_TABLE[config.type];
  if (row === undefined) throw new UsageError("E_BACKEND_UNKNOWN", `There is no backend named ${config.type}.`);
  const load = LOADERS[config.type] ?? chatCompletion;
  return withOwnRounds(await load({ ...order, row, capabilities: toCapabilities(row) }), config);
}

/** The embedded model: what has to be known, brought and said before a run starts. */
export const localModels = () => import("./local/index.ts");

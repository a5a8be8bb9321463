// The configuration after loading: every value checked, every default filled in, nothing of YAML left.
import type { Json } from "../core/index.ts";
import type { ContextPath } from "./context-paths.ts";

/** One `${NAME}` of a server entry, and where its value was put; `variable` is a name, `keyring:NAME` or `file:PATH`. */
export type VariableReference = { readonly place: "args" | "env" | "cwd" | "url" | "headers" | "auth"; readonly variable: string };

export type McpServerConfig = {
  readonly name: string;
  readonly transport:
    | {
        readonly type: "stdio";
        readonly command: string;
        readonly args: readonly string[];
        readonly env: Readonly<Record<string, string>>;
        readonly cwd: string | null;
      }
    | {
        readonly type: "streamable-http" | "sse";
        readonly url: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly timeoutMs: number | null;
        readonly readTimeoutMs: number | null;
      };
  /** Original names; an empty list allows nothing, null everything. Already joined with the backend's own lists. */
  readonly allowedTools: readonly string[] | null;
  readonly excludeTools: readonly string[];
  /** Original names of tools that change nothing, by the word of the entry; absent = none. */
  readonly readOnlyTools?: readonly string[];
  /** Who may call tools that change something; absent = what the orchestrator's `writes` says. */
  readonly writes?: "everyone" | "winner" | "ask";
  readonly shared: "auto" | boolean;
  readonly maxProcesses: number;
  readonly maxConcurrency: number | null;
  readonly idleTimeoutMs: number;
  readonly lazy: boolean;
  readonly connectTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly maxTotalTimeoutMs: number;
  readonly restart: { readonly max: number; readonly backoffMs: number };
  readonly maxMessageBytes: number;
  readonly protocol: "legacy" | "auto" | "2026-07-28" | null;
  /** As written, checked by `src/security`. */
  readonly security: Readonly<Record<string, Json>>;
  /** Further keys, as written, checked by their owners (breaker, auth …). */
  readonly extra: Readonly<Record<string, Json>>;
  /** Every `${NAME}` the entry was written with, because its values have taken their places above; absent = written without any. */
  readonly references?: readonly VariableReference[];
};

export type BackendConfig = {
  readonly type: string;
  readonly model: string | null;
  readonly baseUrl: string | null;
  /** The key's value (file, `.env` or environment); null where the backend needs none. */
  readonly apiKey: string | null;
  /** Options this backend's allow-list knows, in the configuration's spelling (`temperature`, `max_tokens`, `enable_web_search`, `reasoning` …). */
  readonly options: Readonly<Record<string, Json>>;
  /** Sent verbatim in the request body. */
  readonly extraBody: Readonly<Record<string, Json>>;
  readonly mcpServers: readonly McpServerConfig[];
  readonly geminiSchema: "json" | "openapi";
  /** Most MCP tools declared at a time, as the agent's own section says. */
  readonly maxTools?: number;
};

export type AgentConfig = {
  readonly id: string;
  readonly backend: BackendConfig;
  readonly systemMessage: string | null;
};

export type Limits = {
  readonly maxCostUsd: number | null;
  readonly maxTokens: number | null;
  readonly maxModelCalls: number | null;
  readonly maxToolCalls: number | null;
  readonly maxMinutes: number | null;
};

export type MassgenConfig = {
  /** Where it came from, for messages; null for a team made from flags and keys. */
  readonly file: string | null;
  readonly agents: readonly AgentConfig[];
  readonly ui: { readonly display: "rich_terminal" | "terminal" | "simple" | "json" | null; readonly logging: boolean };
  readonly timeouts: {
    readonly orchestratorMs: number;
    readonly turnMs: number;
    readonly modelCallMs: number;
    readonly toolCallMs: number;
    readonly presentationMs: number;
  };
  readonly orchestrator: {
    readonly firstAnswers: "together" | "as_they_come";
    readonly firstAnswerDeadlineMs: number;
    readonly maxAnswersPerAgent: number;
    readonly maxVoteRounds: number;
    readonly earlyDecision: boolean;
    /** Start with two agents; the others join only on disagreement. */
    readonly gate: boolean;
    readonly decision: "vote" | "merge";
    readonly writes: "everyone" | "winner" | "ask";
    /** Null = drawn at random for each run. */
    readonly seed: number | null;
    readonly singleAgentThroughOrchestrator: boolean;
    readonly snapshotStorage: string | null;
    readonly agentTemporaryWorkspace: string | null;
    /** Bytes of files one copy of a working folder may have. */
    readonly snapshotLimitBytes: number;
    /** Folders of the person's that all agents may use; as written. */
    readonly contextPaths: readonly ContextPath[];
    /** Most MCP tools declared at a time, for agents without a limit of their own. */
    readonly maxTools?: number;
  };
  readonly budget: Limits;
  readonly agentBudgets: Readonly<Record<string, Limits>>;
  /** Values that must never be logged: keys, and whatever `${VAR}` put into env, args, headers and urls. */
  readonly secrets: readonly string[];
};

/** The displays a person can name, in the file and on the command line. */
export const DISPLAY_TYPES = ["rich_terminal", "terminal", "simple", "json"] as const satisfies readonly MassgenConfig["ui"]["display"][];

/** The `auth` block of a server entry: what is text in it, and all it may hold. */
export const AUTH_TEXTS = [
  "client_id",
  "client_secret",
  "private_key",
  "algorithm",
  "client_metadata_url",
  "scope",
  "issuer",
  "redirect_uri",
  "assertion",
] as const;
export const AUTH_KEYS: readonly string[] = ["grant", ...AUTH_TEXTS, "idp", "dpop"];

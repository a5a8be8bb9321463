// From a configuration entry to the options of a Claude Code session: isolated, bounded, with exactly the tools the configuration allows.
import type { Options } from "@anthropic-ai/claude-agent-sdk";
import { BACKEND_TABLE, isTrustedAddress, type BackendConfig } from "../../config/index.ts";
import type { Json } from "../../core/index.ts";
import { proxyVariables, type Environment } from "../../io/index.ts";

/** What v0.0.14 allowed where `allowed_tools` was not given. */
const DEFAULT_TOOLS = [
  "Read",
  "Write",
  "Edit",
  "MultiEdit",
  "Bash",
  "Grep",
  "Glob",
  "LS",
  "WebSearch",
  "WebFetch",
  "Task",
  "TodoWrite",
  "NotebookEdit",
  "NotebookRead",
  "ExitPlanMode",
];
const DEFAULT_DISALLOWED = ["Bash(rm*)", "Bash(sudo*)", "Bash(su*)", "Bash(chmod*)", "Bash(chown*)"];

/** Variables of ours that a Claude Code process gets; everything else stays here. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LC_ALL",
  "TZ",
  "TMPDIR",
  "TEMP",
  "TMP",
  "TERM",
  "NODE_EXTRA_CA_CERTS",
  "SYSTEMROOT",
  "APPDATA",
  "LOCALAPPDATA",
  "USERPROFILE",
  "CLAUDE_CODE_GIT_BASH_PATH",
];
/** A login of Claude Code; it goes only where the key of the environment would. */
const LOGIN = "CLAUDE_CODE_OAUTH_TOKEN";

const CLAUDE_CODE = BACKEND_TABLE["claude_code"]!;

const strings = (value: Json | undefined): readonly string[] | null =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : null;

export type NativeTools = {
  /** Names of built-in tools that exist for the model at all. */
  readonly available: readonly string[];
  /** Rules that need no question (`Read`, `Bash(git *)`). */
  readonly allowed: readonly string[];
  readonly disallowed: readonly string[];
  /** Entries `mcp__server` / `mcp__server__tool`; empty = every MCP tool of the agent. */
  readonly mcpOnly: readonly string[];
};

/** Splits `allowed_tools` into native tools and MCP entries (docs/contracts.md §5). */
export function nativeTools(config: BackendConfig): NativeTools {
  const listed = strings(config.options["allowed_tools"]);
  const native = listed === null ? DEFAULT_TOOLS : listed.filter((name) => !name.startsWith("mcp__"));
  return {
    available: [...new Set(native.map((rule) => rule.replace(/\(.*$/s, "")))],
    allowed: native,
    disallowed: strings(config.options["disallowed_tools"]) ?? DEFAULT_DISALLOWED,
    mcpOnly: listed?.filter((name) => name.startsWith("mcp__")) ?? [],
  };
}

/** True when the configuration lets this exposed name through. */
export function allowsMcpTool(tools: NativeTools, exposed: string): boolean {
  return (
    tools.mcpOnly.length === 0 ||
    tools.mcpOnly.some(
      (entry) => exposed === entry || exposed.startsWith(`${entry}__`) || (entry.endsWith("*") && exposed.startsWith(entry.slice(0, -1))),
    )
  );
}

/** Empty where nothing of the user's own settings is asked for. */
function settingSources(config: BackendConfig): NonNullable<Options["settingSources"]> {
  return [...(strings(config.options["setting_sources"]) ?? [])] as NonNullable<Options["settingSources"]>;
}

export type Surroundings = {
  readonly env: Environment;
  /** The agent's working folder; it exists. */
  readonly cwd: string;
  /** A configuration folder of our own, kept between runs so that sessions can be resumed. */
  readonly stateFolder: string;
  readonly isRoot: boolean;
  /** The binary, where it is not the SDK's own. */
  readonly executable: string | null;
  readonly resume: string | null;
  readonly sessionId: string;
  /** Keys of our in-process servers; every tool of theirs runs without a question, because our broker asks where one must be asked. */
  readonly servers: readonly string[];
};

export function environmentOf(config: BackendConfig, around: Surroundings): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of PASSED_ON) {
    const value = around.env[name];
    if (value !== undefined) env[name] = value;
  }
  const trusted = isTrustedAddress(CLAUDE_CODE, config.baseUrl, around.env);
  const login = around.env[LOGIN];
  // A folder of our own hides a stored login: where a key is given, and where the login must not go.
  const isolated = config.apiKey === null ? !trusted : settingSources(config).length === 0;
  return {
    ...env,
    ...proxyVariables(around.env),
    ...(login === undefined || !trusted ? {} : { [LOGIN]: login }),
    ...(config.apiKey === null ? {} : { ANTHROPIC_API_KEY: config.apiKey }),
    ...(config.baseUrl === null ? {} : { ANTHROPIC_BASE_URL: config.baseUrl }),
    ...(isolated ? { CLAUDE_CONFIG_DIR: around.stateFolder } : {}),
    ...ownVariables(config.options["env"]),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_TELEMETRY: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_AUTOUPDATER: "1",
    ENABLE_TOOL_SEARCH: "false",
    MCP_TOOL_TIMEOUT: "3600000",
    CLAUDE_CODE_MAX_RETRIES: String(config.options["max_retries"] ?? 4),
  };
}

function ownVariables(value: Json | undefined): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, given]) => [name, String(given)]));
}

/** The session's options without servers and hooks, which the session adds. */
export function sessionOptions(config: BackendConfig, system: string, around: Surroundings): Options {
  const { options } = config;
  const native = nativeTools(config);
  const mode = typeof options["permission_mode"] === "string" ? options["permission_mode"] : "dontAsk";
  // Claude Code refuses this mode to root; the same freedom is given by allowing every tool that exists.
  const permissionMode = mode === "bypassPermissions" && around.isRoot ? "dontAsk" : mode;
  return {
    systemPrompt: systemPrompt(options, system),
    tools: [...native.available],
    allowedTools: [
      ...(mode === "bypassPermissions" ? native.available : native.allowed),
      ...around.servers.map((server) => `mcp__${server}__*`),
    ],
    disallowedTools: [...native.disallowed],
    permissionMode: permissionMode as NonNullable<Options["permissionMode"]>,
    ...(permissionMode === "bypassPermissions" ? { allowDangerouslySkipPermissions: true } : {}),
    settingSources: settingSources(config),
    strictMcpConfig: true,
    includePartialMessages: true,
    cwd: around.cwd,
    env: environmentOf(config, around),
    ...(config.model === null ? {} : { model: config.model }),
    ...(around.executable === null ? {} : { pathToClaudeCodeExecutable: around.executable }),
    ...(around.resume === null ? { sessionId: around.sessionId } : { resume: around.resume }),
    ...(typeof options["max_thinking_tokens"] === "number" ? { maxThinkingTokens: options["max_thinking_tokens"] } : {}),
    ...(typeof options["fallback_model"] === "string" ? { fallbackModel: options["fallback_model"] } : {}),
    ...(typeof options["effort"] === "string" ? { effort: options["effort"] as NonNullable<Options["effort"]> } : {}),
    ...(options["additional_directories"] === undefined
      ? {}
      : { additionalDirectories: [...(strings(options["additional_directories"]) ?? [])] }),
    ...(typeof options["max_turns"] === "number" ? { maxTurns: options["max_turns"] } : {}),
  };
}

function systemPrompt(options: BackendConfig["options"], system: string): string {
  const replaced = typeof options["system_prompt"] === "string" ? options["system_prompt"] : "";
  const appended = typeof options["append_system_prompt"] === "string" ? options["append_system_prompt"] : "";
  return [replaced, system, appended].filter((text) => text.trim() !== "").join("\n\n");
}

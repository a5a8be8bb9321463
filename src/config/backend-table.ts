// Every backend type as data: keys, addresses, models, abilities and the options its configuration may hold.
import { PRESET_ROWS } from "./backend-presets.ts";
import type { BackendRow } from "./backend-row.ts";

export type { BackendRow } from "./backend-row.ts";

const SAMPLING = ["temperature", "top_p", "max_tokens"] as const;
const LIMITS = ["rpm", "tpm", "max_tool_rounds"] as const;

const GEMINI: BackendRow = {
  type: "gemini",
  title: "Google Gemini",
  keyVariables: ["GOOGLE_API_KEY", "GEMINI_API_KEY"],
  keyOptional: false,
  defaultBaseUrl: "https://generativelanguage.googleapis.com/v1beta",
  baseUrlVariables: ["GOOGLE_GEMINI_BASE_URL"],
  hosts: ["generativelanguage.googleapis.com", "aiplatform.googleapis.com", "*-aiplatform.googleapis.com"],
  defaultModel: "gemini-2.5-flash",
  builtins: ["web_search", "code_execution"],
  mcp: true,
  thinking: true,
  structuredOutput: true,
  maxTools: 100,
  options: [
    ...SAMPLING,
    ...LIMITS,
    "top_k",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "enable_web_search",
    "enable_code_execution",
    "thinking",
    "safety_settings",
    "vertex",
    "project",
    "location",
  ],
  notes: "Vertex AI with vertex, project and location.",
};

const CLAUDE: BackendRow = {
  type: "claude",
  title: "Anthropic Claude",
  keyVariables: ["ANTHROPIC_API_KEY"],
  keyOptional: false,
  defaultBaseUrl: "https://api.anthropic.com/v1",
  baseUrlVariables: ["ANTHROPIC_BASE_URL"],
  hosts: ["api.anthropic.com"],
  defaultModel: "claude-sonnet-4-5",
  builtins: ["web_search", "code_execution"],
  mcp: true,
  thinking: true,
  structuredOutput: false,
  maxTools: 100,
  options: [...SAMPLING, ...LIMITS, "top_k", "stop", "enable_web_search", "enable_code_execution", "thinking"],
  notes: "Prompt caching of the stable prefix.",
};

const OPENAI: BackendRow = {
  type: "openai",
  title: "OpenAI (Responses API)",
  keyVariables: ["OPENAI_API_KEY"],
  keyOptional: false,
  defaultBaseUrl: "https://api.openai.com/v1",
  baseUrlVariables: ["OPENAI_BASE_URL"],
  hosts: ["api.openai.com"],
  defaultModel: "gpt-5-mini",
  builtins: ["web_search", "code_execution"],
  mcp: true,
  thinking: true,
  structuredOutput: true,
  maxTools: 100,
  options: [
    ...SAMPLING,
    ...LIMITS,
    "reasoning",
    "text",
    "enable_web_search",
    "enable_code_interpreter",
    "parallel_tool_calls",
    "service_tier",
    "user",
  ],
  reasoningKeys: ["effort", "summary"],
  notes: "The endings -low, -medium and -high of o-series names set the reasoning effort.",
};

const GROK: BackendRow = {
  type: "grok",
  title: "xAI Grok",
  keyVariables: ["XAI_API_KEY"],
  keyOptional: false,
  defaultBaseUrl: "https://api.x.ai/v1",
  baseUrlVariables: ["XAI_BASE_URL"],
  hosts: ["api.x.ai"],
  defaultModel: "grok-3-mini",
  builtins: ["web_search"],
  mcp: true,
  thinking: true,
  structuredOutput: true,
  maxTools: 100,
  options: [...SAMPLING, ...LIMITS, "stop", "seed", "enable_web_search", "reasoning"],
  reasoningKeys: ["effort"],
  notes: "Live search through enable_web_search or extra_body.search_parameters, not both.",
};

const AZURE: BackendRow = {
  type: "azure_openai",
  title: "Azure OpenAI",
  keyVariables: ["AZURE_OPENAI_API_KEY"],
  keyOptional: false,
  defaultBaseUrl: null,
  baseUrlVariables: ["AZURE_OPENAI_ENDPOINT"],
  hosts: ["openai.azure.com", "services.ai.azure.com", "cognitiveservices.azure.com"],
  defaultModel: null,
  builtins: [],
  mcp: true,
  thinking: true,
  structuredOutput: true,
  maxTools: 100,
  options: [
    ...SAMPLING,
    ...LIMITS,
    "azure_endpoint",
    "api_version",
    "reasoning",
    "text",
    "stop",
    "seed",
    "frequency_penalty",
    "presence_penalty",
    "user",
  ],
  reasoningKeys: ["effort"],
  notes: "model is the name of the deployment; the endpoint comes from azure_endpoint, base_url or AZURE_OPENAI_ENDPOINT.",
};

const CLAUDE_CODE: BackendRow = {
  type: "claude_code",
  title: "Claude Code",
  keyVariables: ["ANTHROPIC_API_KEY"],
  keyOptional: true,
  defaultBaseUrl: null,
  baseUrlVariables: ["ANTHROPIC_BASE_URL"],
  hosts: ["api.anthropic.com"],
  defaultModel: null,
  builtins: ["web_search", "code_execution", "files", "shell"],
  mcp: true,
  thinking: true,
  structuredOutput: true,
  maxTools: 100,
  options: [
    "max_tool_rounds",
    "cwd",
    "permission_mode",
    "allowed_tools",
    "disallowed_tools",
    "system_prompt",
    "append_system_prompt",
    "max_thinking_tokens",
    "max_turns",
    "max_retries",
    "claude_code_path",
    "fallback_model",
    "effort",
    "setting_sources",
    "additional_directories",
    "env",
  ],
  notes: "Needs Claude Code on this machine (`claude` on the PATH); its login is used where no key is set.",
};

const LOCAL: BackendRow = {
  type: "local",
  title: "Embedded local model",
  keyVariables: [],
  keyOptional: true,
  defaultBaseUrl: null,
  baseUrlVariables: [],
  hosts: [],
  defaultModel: null,
  builtins: [],
  mcp: true,
  thinking: false,
  structuredOutput: true,
  maxTools: 40,
  options: [
    ...SAMPLING,
    "max_tool_rounds",
    "top_k",
    "min_p",
    "repeat_penalty",
    "seed",
    "stop",
    "model_path",
    "context_size",
    "threads",
    "gpu_layers",
  ],
  notes: "No key and no network once a model file is there; MASSGEN_LOCAL_MODEL or model_path names it.",
};

const ROWS: readonly BackendRow[] = [GEMINI, CLAUDE, OPENAI, GROK, AZURE, ...PRESET_ROWS, CLAUDE_CODE, LOCAL];

/** Every backend type by its name in the configuration, in the order in which they are listed to people. */
export const BACKEND_TABLE: Readonly<Record<string, BackendRow>> = Object.freeze(
  Object.assign(Object.create(null) as Record<string, BackendRow>, Object.fromEntries(ROWS.map((row) => [row.type, row]))),
);

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/\.gguf$|^hf:/, "local"],
  [/^(models\/)?gemini-/, "gemini"],
  [/^claude-/, "claude"],
  // Open weights under OpenAI's name prefix are served by everybody but OpenAI.
  [/^gpt-oss/, ""],
  [/^(gpt|chatgpt|codex)-|^o[1-9](-|$)/, "openai"],
  [/^grok-/, "grok"],
  [/^glm-/, "zai"],
  [/^deepseek-/, "deepseek"],
  [/^(open-)?(mistral|ministral|mixtral|codestral|magistral|devstral|pixtral|voxtral)-/, "mistral"],
  [/^(kimi|moonshot)-/, "moonshot"],
  [/^(qwen[0-9.]*|qwq|qvq)-/, "qwen"],
];

/** The backend type a model's name belongs to, by the family's prefix; null where the name alone does not tell. */
export function familyOf(model: string): string | null {
  const name = model.trim().toLowerCase();
  return FAMILIES.find(([pattern]) => pattern.test(name))?.[1] || null;
}

/** True where `host` is one of `row`'s own hosts, a name below one of them, or stands for one that is written with `*`. */
export function isHostOf(row: BackendRow, host: string): boolean {
  return row.hosts.some((own) => host === own || host.endsWith(own.startsWith("*") ? own.slice(1) : `.${own}`));
}

/** The backend type whose provider owns the host of an https URL; null for every other URL. Never matches a part of a name. */
export function presetOfHost(url: string): string | null {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== "https:" || parsed.username !== "" || parsed.password !== "") return null;
  return ROWS.find((row) => isHostOf(row, parsed.hostname))?.type ?? null;
}

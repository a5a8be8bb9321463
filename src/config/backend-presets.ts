// Providers and local servers that speak the OpenAI chat completions protocol, one row each.
import type { BackendRow } from "./backend-row.ts";

const CHAT_OPTIONS = [
  "temperature", "top_p", "max_tokens", "rpm", "tpm", "max_tool_rounds", "stop", "seed", "frequency_penalty", "presence_penalty", "logit_bias",
  "reasoning_effort", "parallel_tool_calls", "response_format", "user",
] as const;
const OPEN_WEIGHT_OPTIONS = [...CHAT_OPTIONS, "top_k", "min_p", "repetition_penalty"] as const;

type Sparse = Pick<BackendRow, "type" | "title" | "defaultBaseUrl"> & Partial<BackendRow>;

function chatRow(row: Sparse): BackendRow {
  return {
    keyVariables: [],
    keyOptional: false,
    baseUrlVariables: [],
    hosts: [],
    defaultModel: null,
    builtins: [],
    mcp: true,
    thinking: true,
    structuredOutput: true,
    options: CHAT_OPTIONS,
    notes: "",
    ...row,
  };
}

export const PRESET_ROWS: readonly BackendRow[] = [
  chatRow({
    type: "chatcompletion", title: "Any OpenAI-compatible server", defaultBaseUrl: "https://api.openai.com/v1", keyOptional: true,
    options: [...OPEN_WEIGHT_OPTIONS, "provider", "provider_name"],
    notes: "The host of base_url decides which provider's key is sent; an unknown host gets only api_key.",
  }),
  chatRow({
    type: "cerebras", title: "Cerebras", keyVariables: ["CEREBRAS_API_KEY"], defaultBaseUrl: "https://api.cerebras.ai/v1", hosts: ["api.cerebras.ai"],
    defaultModel: "gpt-oss-120b",
  }),
  chatRow({
    type: "together", title: "Together AI", keyVariables: ["TOGETHER_API_KEY"], defaultBaseUrl: "https://api.together.xyz/v1",
    hosts: ["api.together.xyz", "api.together.ai"], defaultModel: "openai/gpt-oss-120b", options: OPEN_WEIGHT_OPTIONS,
  }),
  chatRow({
    type: "fireworks", title: "Fireworks AI", keyVariables: ["FIREWORKS_API_KEY"], defaultBaseUrl: "https://api.fireworks.ai/inference/v1",
    hosts: ["api.fireworks.ai"], defaultModel: "accounts/fireworks/models/gpt-oss-120b", options: OPEN_WEIGHT_OPTIONS,
  }),
  chatRow({
    type: "groq", title: "Groq", keyVariables: ["GROQ_API_KEY"], defaultBaseUrl: "https://api.groq.com/openai/v1", hosts: ["api.groq.com"],
    defaultModel: "openai/gpt-oss-120b",
  }),
  chatRow({
    type: "nebius", title: "Nebius", keyVariables: ["NEBIUS_API_KEY"], defaultBaseUrl: "https://api.studio.nebius.ai/v1",
    hosts: ["api.studio.nebius.ai", "api.studio.nebius.com", "api.tokenfactory.nebius.com"], defaultModel: "openai/gpt-oss-120b",
    options: OPEN_WEIGHT_OPTIONS,
  }),
  chatRow({
    type: "openrouter", title: "OpenRouter", keyVariables: ["OPENROUTER_API_KEY"], defaultBaseUrl: "https://openrouter.ai/api/v1", hosts: ["openrouter.ai"],
    defaultModel: "openai/gpt-oss-120b", options: [...OPEN_WEIGHT_OPTIONS, "reasoning", "provider", "models", "transforms"],
  }),
  chatRow({
    type: "deepseek", title: "DeepSeek", keyVariables: ["DEEPSEEK_API_KEY"], defaultBaseUrl: "https://api.deepseek.com/v1", hosts: ["api.deepseek.com"],
    defaultModel: "deepseek-chat",
  }),
  chatRow({
    type: "mistral", title: "Mistral AI", keyVariables: ["MISTRAL_API_KEY"], defaultBaseUrl: "https://api.mistral.ai/v1", hosts: ["api.mistral.ai"],
    defaultModel: "mistral-small-latest",
  }),
  chatRow({
    type: "moonshot", title: "Moonshot AI (Kimi)", keyVariables: ["MOONSHOT_API_KEY", "KIMI_API_KEY"], defaultBaseUrl: "https://api.moonshot.cn/v1",
    hosts: ["api.moonshot.cn", "api.moonshot.ai"], defaultModel: "kimi-latest",
  }),
  chatRow({
    type: "qwen", title: "Alibaba Cloud Qwen", keyVariables: ["QWEN_API_KEY", "DASHSCOPE_API_KEY"],
    defaultBaseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", hosts: ["dashscope-intl.aliyuncs.com", "dashscope.aliyuncs.com"],
    defaultModel: "qwen-plus", options: [...OPEN_WEIGHT_OPTIONS, "enable_thinking"],
  }),
  chatRow({
    type: "poe", title: "Poe", keyVariables: ["POE_API_KEY"], defaultBaseUrl: "https://api.poe.com/v1", hosts: ["api.poe.com"],
    notes: "model is the name of a bot.",
  }),
  chatRow({
    type: "zai", title: "Z.ai (GLM)", keyVariables: ["ZAI_API_KEY"], defaultBaseUrl: "https://api.z.ai/api/paas/v4", hosts: ["api.z.ai", "open.bigmodel.cn"],
    defaultModel: "glm-4.5", options: [...CHAT_OPTIONS, "thinking"],
  }),
  chatRow({
    type: "lmstudio", title: "LM Studio", keyOptional: true, defaultBaseUrl: "http://localhost:1234/v1", options: OPEN_WEIGHT_OPTIONS,
    notes: "A local server you start yourself; without model the first one it lists is used.",
  }),
  chatRow({
    type: "ollama", title: "Ollama", keyOptional: true, defaultBaseUrl: "http://localhost:11434/v1", options: OPEN_WEIGHT_OPTIONS,
    notes: "A local server you start yourself; without model the first one it lists is used.",
  }),
  chatRow({
    type: "vllm", title: "vLLM", keyVariables: ["VLLM_API_KEY"], keyOptional: true, defaultBaseUrl: "http://localhost:8000/v1",
    options: [...OPEN_WEIGHT_OPTIONS, "chat_template_kwargs"], notes: "A local server you start yourself; without model the first one it lists is used.",
  }),
  chatRow({
    type: "sglang", title: "SGLang", keyVariables: ["SGLANG_API_KEY"], keyOptional: true, defaultBaseUrl: "http://localhost:30000/v1",
    options: [...OPEN_WEIGHT_OPTIONS, "chat_template_kwargs", "separate_reasoning"],
    notes: "A local server you start yourself; without model the first one it lists is used.",
  }),
];

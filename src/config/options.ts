// Every option a backend may have under `backend:`, once: its kind, its bounds, and a sentence for the schema.
// Which backend has which option stands in the table of backends.
import { given, optional, record, type Field } from "./record.ts";
import { anything, choice, dictionaryOf, flag, freeMapping, listOf, number, oneOrMore, text } from "./shapes.ts";
import { namedTexts } from "./variables.ts";

const whole = number({ above: 0, integer: true });
const fraction = number({ min: 0, max: 1 });
const penalty = number({ min: -2, max: 2 });
const names = oneOrMore(text(), "a list of names");

const EFFORTS = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;

const reasoning = record({
  effort: optional(choice(EFFORTS), "How much the model thinks."),
  summary: optional(choice(["auto", "concise", "detailed", "none"]), "Summaries of the thinking."),
  max_tokens: optional(whole, "Tokens the thinking may take."),
  enabled: optional(flag, "Switches the thinking on or off."),
  exclude: optional(flag, "Leaves the thinking out of the reply."),
});

/** The keys of `reasoning` that some provider knows. */
export const REASONING_KEYS: readonly string[] = Object.keys(reasoning.fields);

const textOptions = given(record({ verbosity: optional(choice(["low", "medium", "high"]), "How long answers are.") }));

const thinking = given(
  record({
    type: optional(choice(["enabled", "disabled", "adaptive"]), "Switches the thinking on or off."),
    budget_tokens: optional(number({ min: -1, integer: true }), "Tokens the thinking may take; -1 leaves it to the model."),
    level: optional(choice(["minimal", "low", "medium", "high"]), "How much the model thinks."),
    include_thoughts: optional(flag, "Whether summaries of the thoughts are sent."),
  }),
);

const OPTIONS = {
  temperature: optional(number({ min: 0, max: 2 }), "Randomness of the answers."),
  top_p: optional(fraction, "Share of the likeliest tokens that is drawn from."),
  top_k: optional(number({ min: -1, integer: true }), "Number of the likeliest tokens that is drawn from."),
  min_p: optional(fraction, "Least likelihood of a token, relative to the likeliest."),
  max_tokens: optional(whole, "Longest reply, in tokens."),
  stop: optional(oneOrMore(text(), "a list of texts"), "Texts at which a reply ends."),
  seed: optional(number({ integer: true }), "Makes sampling repeatable where the provider can."),
  frequency_penalty: optional(penalty, "Discourages frequent words."),
  presence_penalty: optional(penalty, "Discourages words that occurred."),
  repetition_penalty: optional(number({ above: 0 }), "Discourages repetition."),
  repeat_penalty: optional(number({ above: 0 }), "Discourages repetition."),
  logit_bias: optional(dictionaryOf(number({ min: -100, max: 100 })), "Bias for single tokens."),
  reasoning: optional(given(reasoning), "Thinking of the model."),
  reasoning_effort: optional(choice(EFFORTS), "How much the model thinks."),
  thinking: optional(thinking, "Thinking of the model."),
  enable_thinking: optional(flag, "Switches the thinking on or off."),
  text: optional(textOptions, "Form of the answers."),
  enable_web_search: optional(flag, "The provider's own web search."),
  enable_code_execution: optional(flag, "The provider's own code execution."),
  enable_code_interpreter: optional(flag, "The provider's own code interpreter."),
  parallel_tool_calls: optional(flag, "Whether a reply may hold several tool calls."),
  response_format: optional(anything, "Form of the reply, as the provider defines it."),
  service_tier: optional(text(), "The provider's class of service."),
  user: optional(text(), "An identifier of the end user for the provider."),
  safety_settings: optional(listOf(freeMapping), "Gemini's safety settings, as the API defines them."),
  vertex: optional(flag, "Use Gemini through Vertex AI."),
  project: optional(text({ pattern: /^[\w.:-]+$/, expected: "the id of a project" }), "Google Cloud project (Vertex AI)."),
  location: optional(text({ pattern: /^[a-z0-9-]+$/, expected: "a location, such as europe-west4" }), "Google Cloud location (Vertex AI)."),
  azure_endpoint: optional(text(), "The endpoint of the Azure resource."),
  api_version: optional(text({ lenient: true }), "Version of the Azure API."),
  provider: optional(anything, "Name of the provider for displays; on OpenRouter its routing rules."),
  provider_name: optional(text(), "Name of the provider for displays."),
  models: optional(listOf(text()), "Models to fall back to (OpenRouter)."),
  transforms: optional(listOf(text()), "OpenRouter's transforms."),
  chat_template_kwargs: optional(freeMapping, "Values for the model's chat template."),
  separate_reasoning: optional(flag, "Sends the thinking apart from the answer (SGLang)."),
  rpm: optional(number({ above: 0 }), "Most requests per minute to this provider."),
  tpm: optional(number({ above: 0 }), "Most tokens per minute to this provider."),
  max_tool_rounds: optional(
    number({ min: 1, max: 1000, integer: true }),
    "Most model steps with tool calls in one turn (25 where left out).",
  ),
  cwd: optional(text(), "Working folder of the agent."),
  permission_mode: optional(
    choice(["default", "acceptEdits", "bypassPermissions", "plan", "dontAsk", "auto"]),
    "Claude Code's permission mode.",
  ),
  allowed_tools: optional(names, "Tools that may be used; see `exclude_tools` for the opposite."),
  disallowed_tools: optional(names, "Claude Code tools that may not be used."),
  system_prompt: optional(text(), "Replaces Claude Code's system prompt."),
  append_system_prompt: optional(text(), "Is appended to Claude Code's system prompt."),
  max_thinking_tokens: optional(number({ min: 0, integer: true }), "Tokens the thinking may take."),
  max_turns: optional(whole, "Most steps of one Claude Code turn."),
  claude_code_path: optional(text(), "Claude Code's program, where it is not `claude` on the PATH."),
  max_retries: optional(
    number({ min: 0, max: 20, integer: true }),
    "How often Claude Code asks an overloaded provider again (4 where left out).",
  ),
  fallback_model: optional(text(), "Model used where the first is overloaded."),
  effort: optional(choice(["low", "medium", "high", "xhigh", "max"]), "How much the model thinks."),
  setting_sources: optional(
    listOf(choice(["user", "project", "local"])),
    "Which of your own Claude Code settings are read; none where left out.",
  ),
  additional_directories: optional(listOf(text()), "Further folders Claude Code may use."),
  env: optional(namedTexts("a mapping of names to texts"), "Environment variables of the Claude Code process."),
  model_path: optional(text(), "A .gguf file, or its name in the cache."),
  context_size: optional(number({ min: 256, max: 1_048_576, integer: true }), "Tokens of context for each agent."),
  threads: optional(number({ min: 1, max: 1024, integer: true }), "Processor threads; one core is left free where it is left out."),
  gpu_layers: optional(number({ min: 0, integer: true }), "Layers that run on the graphics card."),
} as const satisfies Readonly<Record<string, Field<unknown>>>;

/** All options of all backends. */
export const OPTION_FIELDS: Readonly<Record<string, Field<unknown>>> = OPTIONS;

/** Former and foreign spellings of options, accepted with a warning. */
export const OPTION_ALIASES: Readonly<Record<string, string>> = {
  max_output_tokens: "max_tokens",
  max_completion_tokens: "max_tokens",
  stop_sequences: "stop",
};

/** Keys of the older program that mean nothing here. */
export const IDLE_OPTIONS: Readonly<Record<string, string>> = {
  max_mcp_message_history: "is not needed: an agent's conversation keeps whole tool results",
  circuit_breaker_enabled: "has no effect: a failing server is always held back",
  use_multi_mcp: "is not needed: any number of servers can be used",
  mcp_sdk_auto: "has no effect: tools are always called by this program",
  agent_id: "is not needed: the agent's `id` is used",
  session_id: "has no effect in a file",
};

/** Request fields of the providers' own APIs. They are never taken for a misspelling of an option, however near. */
export const NEUTRAL_OPTIONS: ReadonlySet<string> = new Set([
  "top_k",
  "top_a",
  "min_p",
  "typical_p",
  "seed",
  "stop",
  "n",
  "user",
  "best_of",
  "echo",
  "suffix",
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "repeat_penalty",
  "length_penalty",
  "min_tokens",
  "ignore_eos",
  "store",
  "metadata",
  "tools",
  "tool_choice",
  "functions",
  "function_call",
  "stream",
  "stream_options",
  "service_tier",
  "prompt_cache_key",
  "safety_identifier",
  "truncation",
  "include",
  "background",
  "conversation",
  "instructions",
  "prompt",
  "previous_response_id",
  "modalities",
  "audio",
  "prediction",
  "verbosity",
  "response_format",
  "response_mime_type",
  "response_schema",
  "system",
  "system_instruction",
  "betas",
  "container",
  "context_management",
  "cached_content",
  "labels",
  "candidate_count",
  "keep_alive",
  "num_ctx",
  "num_predict",
  "mirostat",
  "guided_json",
  "guided_regex",
  "guided_choice",
  "grammar",
  "regex",
  "search_parameters",
  "deferred",
  "timeout",
  "max_retries",
  "organization",
  "default_headers",
  "extra_headers",
  "extra_query",
  "documents",
  "safe_prompt",
  "prompt_mode",
  "random_seed",
  "request_id",
  "do_sample",
  "route",
  "plugins",
  "usage",
  "tags",
]);

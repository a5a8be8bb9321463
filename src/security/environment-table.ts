// What is known of environment variables that act on programs instead of informing them, and the base set a server starts from.

export type EnvironmentClass =
  /** Loads code or runs a command in the server, or switches a protection off. */
  | "injects"
  /** Decides where code, packages or traffic come from; people set these for good reasons too. */
  | "redirects"
  /** Something a strict policy does not let an entry set. */
  | "basic";

const NAMES: Readonly<Record<EnvironmentClass, readonly string[]>> = {
  injects:
    `NODE_OPTIONS NODE_TLS_REJECT_UNAUTHORIZED NODE_REPL_EXTERNAL_MODULE BUN_OPTIONS PYTHONSTARTUP PYTHONHOME PYTHONINSPECT PYTHONBREAKPOINT PYTHONUSERBASE PYTHONPLATLIBDIR
    PYTHONEXECUTABLE PYTHONCASEOK PYTHONHTTPSVERIFY PYTHONWARNINGS PYTHONPYCACHEPREFIX BASH_ENV BASHOPTS SHELLOPTS PROMPT_COMMAND PS4 ZDOTDIR IFS CDPATH GLOBIGNORE
    PERL5OPT PERL5LIB PERLLIB PERL5DB RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_OPTS_FILE CLASSPATH PHPRC PHP_INI_SCAN_DIR LUA_INIT R_PROFILE R_PROFILE_USER R_ENVIRON
    JULIA_LOAD_PATH ERL_AFLAGS ERL_FLAGS ELIXIR_ERL_OPTIONS DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS DOTNET_SHARED_STORE COR_ENABLE_PROFILING COR_PROFILER COR_PROFILER_PATH
    GIT_SSH GIT_SSH_COMMAND GIT_PROXY_COMMAND GIT_EXTERNAL_DIFF GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_PAGER GIT_ASKPASS GIT_TEMPLATE_DIR GIT_EXEC_PATH GIT_CONFIG GIT_CONFIG_GLOBAL
    GIT_CONFIG_SYSTEM GIT_CONFIG_COUNT GIT_CONFIG_PARAMETERS GIT_SSL_NO_VERIFY GIT_ALLOW_PROTOCOL SSH_ASKPASS SUDO_ASKPASS GCONV_PATH LOCPATH NLSPATH HOSTALIASES RESOLV_HOST_CONF RES_OPTIONS
    TMUX MALLOC_TRACE SSLKEYLOGFILE OPENSSL_CONF OPENSSL_ENGINES OPENSSL_MODULES COMSPEC PATHEXT PSMODULEPATH LESSOPEN LESSCLOSE MANPAGER
    GOFLAGS GOTOOLCHAIN CARGO_BUILD_RUSTC_WRAPPER RUSTC_WRAPPER RUSTC CC CXX`.split(/\s+/),
  redirects:
    `PATH PYTHONPATH NODE_PATH GOPROXY GONOSUMDB GONOSUMCHECK GOINSECURE GOPRIVATE GEM_HOME GEM_PATH BUNDLE_GEMFILE HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY NO_PROXY NODE_USE_ENV_PROXY
    SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS REQUESTS_CA_BUNDLE CURL_CA_BUNDLE DENO_CERT DENO_DIR DENO_TLS_CA_STORE DOCKER_HOST DOCKER_CONFIG DOCKER_CONTEXT KUBECONFIG`.split(
      /\s+/,
    ),
  basic:
    "HOME USER USERNAME LOGNAME SHELL PWD OLDPWD TMPDIR TEMP TMP USERPROFILE APPDATA LOCALAPPDATA SYSTEMROOT WINDIR HOMEDRIVE HOMEPATH EDITOR VISUAL PAGER BROWSER XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME".split(
      /\s+/,
    ),
};
const PREFIXES: readonly (readonly [prefix: string, kind: EnvironmentClass])[] = [
  ["LD_", "injects"],
  ["DYLD_", "injects"],
  ["GIT_CONFIG_KEY_", "injects"],
  ["GIT_CONFIG_VALUE_", "injects"],
  ["BASH_FUNC_", "injects"],
  ["CORECLR_", "injects"],
  ["COMPLUS_", "injects"],
  ["CARGO_TARGET_", "injects"],
  ["NPM_CONFIG_", "injects"],
  ["YARN_", "injects"],
  ["PNPM_CONFIG_", "injects"],
  ["PIP_", "injects"],
  ["UV_", "redirects"],
  ["DOTNET_", "redirects"],
];
/** Of the prefixes above, what only changes how much is said or kept. */
const HARMLESS = new Set(
  `NPM_CONFIG_YES NPM_CONFIG_LOGLEVEL NPM_CONFIG_UPDATE_NOTIFIER NPM_CONFIG_FUND NPM_CONFIG_AUDIT NPM_CONFIG_PROGRESS NPM_CONFIG_COLOR NPM_CONFIG_CACHE NPM_CONFIG_OFFLINE NPM_CONFIG_PREFER_OFFLINE
  PIP_NO_INPUT PIP_DISABLE_PIP_VERSION_CHECK PIP_QUIET PIP_NO_CACHE_DIR PIP_DEFAULT_TIMEOUT YARN_ENABLE_TELEMETRY YARN_SILENT UV_NO_PROGRESS UV_QUIET UV_OFFLINE UV_CACHE_DIR UV_LINK_MODE UV_PYTHON UV_HTTP_TIMEOUT
  UV_NO_CACHE UV_PROJECT_ENVIRONMENT UV_SYSTEM_PYTHON UV_COMPILE_BYTECODE DOTNET_ENVIRONMENT DOTNET_CLI_TELEMETRY_OPTOUT DOTNET_NOLOGO DOTNET_RUNNING_IN_CONTAINER DOTNET_SYSTEM_GLOBALIZATION_INVARIANT DOTNET_ROOT`.split(
    /\s+/,
  ),
);
const BY_NAME = new Map(Object.entries(NAMES).flatMap(([kind, names]) => names.map((name) => [name, kind as EnvironmentClass] as const)));

/** null for a variable that only informs. Names are compared without case, as Windows and npm do. */
export function classOfVariable(name: string): EnvironmentClass | null {
  const upper = name.toUpperCase();
  if (HARMLESS.has(upper)) return null;
  const known = BY_NAME.get(upper);
  if (known !== undefined) return known;
  // Packages are named in `npm_config_@scope:registry` too.
  return PREFIXES.find(([prefix]) => upper.startsWith(prefix))?.[1] ?? null;
}

const BASE: ReadonlySet<string> = new Set(
  `HOME PATH USER LOGNAME SHELL LANG LANGUAGE TERM COLORTERM TZ TMPDIR TMP TEMP XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
  HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY SSL_CERT_FILE SSL_CERT_DIR NODE_EXTRA_CA_CERTS
  APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES PROGRAMFILES(X86) SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE USERNAME HOMEDRIVE HOMEPATH PROCESSOR_ARCHITECTURE NUMBER_OF_PROCESSORS OS`.split(
    /\s+/,
  ),
);

/**
 * The environment of a server: what every program needs from ours, and the entry's own. Nothing else of our environment
 * reaches it; keys of model providers never do.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  entry: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = Object.entries(parent).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && isBase(pair[0]) && !pair[1].startsWith("()"),
  );
  return { ...Object.fromEntries(kept), ...entry };
}

function isBase(name: string): boolean {
  const upper = name.toUpperCase();
  return BASE.has(upper) || upper.startsWith("LC_");
}

/** Variables that hold the key of a model provider: they are for models, and no server's business. */
export const PROVIDER_KEYS: ReadonlySet<string> = new Set(
  `OPENAI_API_KEY ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_API_KEY CLAUDE_CODE_OAUTH_TOKEN GEMINI_API_KEY GOOGLE_API_KEY GOOGLE_GENERATIVE_AI_API_KEY GOOGLE_ACCESS_TOKEN
  XAI_API_KEY GROK_API_KEY AZURE_OPENAI_API_KEY AZURE_API_KEY ZAI_API_KEY Z_AI_API_KEY ZHIPU_API_KEY CEREBRAS_API_KEY TOGETHER_API_KEY FIREWORKS_API_KEY GROQ_API_KEY NEBIUS_API_KEY OPENROUTER_API_KEY DEEPSEEK_API_KEY
  MISTRAL_API_KEY MOONSHOT_API_KEY KIMI_API_KEY QWEN_API_KEY DASHSCOPE_API_KEY POE_API_KEY COHERE_API_KEY PERPLEXITY_MODEL_API_KEY VLLM_API_KEY SGLANG_API_KEY LMSTUDIO_API_KEY OLLAMA_API_KEY`.split(
    /\s+/,
  ),
);

// `.env`: variables for keys and `${NAME}`. It is picked up from the folder without being named, so it may not decide where requests go.
import { parseEnv } from "node:util";
import type { Problem } from "../errors/index.ts";
import type { Environment } from "../io/index.ts";
import { BACKEND_TABLE, isHostOf } from "./backend-table.ts";

const AZURE_ENDPOINT = "AZURE_OPENAI_ENDPOINT";
const ADDRESS_VARIABLES: ReadonlySet<string> = new Set([
  ...Object.values(BACKEND_TABLE).flatMap((row) => row.baseUrlVariables),
  "OPENAI_API_BASE",
  "GOOGLE_VERTEX_BASE_URL",
  "NODE_OPTIONS",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "HF_ENDPOINT",
]);
/** Where this program, and what it starts, look for programs, for the operator's policy, for what was granted and for logins. */
const PLACE_VARIABLES: ReadonlySet<string> = new Set(
  `PATH PATHEXT COMSPEC SHELL HOME USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA SYSTEMROOT WINDIR TMPDIR TEMP TMP CLAUDE_CONFIG_DIR
  NPM_EXECPATH NODE_PATH NODE_REPL_EXTERNAL_MODULE CLAUDE_CODE_GIT_BASH_PATH BASH_ENV PYTHONPATH PYTHONHOME PYTHONSTARTUP`.split(/\s+/),
);
const REFUSED_PREFIXES = ["MASSGEN_", "OTEL_", "XDG_", "LD_", "DYLD_", "NPM_CONFIG_", "PIP_", "UV_"];

export type DotEnv = { readonly text: string; readonly file: string; readonly env: Environment };

/** The environment with the file's variables added; the real environment wins. Variables that redirect requests or this program's folders are left out, with a warning. */
export function loadDotEnv({ text, file, env }: DotEnv): { readonly env: Environment; readonly warnings: readonly Problem[] } {
  const warnings: Problem[] = [];
  const added: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(parseEnv(text))) {
    if (value === undefined || (Object.hasOwn(env, name) && env[name] !== undefined)) continue;
    if (isRedirecting(name, value)) warnings.push(warningFor(name, { text, file }));
    else added[name] = value;
  }
  return { env: Object.assign(Object.create(null) as Record<string, string | undefined>, added, env), warnings };
}

function isRedirecting(name: string, value: string): boolean {
  if (name === AZURE_ENDPOINT) return !isAzure(value);
  const upper = name.toUpperCase();
  return (
    ADDRESS_VARIABLES.has(upper) ||
    PLACE_VARIABLES.has(upper) ||
    REFUSED_PREFIXES.some((prefix) => upper.startsWith(prefix)) ||
    upper.endsWith("_PROXY") ||
    upper.endsWith("_BASE_URL")
  );
}

/** An Azure resource has an address of its own, so that one has to be told; it stays with Azure. */
function isAzure(value: string): boolean {
  const url = URL.parse(value);
  const row = BACKEND_TABLE["azure_openai"];
  return url !== null && row !== undefined && url.protocol === "https:" && url.username === "" && isHostOf(row, url.hostname);
}

function warningFor(name: string, { text, file }: { readonly text: string; readonly file: string }): Problem {
  const line = text.split("\n").findIndex((row) => /^\s*(?:export\s+)?([^\s=]+)/.exec(row)?.[1] === name);
  return {
    file,
    line: line === -1 ? null : line + 1,
    column: line === -1 ? null : 1,
    path: name,
    code: "ignored-variable",
    message: `${name} is ignored: a .env file may not redirect requests, programs or this program's folders; set it in the environment itself`,
    expected: null,
    suggestion: null,
    severity: "warning",
  };
}

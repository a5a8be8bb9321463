// The two-part policy: what the operator decided, narrowed by what a server's entry says. An entry can never widen it.
import { isRecord, type Json } from "../core/index.ts";
import type { CallLimits, Level, OperatorPolicy, PermissionRule, Settings } from "./types.ts";

const LEVELS: readonly Level[] = ["strict", "moderate", "permissive"];

export const DEFAULT_LIMITS: CallLimits = {
  argumentDepth: 32,
  argumentBytes: 1024 * 1024,
  resultBytes: 256 * 1024,
  callsPerAgent: 1_000,
  sameCallInARow: 12,
};

/** What holds where the operator says nothing: made for configurations a person passes and has read. */
export const DEFAULT_POLICY: OperatorPolicy = {
  level: "moderate",
  locked: false,
  allowedExecutables: null,
  allowedServers: null,
  deniedServers: [],
  localhost: "always",
  privateNetworks: "asked",
  allowedHosts: null,
  allowedPorts: [],
  environment: { allowed: [], denied: [] },
  credentials: { allowed: {}, denied: [] },
  permissions: [],
  destructive: "ask",
  limits: DEFAULT_LIMITS,
};

/** The strictest policy that still starts servers: for machines that run what others wrote. */
export const STRICT_POLICY: OperatorPolicy = {
  ...DEFAULT_POLICY,
  level: "strict",
  localhost: "asked",
  privateNetworks: "never",
  destructive: "deny",
};

/** Settings of one server. What the entry's block says wrongly is a problem, and the strictest reading holds. */
export function narrow(policy: OperatorPolicy, block: Readonly<Record<string, Json>>): Settings {
  const problems: string[] = [];
  const read = reader(block, problems);
  const wanted = block["level"] === undefined ? policy.level : readLevel(block["level"], problems);
  const environment = readEnvironment(block["env"], problems);
  return {
    ...policy,
    level: LEVELS[Math.min(LEVELS.indexOf(policy.level), LEVELS.indexOf(wanted))] ?? "strict",
    localhost: narrowAccess(policy.localhost, read.flag("allow_localhost")),
    privateNetworks: narrowAccess(policy.privateNetworks, read.flag("allow_private_ips")),
    entryExecutables: read.names("allowed_executables"),
    entryHosts: read.names("allowed_hostnames"),
    entryEnvironment: environment,
    problems,
  };
}

/** `asked` becomes the answer; an entry that says false is believed even where the operator allows. */
function narrowAccess(policy: OperatorPolicy["localhost"], asked: boolean | undefined): OperatorPolicy["localhost"] {
  if (asked === false || policy === "never") return "never";
  if (policy === "always") return "always";
  return asked === true ? "always" : "never";
}

/** An unknown word is read as strict: it asked for a limit. */
function readLevel(value: Json, problems: string[]): Level {
  if (typeof value !== "string") {
    problems.push("`security.level` must be strict, moderate or permissive");
    return "strict";
  }
  return LEVELS.find((level) => level === value) ?? "strict";
}

function reader(block: Readonly<Record<string, Json>>, problems: string[]) {
  return {
    flag(key: string): boolean | undefined {
      const value = block[key];
      if (value === undefined || typeof value === "boolean") return value;
      problems.push(`\`security.${key}\` must be true or false`);
      return false;
    },
    /** An empty list is what the old releases write for "no list of my own". */
    names(key: string): readonly string[] | null {
      const value = block[key];
      if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return null;
      if (isTexts(value)) return value;
      problems.push(`\`security.${key}\` must be a list of texts`);
      return [];
    },
  };
}

function readEnvironment(value: Json | undefined, problems: string[]): Settings["entryEnvironment"] {
  if (value === undefined) return { allowed: null, denied: [] };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    problems.push("`security.env` must be a mapping");
    return { allowed: [], denied: [] };
  }
  const block = value as Readonly<Record<string, Json>>;
  const { mode = "denylist", allowed_vars: allowed = [], denied_vars: denied = [] } = block;
  if (!isTexts(allowed) || !isTexts(denied)) problems.push("`security.env.allowed_vars` and `denied_vars` must be lists of texts");
  if (mode !== "denylist" && mode !== "allowlist") problems.push("`security.env.mode` must be denylist or allowlist");
  return { allowed: mode === "denylist" ? null : isTexts(allowed) ? allowed : [], denied: isTexts(denied) ? denied : [] };
}

function isTexts(value: Json): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

export type PolicyReading = { readonly policy: OperatorPolicy; readonly problems: readonly string[] };

/**
 * An operator's policy file, already parsed: snake_case keys over the defaults. With any problem the strict policy is returned
 * beside the list of problems, because a limit that was misspelt must not vanish.
 */
export function readPolicy(value: unknown, base: OperatorPolicy = DEFAULT_POLICY): PolicyReading {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { policy: STRICT_POLICY, problems: ["the policy must be a mapping"] };
  const problems: string[] = [];
  const fields: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(value)) {
    const field = POLICY_KEYS.get(key);
    if (field === undefined)
      problems.push(`there is no policy key ${JSON.stringify(key)}; known are ${[...POLICY_KEYS.keys()].join(", ")}`);
    else if (!field.fits(given)) problems.push(`\`${key}\` must be ${field.expected}`);
    else fields[field.name] = field.convert === undefined ? given : field.convert(given, base);
  }
  return problems.length > 0 ? { policy: STRICT_POLICY, problems } : { policy: { ...base, ...fields }, problems: [] };
}

type PolicyKey = {
  readonly name: keyof OperatorPolicy;
  readonly expected: string;
  readonly fits: (value: unknown) => boolean;
  readonly convert?: (value: unknown, base: OperatorPolicy) => unknown;
};

const oneOf = (...words: readonly string[]) => ({
  expected: words.join(", ").replace(/, (?=[^,]*$)/, " or "),
  fits: (value: unknown) => words.includes(value as string),
});
const flag = { expected: "true or false", fits: (value: unknown) => typeof value === "boolean" };
const texts = { expected: "a list of texts", fits: (value: unknown) => isTexts(value as Json) };
const textsOrNull = { expected: "a list of texts, or null", fits: (value: unknown) => value === null || isTexts(value as Json) };
const isCount = (value: unknown) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const LIMIT_KEYS: Readonly<Record<string, keyof CallLimits>> = {
  argument_depth: "argumentDepth",
  argument_bytes: "argumentBytes",
  result_bytes: "resultBytes",
  calls_per_agent: "callsPerAgent",
  same_call_in_a_row: "sameCallInARow",
};

const POLICY_KEYS: ReadonlyMap<string, PolicyKey> = new Map(
  Object.entries<PolicyKey>({
    level: { name: "level", ...oneOf(...LEVELS) },
    locked: { name: "locked", ...flag },
    allowed_executables: { name: "allowedExecutables", ...textsOrNull },
    allowed_servers: { name: "allowedServers", ...textsOrNull },
    denied_servers: { name: "deniedServers", ...texts },
    localhost: { name: "localhost", ...oneOf("never", "asked", "always") },
    private_networks: { name: "privateNetworks", ...oneOf("never", "asked", "always") },
    allowed_hosts: { name: "allowedHosts", ...textsOrNull },
    allowed_ports: {
      name: "allowedPorts",
      expected: "a list of port numbers",
      fits: (value) => Array.isArray(value) && value.every(isCount),
    },
    environment: {
      name: "environment",
      expected: "a mapping with allowed and denied, lists of names",
      fits: (value) =>
        isRecord(value) && Object.entries(value).every(([key, names]) => ["allowed", "denied"].includes(key) && isTexts(names as Json)),
      convert: (value, base) => ({ ...base.environment, ...(value as object) }),
    },
    credentials: {
      name: "credentials",
      expected: "a mapping with allowed (server: list of variables) and denied (list of variables)",
      fits: isCredentials,
      convert: (value, base) => ({ ...base.credentials, ...(value as object) }),
    },
    permissions: {
      name: "permissions",
      expected: "a list of rules with decision (allow, ask, deny) and agent, server, tool, arguments",
      fits: (value) => Array.isArray(value) && value.every((rule) => readPermission(rule) !== null),
    },
    destructive: { name: "destructive", ...oneOf("allow", "ask", "deny") },
    limits: {
      name: "limits",
      expected: `a mapping of ${Object.keys(LIMIT_KEYS).join(", ")} to whole numbers`,
      fits: (value) =>
        isRecord(value) &&
        Object.entries(value).every(
          ([key, given]) => Object.hasOwn(LIMIT_KEYS, key) && (isCount(given) || (key === "calls_per_agent" && given === null)),
        ),
      convert: (value, base) => ({
        ...base.limits,
        ...Object.fromEntries(Object.entries(value as object).map(([key, given]) => [LIMIT_KEYS[key], given])),
      }),
    },
  }),
);

function isCredentials(value: unknown): boolean {
  if (!isRecord(value) || Object.keys(value).some((key) => !["allowed", "denied"].includes(key))) return false;
  const { allowed = {}, denied = [] } = value;
  return isTexts(denied as Json) && isRecord(allowed) && Object.values(allowed).every((names) => isTexts(names as Json));
}

/** A permission rule as written, or null where it is none. */
export function readPermission(value: unknown): PermissionRule | null {
  if (!isRecord(value) || !["allow", "ask", "deny"].includes(value["decision"] as string)) return null;
  for (const [key, given] of Object.entries(value)) {
    if (key === "decision") continue;
    const fits =
      key === "arguments"
        ? isRecord(given) && Object.values(given).every((pattern) => typeof pattern === "string")
        : ["agent", "server", "tool"].includes(key) && typeof given === "string";
    if (!fits) return null;
  }
  return value as PermissionRule;
}

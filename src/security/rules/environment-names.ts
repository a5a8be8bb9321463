// Which variables an entry may set for its server.
import { byLevel, deny, quote } from "../findings.ts";
import { classOfVariable, type EnvironmentClass } from "../environment-table.ts";
import type { Finding, Level, ServerRule, ServerSubject } from "../types.ts";

const SEVERITY: Readonly<Record<EnvironmentClass, Readonly<Record<Level, "allow" | "warn" | "deny">>>> = {
  injects: { strict: "deny", moderate: "deny", permissive: "warn" },
  redirects: { strict: "deny", moderate: "warn", permissive: "allow" },
  basic: { strict: "deny", moderate: "allow", permissive: "allow" },
};
const REASON: Readonly<Record<EnvironmentClass, string>> = {
  injects: "makes programs load code, run commands or drop a protection",
  redirects: "decides where programs, packages or traffic come from",
  basic: "belongs to the user and is not for an entry to set at strict",
};

export const environmentNames: ServerRule = {
  id: "environment-names",
  about:
    "Variables that load code, run commands or switch protections off (`LD_PRELOAD`, `NODE_OPTIONS`, `GIT_SSH_COMMAND`, …) are refused; those that redirect (`PATH`, `PYTHONPATH`, proxies) are warned about, refused at strict.",
  examples: [
    {
      given: {
        argv: ["node", "s.js"],
        env: { API_KEY: "abc", DEBUG: "1", PYTHONUNBUFFERED: "1", NODE_ENV: "production", ENV: "dev" },
        policy: { level: "strict" },
      },
      verdict: "allow",
    },
    { given: { argv: ["npx", "x@1.0.0"], env: { npm_config_yes: "true", UV_CACHE_DIR: "/x" } }, verdict: "allow" },
    { given: { argv: ["node", "s.js"], env: { HOME: "/data" } }, verdict: "allow" },
    {
      given: {
        argv: ["node", "s.js"],
        env: { NODE_OPTIONS: "--require /tmp/x.js" },
        policy: { environment: { allowed: ["NODE_OPTIONS"], denied: [] } },
      },
      verdict: "allow",
    },
    { given: { argv: ["python", "s.py"], env: { PYTHONPATH: "/srv/x" } }, verdict: "warn" },
    { given: { argv: ["node", "s.js"], env: { PATH: "/usr/local/bin:/usr/bin" } }, verdict: "warn" },
    { given: { argv: ["node", "s.js"], env: { https_proxy: "http://proxy.example:8080" } }, verdict: "warn" },
    { given: { argv: ["python", "s.py"], env: { PYTHONPATH: "/tmp/x" }, policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { HOME: "/data" }, policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], env: { LD_LIBRARY_PATH: "/tmp/x" } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], env: { LD_PRELOAD: "/tmp/x.so" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { dyld_insert_libraries: "/tmp/x" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { NODE_OPTIONS: "--require /tmp/x.js" } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], env: { PYTHONSTARTUP: "/tmp/x.py" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { BASH_ENV: "/tmp/x" } }, verdict: "deny" },
    { given: { argv: ["npx", "x@1.0.0"], env: { NPM_CONFIG_REGISTRY: "http://x.example" } }, verdict: "deny" },
    { given: { argv: ["npx", "x@1.0.0"], env: { "npm_config_@scope:registry": "http://x.example" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } }, verdict: "deny" },
    { given: { argv: ["env", "LD_PRELOAD=/tmp/x.so", "node", "s.js"] }, verdict: "deny" },
    { given: { argv: ["docker", "run", "-e", "LD_PRELOAD=/x.so", "x:1"] }, verdict: "allow" },
    {
      given: { argv: ["node", "s.js"], env: { SECRET: "x" }, security: { env: { mode: "allowlist", allowed_vars: [] } } },
      verdict: "deny",
    },
    { given: { argv: ["node", "s.js"], env: { SECRET: "x" }, security: { env: { denied_vars: ["SECRET"] } } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { X: "1" }, policy: { environment: { allowed: [], denied: ["X"] } } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], env: { "A=B": "1" } }, verdict: "deny" },
  ],
  check(subject) {
    const {
      server: { transport },
      launch,
    } = subject;
    if (transport.type !== "stdio") return null;
    const names = [...Object.keys(transport.env), ...launch.flatMap(({ environment }) => Object.keys(environment))];
    const findings = names.map((name) => judge(name, subject)).filter((finding) => finding !== null);
    return findings.find(({ verdict }) => verdict === "deny") ?? findings[0] ?? null;
  },
};

function judge(name: string, { settings: { environment, entryEnvironment, ...settings } }: ServerSubject): Finding | null {
  const listed = (list: readonly string[]) => list.some((item) => item.toUpperCase() === name.toUpperCase());
  if (!/^[^=\u0000-\u001f\u007f]{1,200}$/.test(name))
    return deny(`${quote(name)} cannot be the name of a variable`, "Use letters, digits and underscores.");
  if (listed(environment.denied)) return deny(`The operator's policy denies the variable ${name}`, "Take it out of the entry.");
  if (listed(entryEnvironment.denied)) return deny(`The entry denies the variable ${name} and sets it`, "Take it out of one of the two.");
  if (entryEnvironment.allowed !== null && !listed(entryEnvironment.allowed))
    return deny(`The entry allows only listed variables, and ${name} is none of them`, "Add it to `security.env.allowed_vars`.");
  if (listed(environment.allowed)) return null;
  const kind = classOfVariable(name);
  return kind === null
    ? null
    : byLevel({ ...settings, environment, entryEnvironment }, SEVERITY[kind], {
        reason: `The variable ${name} ${REASON[kind]}`,
        next: "Take it out, or name it in `environment.allowed` of the operator's policy.",
      });
}

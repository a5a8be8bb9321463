// `${NAME}`, `${keyring:NAME}` and `${file:PATH}`: which of our variables and secrets an entry may hand to its server, and where.
import { byLevel, deny, matches } from "../findings.ts";
import { PROVIDER_KEYS } from "../environment-table.ts";
import type { Finding, Reference, ServerRule, ServerSubject } from "../types.ts";

const inEnv = (variable: string): Reference => ({ place: "env", variable });

export const references: ServerRule = {
  id: "references",
  about:
    "An entry's `env` may refer to any variable except keys of model providers and what the operator denies; arguments and addresses only to variables its `env` names too, headers also to others, with a warning; `auth` is for credentials, as `env` is. Secrets of the keyring and of files are no different, but headers may hold what was stored in the keyring.",
  examples: [
    {
      given: {
        argv: ["npx", "x@1.0.0"],
        env: { GITHUB_TOKEN: "x" },
        context: { references: [inEnv("GITHUB_TOKEN")] },
        policy: { level: "strict" },
      },
      verdict: "allow",
    },
    {
      given: {
        argv: ["npx", "mcp-remote@1.0.0", "x"],
        env: { AUTH: "x" },
        context: { references: [{ place: "args", variable: "AUTH" }] },
        policy: { level: "strict" },
      },
      verdict: "allow",
    },
    {
      given: {
        argv: ["node", "s.js"],
        context: { references: [inEnv("OPENAI_API_KEY")] },
        policy: { credentials: { allowed: { s: ["OPENAI_API_KEY"] }, denied: [] } },
      },
      verdict: "allow",
    },
    { given: { argv: ["node", "s.js"], context: { references: [{ place: "cwd", variable: "HOME" }] } }, verdict: "allow" },
    { given: { name: "constructor", argv: ["node", "s.js"], context: { references: [inEnv("GITHUB_TOKEN")] } }, verdict: "allow" },
    {
      given: {
        url: "https://mcp.example.com/",
        context: { references: [{ place: "auth", variable: "CLIENT_SECRET" }] },
        policy: { level: "strict" },
      },
      verdict: "allow",
    },
    {
      given: { url: "https://mcp.example.com/", context: { references: [{ place: "auth", variable: "OPENAI_API_KEY" }] } },
      verdict: "deny",
    },
    { given: { url: "https://mcp.example.com/", context: { references: [{ place: "headers", variable: "TOKEN" }] } }, verdict: "warn" },
    {
      given: {
        url: "https://mcp.example.com/",
        context: { references: [{ place: "headers", variable: "TOKEN" }] },
        policy: { level: "strict" },
      },
      verdict: "deny",
    },
    { given: { argv: ["node", "s.js"], context: { references: [{ place: "args", variable: "TOKEN" }] } }, verdict: "deny" },
    { given: { url: "https://mcp.example.com/", context: { references: [{ place: "url", variable: "TOKEN" }] } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], context: { references: [inEnv("OPENAI_API_KEY")] } }, verdict: "deny" },
    {
      given: { argv: ["node", "s.js"], context: { references: [inEnv("keyring:GITHUB")] }, policy: { level: "strict" } },
      verdict: "allow",
    },
    { given: { argv: ["node", "s.js"], context: { references: [inEnv("keyring:OPENAI_API_KEY")] } }, verdict: "deny" },
    { given: { argv: ["node", "s.js"], context: { references: [{ place: "args", variable: "keyring:GITHUB" }] } }, verdict: "deny" },
    {
      given: {
        argv: ["node", "s.js"],
        context: { references: [{ place: "args", variable: "file:/run/secrets/t" }, inEnv("file:/run/secrets/t")] },
      },
      verdict: "allow",
    },
    {
      given: { url: "https://mcp.example.com/", context: { references: [{ place: "url", variable: "file:~/.ssh/id_rsa" }] } },
      verdict: "deny",
    },
    {
      given: { url: "https://mcp.example.com/", context: { references: [{ place: "headers", variable: "file:~/.ssh/id_rsa" }] } },
      verdict: "warn",
    },
    {
      given: {
        url: "https://mcp.example.com/",
        context: { references: [{ place: "headers", variable: "keyring:DOCS" }] },
        policy: { level: "strict" },
      },
      verdict: "allow",
    },
    {
      given: {
        url: "https://mcp.example.com/",
        context: { references: [{ place: "headers", variable: "anthropic_api_key" }] },
        policy: { level: "permissive" },
      },
      verdict: "deny",
    },
    {
      given: {
        argv: ["node", "s.js"],
        context: { references: [inEnv("AWS_SECRET_ACCESS_KEY")] },
        policy: { credentials: { allowed: {}, denied: ["AWS_*"] } },
      },
      verdict: "deny",
    },
  ],
  check(subject) {
    const findings = subject.context.references.map((reference) => judge(reference, subject)).filter((finding) => finding !== null);
    return findings.find(({ verdict }) => verdict === "deny") ?? findings[0] ?? null;
  },
};

/** Folders that everybody may know. */
const PLAIN = new Set(["HOME", "USERPROFILE", "PWD", "TMPDIR", "USER", "USERNAME"]);

const STORED = /^keyring:/;

function judge({ place, variable }: Reference, { server, settings, context }: ServerSubject): Finding | null {
  const name = variable.replace(STORED, "").toUpperCase();
  const { allowed } = settings.credentials;
  const listed = Object.hasOwn(allowed, server.name) && allowed[server.name]?.some((item) => item.toUpperCase() === name) === true;
  if (settings.credentials.denied.some((pattern) => matches(pattern.toUpperCase(), name)))
    return deny(`The operator's policy denies \${${variable}}`, "Take the reference out of the entry.");
  if (listed) return null;
  if (PROVIDER_KEYS.has(name)) {
    return deny(
      `\${${variable}} is the key of a model provider and not for a tool server`,
      `Give the server a key of its own, or name ${variable.replace(STORED, "")} for it in \`credentials.allowed\` of the operator's policy.`,
    );
  }
  const environment = server.transport.type === "stdio" ? Object.keys(server.transport.env).map((key) => key.toUpperCase()) : [];
  const declared =
    (environment.includes(name) && name === variable.toUpperCase()) ||
    context.references.some((other) => other.place === "env" && other.variable.toUpperCase() === variable.toUpperCase());
  if (place === "env" || place === "auth" || declared || PLAIN.has(name) || (place === "headers" && STORED.test(variable))) return null;
  const severity =
    place === "headers"
      ? ({ strict: "deny", moderate: "warn", permissive: "allow" } as const)
      : ({ strict: "deny", moderate: "deny", permissive: "warn" } as const);
  return byLevel(settings, severity, {
    reason: `\${${variable}} is put into the ${place} and the entry's \`env\` does not name it`,
    next: `Refer to it in the entry's \`env\` too, or name it in \`credentials.allowed\` of the operator's policy.`,
  });
}

// Judges one server entry by all rules: the worst finding decides, all are kept.
import type { McpServerConfig } from "../config/types.ts";
import { readLaunch } from "./launch/read-launch.ts";
import { DEFAULT_POLICY, narrow } from "./policy.ts";
import { SERVER_RULES } from "./rules/index.ts";
import type { Finding, OperatorPolicy, ServerContext, ServerRule, ServerSketch, ServerSubject, Verdict } from "./types.ts";

const ORDINARY: ServerContext = { platform: "linux", source: "named", references: [] };

/** Pure; a rule that fails counts as deny. `context` holds what only the outside knows; absent facts are not guessed. */
export function checkServer(
  entry: McpServerConfig,
  policy: OperatorPolicy = DEFAULT_POLICY,
  context: Partial<ServerContext> = {},
): Verdict {
  const subject = subjectOf(entry, policy, context);
  const findings = SERVER_RULES.flatMap((rule) => {
    const finding = applyRule(rule, subject);
    return finding === null ? [] : [{ ...finding, rule: rule.id }];
  });
  const worst = findings.find(({ verdict }) => verdict === "deny") ?? findings[0];
  if (worst === undefined) return { verdict: "allow", rule: "default", reason: "No rule speaks against it.", next: "", findings: [] };
  return { ...worst, findings };
}

export function applyRule(rule: ServerRule, subject: ServerSubject): Finding | null {
  try {
    return rule.check(subject);
  } catch (error) {
    return {
      verdict: "deny",
      reason: `The rule ${rule.id} failed (${error instanceof Error ? error.message : String(error)})`,
      next: "This is a bug: please report it with the entry.",
    };
  }
}

function subjectOf(server: McpServerConfig, policy: OperatorPolicy, context: Partial<ServerContext>): ServerSubject {
  const { transport } = server;
  const launch = transport.type === "stdio" ? readLaunch(transport.command, transport.args) : [];
  return { server, settings: narrow(policy, server.security), context: { ...ORDINARY, ...context }, launch };
}

/** The subject a rule's example stands for. */
export function subjectOfSketch(sketch: ServerSketch): ServerSubject {
  return subjectOf(serverOfSketch(sketch), { ...DEFAULT_POLICY, ...sketch.policy }, sketch.context ?? {});
}

export function serverOfSketch(sketch: ServerSketch): McpServerConfig {
  const [command = "", ...args] = sketch.argv ?? [];
  return {
    name: sketch.name ?? "s",
    transport:
      sketch.url === undefined
        ? { type: "stdio", command, args, env: sketch.env ?? {}, cwd: sketch.cwd ?? null }
        : { type: sketch.type ?? "streamable-http", url: sketch.url, headers: sketch.headers ?? {}, timeoutMs: null, readTimeoutMs: null },
    allowedTools: null,
    excludeTools: [],
    shared: "auto",
    maxProcesses: 4,
    maxConcurrency: null,
    idleTimeoutMs: 300_000,
    lazy: true,
    connectTimeoutMs: 60_000,
    callTimeoutMs: 120_000,
    maxTotalTimeoutMs: 600_000,
    restart: { max: 3, backoffMs: 1_000 },
    maxMessageBytes: 16 * 1024 * 1024,
    protocol: null,
    security: sketch.security ?? {},
    extra: {},
  };
}

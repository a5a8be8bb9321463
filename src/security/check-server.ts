// Judges one server entry by all rules: the worst finding decides, all are kept.
import type { McpServerConfig } from "../config/types.ts";
import { readLaunch } from "./launch/read-launch.ts";
import { DEFAULT_POLICY, narrow } from "./policy.ts";
import { SERVER_RULES } from "./rules/index.ts";
import type { Finding, OperatorPolicy, ServerContext, ServerRule, ServerSubject, Verdict } from "./types.ts";

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

/** What the rules look at: the entry, the policy it may only narrow, and what only the outside knows. */
export function subjectOf(server: McpServerConfig, policy: OperatorPolicy, context: Partial<ServerContext>): ServerSubject {
  const { transport } = server;
  const launch = transport.type === "stdio" ? readLaunch(transport.command, transport.args) : [];
  return { server, settings: narrow(policy, server.security), context: { ...ORDINARY, ...context }, launch };
}

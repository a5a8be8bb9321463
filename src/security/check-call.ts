// Judges one tool call by all rules: deny beats ask beats allow.
import { callArguments } from "./call-rules/arguments.ts";
import { callBudget } from "./call-rules/budget.ts";
import { callName } from "./call-rules/name.ts";
import { callPermission } from "./call-rules/permission.ts";
import { callSecrets } from "./call-rules/secrets.ts";
import { DEFAULT_POLICY } from "./policy.ts";
import type { CallFinding, CallRule, CallSketch, CallSubject, CallVerdict } from "./types.ts";

export const CALL_RULES: readonly CallRule[] = [callName, callArguments, callSecrets, callBudget, callPermission];

/** Pure; a rule that fails counts as deny. */
export function checkCall(subject: CallSubject): CallVerdict {
  let asked: CallVerdict | null = null;
  let allowed: CallVerdict | null = null;
  for (const rule of CALL_RULES) {
    const finding = applyCallRule(rule, subject);
    if (finding === null) continue;
    const verdict = { verdict: finding.decision, rule: rule.id, reason: finding.reason, next: finding.next };
    if (finding.decision === "deny") return verdict;
    if (finding.decision === "ask") asked ??= verdict;
    else allowed ??= verdict;
  }
  return asked ?? allowed ?? { verdict: "allow", rule: "default", reason: "No rule speaks against it.", next: "" };
}

export function applyCallRule(rule: CallRule, subject: CallSubject): CallFinding | null {
  try {
    return rule.check(subject);
  } catch (error) {
    return {
      decision: "deny",
      reason: `The rule ${rule.id} failed (${error instanceof Error ? error.message : String(error)})`,
      next: "This is a bug: please report it.",
    };
  }
}

/** The subject a rule's example stands for. */
export function callSubjectOf(sketch: CallSketch): CallSubject {
  return {
    entryRules: [],
    grants: [],
    history: { calls: 0, lastDigest: null, sameInARow: 0 },
    foreignSecrets: [],
    interactive: false,
    asksForWrites: false,
    ...sketch,
    question: { agent: "alice", server: "s", tool: "t", effect: "unknown", input: {}, ...sketch.question },
    policy: { ...DEFAULT_POLICY, ...sketch.policy },
  };
}

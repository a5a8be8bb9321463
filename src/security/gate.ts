// The policy at work in one run: rules applied to servers and calls, with the grants given and the calls counted so far.
import type { McpServerConfig } from "../config/types.ts";
import { callKey } from "./call-rules/budget.ts";
import { checkCall } from "./check-call.ts";
import { checkServer } from "./check-server.ts";
import { identityOf } from "./identity.ts";
import { readPermission } from "./policy.ts";
import type { CallHistory, CallQuestion, CallVerdict, Grant, OperatorPolicy, PermissionRule, ServerContext, Verdict } from "./types.ts";

export type GateOptions = {
  readonly policy: OperatorPolicy;
  /** What is known of an entry from outside: references, executable, where it came from. */
  readonly contextOf?: (server: McpServerConfig) => Partial<ServerContext>;
  /** All secret values of the run. */
  readonly secrets: readonly string[];
  /** Asked anew at each call. */
  readonly interactive: () => boolean;
  /** Whether calls that may change something are asked for. Default: no. */
  readonly asksForWrites?: (server: McpServerConfig) => boolean;
  /** Grants kept from earlier runs. */
  readonly grants?: readonly Grant[];
};

export type Gate = {
  checkServer(server: McpServerConfig): Verdict;
  /** Counts the call unless it is denied. `server` is the entry, where its own rules shall bind. */
  checkCall(question: CallQuestion, server?: McpServerConfig): CallVerdict;
  /** Remembers what a person allowed; the caller stores grants of scope `always`. */
  grant(question: CallQuestion, scope: Grant["scope"]): Grant;
  grants(): readonly Grant[];
};

const NOTHING: CallHistory = { calls: 0, lastDigest: null, sameInARow: 0 };

export function createGate({ policy, contextOf, secrets, interactive, asksForWrites = () => false, grants: kept = [] }: GateOptions): Gate {
  const histories = new Map<string, CallHistory>();
  const grants = [...kept];
  const foreign = foreignSecretsIn(secrets);
  return {
    checkServer: (server) => checkServer(server, policy, contextOf?.(server) ?? {}),
    checkCall(question, server) {
      const history = histories.get(question.agent) ?? NOTHING;
      const entry = entryRulesOf(server);
      if (entry === null)
        return {
          verdict: "deny",
          rule: "call-permission",
          reason: `The entry of ${question.server} has \`permissions\` that cannot be read`,
          next: "Correct the entry: a list of rules with decision, agent, server, tool, arguments.",
        };
      const verdict = checkCall({
        question,
        policy,
        entryRules: entry,
        grants,
        history,
        foreignSecrets: foreign(server),
        interactive: interactive(),
        asksForWrites: server !== undefined && asksForWrites(server),
      });
      if (verdict.verdict === "deny") return verdict;
      const key = callKey(question.server, question.tool, identityOf(question.input));
      histories.set(question.agent, {
        calls: history.calls + 1,
        lastDigest: key,
        sameInARow: history.lastDigest === key ? history.sameInARow + 1 : 1,
      });
      return verdict;
    },
    grant(question, scope) {
      const grant: Grant = { server: question.server, tool: question.tool, agent: question.agent, scope };
      grants.push(grant);
      return grant;
    },
    grants: () => grants,
  };
}

/** null where the entry's rules cannot be read: a rule that was misspelt must not vanish. */
function entryRulesOf(server: McpServerConfig | undefined): readonly PermissionRule[] | null {
  const written = server?.extra["permissions"];
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written)) return null;
  const rules = written.map(readPermission);
  return rules.some((rule) => rule === null) ? null : rules.filter((rule) => rule !== null);
}

/** Looked up once for each entry: entries do not change during a run. */
function foreignSecretsIn(secrets: readonly string[]): (server: McpServerConfig | undefined) => readonly string[] {
  const known = new WeakMap<McpServerConfig, readonly string[]>();
  return (server) => {
    if (server === undefined) return secrets;
    const before = known.get(server);
    if (before) return before;
    const fresh = foreignTo(server, secrets);
    known.set(server, fresh);
    return fresh;
  };
}

/** A server may be told what stands in its own entry. */
function foreignTo({ transport }: McpServerConfig, secrets: readonly string[]): readonly string[] {
  const own =
    transport.type === "stdio"
      ? [...transport.args, ...Object.values(transport.env)]
      : [transport.url, ...Object.values(transport.headers)];
  return secrets.filter((secret) => !own.some((text) => text.includes(secret)));
}

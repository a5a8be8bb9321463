// Files before everything else: a call that would leave the agent's folders is refused before any other rule is asked.
import { ALLOWED_BY_DEFAULT, type BrokerPolicy, type CallQuestion, type PolicyVerdict } from "../mcp/contract.ts";
import type { OperatorPolicy } from "../security/index.ts";
import type { Workspaces } from "../workspaces/index.ts";

type Verdict = PolicyVerdict | Promise<PolicyVerdict>;

export type FileRules = {
  readonly workspaces: Pick<Workspaces, "binds" | "refusal" | "staysAtHome"> | null;
  readonly destructive: OperatorPolicy["destructive"];
};

export function withFileRules(policy: BrokerPolicy, { workspaces, destructive }: FileRules): BrokerPolicy {
  if (workspaces === null) return policy;
  const others = (question: CallQuestion): Verdict => policy.checkCall?.(question) ?? ALLOWED_BY_DEFAULT;
  const judge = async (question: CallQuestion): Promise<PolicyVerdict> => {
    const reason = await workspaces.refusal(question);
    if (reason !== null) return { verdict: "deny", rule: "working-folder", reason };
    // What an agent overwrites in its own folder is nobody else's: nobody has to be asked, unless a rule of the policy says so.
    const atHome = question.effect === "destructive" && destructive === "ask" && (await workspaces.staysAtHome(question));
    return others(atHome ? { ...question, effect: "unknown" } : question);
  };
  // Calls of other servers, which are most, are judged without a wait.
  return { ...policy, checkCall: (question) => (workspaces.binds(question) ? judge(question) : others(question)) };
}

// Files before everything else: a call that would leave the agent's folders is refused before any other rule is asked.
import type { BrokerPolicy } from "../mcp/contract.ts";
import type { OperatorPolicy } from "../security/index.ts";
import type { Workspaces } from "../workspaces/index.ts";

export type FileRules = {
  readonly workspaces: Pick<Workspaces, "refusal" | "staysAtHome"> | null;
  readonly destructive: OperatorPolicy["destructive"];
};

export function withFileRules(policy: BrokerPolicy, { workspaces, destructive }: FileRules): BrokerPolicy {
  if (workspaces === null) return policy;
  return {
    ...policy,
    async checkCall(question) {
      const reason = await workspaces.refusal(question);
      if (reason !== null) return { verdict: "deny", rule: "working-folder", reason };
      // What an agent overwrites in its own folder is nobody else's: nobody has to be asked, unless a rule of the policy says so.
      const atHome = question.effect === "destructive" && destructive === "ask" && (await workspaces.staysAtHome(question));
      const asked = atHome ? { ...question, effect: "unknown" as const } : question;
      return (await policy.checkCall?.(asked)) ?? { verdict: "allow", rule: "default", reason: "no rule speaks against it" };
    },
  };
}

// Files before everything else: a call that would leave the agent's folders is refused before any other rule is asked.
import type { BrokerPolicy } from "../mcp/contract.ts";
import type { Workspaces } from "../workspaces/index.ts";

export function withFileRules(policy: BrokerPolicy, workspaces: Pick<Workspaces, "refusal"> | null): BrokerPolicy {
  if (workspaces === null) return policy;
  return {
    ...policy,
    async checkCall(question) {
      const reason = await workspaces.refusal(question);
      if (reason !== null) return { verdict: "deny", rule: "working-folder", reason };
      return (await policy.checkCall?.(question)) ?? { verdict: "allow", rule: "default", reason: "no rule speaks against it" };
    },
  };
}

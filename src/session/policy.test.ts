// The policy as the broker asks it for each call: without a wait, unless something has to be said first.
import { expect, test } from "vitest";
import type { MassgenConfig } from "../config/index.ts";
import { agentId, type RunEvent } from "../core/index.ts";
import type { CallQuestion } from "../mcp/contract.ts";
import { DEFAULT_POLICY } from "../security/index.ts";
import { fakeIo } from "../testing/index.ts";
import { PermissionDesk } from "./permissions.ts";
import { brokerPolicy } from "./policy.ts";

const question: CallQuestion = { agent: agentId("a"), server: "s", tool: "t", effect: "read-only", input: {} };

test("a call is judged at once; only the first warning about a server is waited for", async () => {
  const said: RunEvent[] = [];
  const written = Promise.withResolvers<void>();
  const policy = brokerPolicy({
    config: { agents: [], secrets: [], orchestrator: { writes: "everyone" } } as unknown as MassgenConfig,
    io: fakeIo(),
    policy: DEFAULT_POLICY,
    record: (event) => (said.push(event), written.promise),
    desk: new PermissionDesk(),
    interactive: () => false,
  });
  expect(policy.checkCall?.(question)).toMatchObject({ verdict: "allow" });
  const destructive = { ...question, effect: "destructive" } as const;
  const first = policy.checkCall?.(destructive);
  expect(first).toBeInstanceOf(Promise);
  expect(said).toMatchObject([{ type: "warning", code: "E_SECURITY" }]);
  written.resolve();
  expect(await first).toMatchObject({ verdict: "allow" });
  expect(policy.checkCall?.(destructive)).toMatchObject({ verdict: "allow" });
  expect(said).toHaveLength(1);
});

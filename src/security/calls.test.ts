import { describe, expect, test } from "vitest";
import { applyCallRule, CALL_RULES, callSubjectOf } from "./check-call.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import { checkCall, createGate, DEFAULT_POLICY } from "./index.ts";
import type { CallQuestion, CallSketch, OperatorPolicy } from "./types.ts";

const cases = CALL_RULES.flatMap((rule) => rule.examples.map((example, index) => ({ rule, example, index })));

describe("REQ-SEC-1 every call rule's own examples", () => {
  test.each(cases)("$rule.id $index: $example.verdict", ({ rule, example }) => {
    const finding = applyCallRule(rule, callSubjectOf(example.given));
    expect(finding?.decision ?? "allow", finding?.reason).toBe(example.verdict);
    expect(checkCall(callSubjectOf(example.given)).verdict).toBe(example.verdict);
  });

  test("each call rule has examples of what it lets pass and of what it stops", () => {
    for (const rule of CALL_RULES)
      expect(
        rule.examples.some(({ verdict }) => verdict === "allow") && rule.examples.some(({ verdict }) => verdict === "deny"),
        rule.id,
      ).toBe(true);
  });

  test("a call rule that fails denies", () => {
    const broken = {
      id: "broken",
      about: "",
      examples: [],
      check: () => {
        throw new Error("oops");
      },
    };
    expect(applyCallRule(broken, callSubjectOf({}))).toMatchObject({ decision: "deny" });
  });
});

describe("REQ-SEC-8 what comes first", () => {
  const verdict = (sketch: CallSketch) => checkCall(callSubjectOf(sketch)).verdict;

  test("a refusal by any rule beats a permission by any other", () => {
    const policy = { permissions: [{ decision: "allow" as const }] };
    expect(verdict({ policy, question: { input: { n: Number.NaN } } })).toBe("deny");
    expect(verdict({ policy, foreignSecrets: ["secret-value"], question: { input: { a: "secret-value" } } })).toBe("deny");
    expect(verdict({ policy, history: { calls: 10_000, lastDigest: null, sameInARow: 0 } })).toBe("deny");
  });

  test("a long list is looked through for secrets and is no trouble", () => {
    const foreignSecrets = ["secret-value"];
    const list: (number | string)[] = Array<number>(510_000).fill(0);
    expect(verdict({ foreignSecrets, question: { input: { list } } })).toBe("allow");
    expect(verdict({ foreignSecrets, question: { input: { list: [...list, "secret-value"] } } })).toBe("deny");
  });

  test("cyclic and hostile values do not get through", () => {
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    expect(verdict({ question: { input: cyclic as never } })).toBe("deny");
    expect(verdict({ question: { input: { f: (() => 1) as never } } })).toBe("deny");
    expect(verdict({ question: { input: { b: 1n as never } } })).toBe("deny");
  });
});

describe("REQ-SEC-9 the gate of a run", () => {
  const question = (more: Partial<CallQuestion> = {}): CallQuestion => ({
    agent: "alice",
    server: "s",
    tool: "t",
    effect: "destructive",
    input: { a: 1 },
    ...more,
  });
  const gate = (policy: Partial<OperatorPolicy> = {}, interactive = true) =>
    createGate({ policy: { ...DEFAULT_POLICY, ...policy }, secrets: ["secret-value", "own-token-12345"], interactive: () => interactive });

  test("asks again as long as nothing is granted, and not after a grant for the run", () => {
    const one = gate();
    expect(one.checkCall(question()).verdict).toBe("ask");
    expect(one.checkCall(question()).verdict).toBe("ask");
    one.grant(question(), "run");
    expect(one.checkCall(question({ input: { other: true } })).verdict).toBe("allow");
    expect(one.checkCall(question({ agent: "bob" })).verdict).toBe("ask");
    expect(one.checkCall(question({ tool: "other" })).verdict).toBe("ask");
    expect(one.grants()).toHaveLength(1);
  });

  test("grants of earlier runs count, but never against a refusal", () => {
    const grants = [{ server: "s", tool: "t", agent: null, scope: "always" as const }];
    const kept = (policy: Partial<OperatorPolicy>) =>
      createGate({ policy: { ...DEFAULT_POLICY, ...policy }, secrets: [], interactive: () => true, grants }).checkCall(question()).verdict;
    expect(kept({})).toBe("allow");
    expect(kept({ destructive: "deny" })).toBe("deny");
  });

  test("without a person a destructive call follows the policy's default and a rule that asks refuses", () => {
    expect(gate({}, false).checkCall(question()).verdict).toBe("allow");
    expect(gate({ permissions: [{ decision: "ask" }] }, false).checkCall(question())).toMatchObject({
      verdict: "deny",
      reason: expect.stringContaining("nobody is there"),
    });
  });

  test("counts calls per agent and stops the same call in a row", () => {
    const limits = { ...DEFAULT_POLICY.limits, callsPerAgent: 5, sameCallInARow: 2 };
    const one = gate({ limits });
    const call = (agent: string, n: number) => one.checkCall(question({ agent, effect: "read-only", input: { n } })).verdict;
    expect([
      call("alice", 1),
      call("alice", 1),
      call("alice", 1),
      call("alice", 2),
      call("alice", 1),
      call("alice", 3),
      call("alice", 4),
    ]).toEqual(["allow", "allow", "deny", "allow", "allow", "allow", "deny"]);
    expect(call("bob", 1)).toBe("allow");
  });

  test("a server may be sent what its own entry gave it, and nothing else that is secret", () => {
    const server = serverOfSketch({ argv: ["node", "s.js"], env: { TOKEN: "own-token-12345" } });
    expect(gate().checkCall(question({ effect: "unknown", input: { t: "own-token-12345" } }), server).verdict).toBe("allow");
    expect(gate().checkCall(question({ effect: "unknown", input: { t: "own-token-12345" } })).verdict).toBe("deny");
    expect(gate().checkCall(question({ effect: "unknown", input: { t: "secret-value" } }), server)).toMatchObject({
      verdict: "deny",
      rule: "call-secrets",
      reason: expect.not.stringContaining("secret-value"),
    });
  });

  test("an entry's own rules make it stricter, and unreadable ones stop it", () => {
    const server = { ...serverOfSketch({ argv: ["node", "s.js"] }), extra: { permissions: [{ decision: "deny", tool: "t" }] } };
    const broken = { ...server, extra: { permissions: [{ decision: "denied" }] } };
    const safe = question({ effect: "read-only" });
    expect(gate().checkCall(safe, server).verdict).toBe("deny");
    expect(gate({ permissions: [{ decision: "allow" }] }).checkCall(safe, server).verdict).toBe("deny");
    expect(gate().checkCall(safe, broken).verdict).toBe("deny");
  });

  test("checks servers with what the outside knows", () => {
    const seen = createGate({ policy: DEFAULT_POLICY, secrets: [], interactive: () => false, contextOf: () => ({ source: "implicit" }) });
    expect(seen.checkServer(serverOfSketch({ argv: ["node", "s.js"] }))).toMatchObject({ verdict: "deny", rule: "server-listed" });
  });
});

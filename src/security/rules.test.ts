import { describe, expect, test } from "vitest";
import { applyRule, checkServer } from "./check-server.ts";
import { serverOfSketch, subjectOfSketch } from "./sketch.test-support.ts";
import { SERVER_RULES } from "./rules/index.ts";

const cases = SERVER_RULES.flatMap((rule) =>
  rule.examples.map((example) => ({ rule, example, says: JSON.stringify(example.given).slice(0, 110) })),
);

describe("REQ-SEC-1 every rule's own examples", () => {
  test.each(cases)("$rule.id: $example.verdict for $says", ({ rule, example }) => {
    const finding = applyRule(rule, subjectOfSketch(example.given));
    expect(finding?.verdict ?? "allow", finding?.reason).toBe(example.verdict);
    if (finding !== null)
      expect([finding.reason, finding.next].every((text) => text.length > 8 && !/[\u0000-\u001f]/.test(text))).toBe(true);
  });

  test("each rule has examples of what it lets pass and of what it stops", () => {
    for (const rule of SERVER_RULES) {
      const verdicts = rule.examples.map(({ verdict }) => verdict);
      expect(verdicts, rule.id).toContain("allow");
      expect(
        verdicts.some((verdict) => verdict !== "allow"),
        rule.id,
      ).toBe(true);
    }
    expect(new Set(SERVER_RULES.map(({ id }) => id)).size).toBe(SERVER_RULES.length);
  });

  test("what a rule refuses, the whole check refuses", () => {
    for (const { example } of cases.filter(({ example }) => example.verdict === "deny")) {
      const { given } = example;
      expect(
        checkServer(serverOfSketch(given), subjectOfSketch(given).settings, given.context).verdict,
        JSON.stringify(given).slice(0, 200),
      ).toBe("deny");
    }
  });

  test("a rule that fails denies", () => {
    const broken = {
      id: "broken",
      about: "",
      examples: [],
      check: () => {
        throw new Error("oops");
      },
    };
    expect(applyRule(broken, subjectOfSketch({ argv: ["node", "s.js"] }))).toMatchObject({ verdict: "deny" });
  });
});

// What the arguments of a call may be, whatever the tool: JSON, of bounded depth and size.
import type { CallRule, CallSubject } from "../types.ts";

const nested = (levels: number): never => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = { a: value };
  return value as never;
};

export const callArguments: CallRule = {
  id: "call-arguments",
  about:
    "Arguments are JSON (no NaN, no missing values), at most 32 levels deep and 1 MiB large; property names such as `__proto__` are data.",
  examples: [
    { given: { question: { input: { items: ["x".repeat(5_000), "y".repeat(5_000)], n: null } } }, verdict: "allow" },
    { given: { question: { input: nested(30) } }, verdict: "allow" },
    { given: { question: { input: JSON.parse('{"__proto__":{"x":1},"text":"a\\u0000b"}') } }, verdict: "allow" },
    { given: { question: { input: { n: Number.NaN } } }, verdict: "deny" },
    { given: { question: { input: { n: undefined as never } } }, verdict: "deny" },
    { given: { question: { input: nested(33) } }, verdict: "deny" },
    { given: { question: { input: { s: "x".repeat(1_100_000) } } }, verdict: "deny" },
    { given: { question: { input: { s: "ü".repeat(600_000) } } }, verdict: "deny" },
  ],
  check({ question, policy: { limits } }: CallSubject) {
    const problem = problemOf(question.input, limits.argumentDepth);
    const next = "Send less in one call; the operator's policy can raise the limit.";
    if (problem !== null) return { decision: "deny", reason: problem, next };
    const bytes = Buffer.byteLength(JSON.stringify(question.input));
    return bytes > limits.argumentBytes
      ? { decision: "deny", reason: `The arguments have ${bytes} bytes, more than ${limits.argumentBytes}`, next }
      : null;
  },
};

/** Walks without recursion, so that no depth can overflow the stack. */
function problemOf(input: unknown, maxDepth: number): string | null {
  const waiting: [value: unknown, depth: number][] = [[input, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next;
    if (value === null || typeof value === "string" || typeof value === "boolean") continue;
    if (typeof value === "number" && Number.isFinite(value)) continue;
    if (typeof value !== "object") return `The arguments hold a value that is no JSON (${typeof value})`;
    if (depth >= maxDepth) return `The arguments are nested deeper than ${maxDepth} levels`;
    for (const inner of Object.values(value)) waiting.push([inner, depth + 1]);
  }
  return null;
}

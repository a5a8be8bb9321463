// Stops an agent that runs away: too many calls in all, or the very same call again and again.
import { identityOf } from "../identity.ts";
import type { CallRule } from "../types.ts";

const same = identityOf({ q: 1 });

export const callBudget: CallRule = {
  id: "call-budget",
  about: "One agent makes at most 1000 calls in a run, and the very same call at most 12 times in a row.",
  examples: [
    { given: { history: { calls: 999, lastDigest: null, sameInARow: 0 } }, verdict: "allow" },
    { given: { history: { calls: 1_000, lastDigest: null, sameInARow: 0 } }, verdict: "deny" },
    {
      given: {
        history: { calls: 5_000, lastDigest: null, sameInARow: 0 },
        policy: { limits: { argumentDepth: 32, argumentBytes: 1_000, resultBytes: 1_000, callsPerAgent: null, sameCallInARow: 12 } },
      },
      verdict: "allow",
    },
    {
      given: { question: { input: { q: 1 } }, history: { calls: 11, lastDigest: callKey("s", "t", same), sameInARow: 11 } },
      verdict: "allow",
    },
    {
      given: { question: { input: { q: 1 } }, history: { calls: 12, lastDigest: callKey("s", "t", same), sameInARow: 12 } },
      verdict: "deny",
    },
    {
      given: { question: { input: { q: 2 } }, history: { calls: 12, lastDigest: callKey("s", "t", same), sameInARow: 12 } },
      verdict: "allow",
    },
  ],
  check({ question, policy: { limits }, history }) {
    if (limits.callsPerAgent !== null && history.calls >= limits.callsPerAgent) {
      return {
        decision: "deny",
        reason: `The agent has made ${history.calls} calls in this run`,
        next: "Answer with what is known; the operator's `limits.calls_per_agent` can be raised.",
      };
    }
    const repeats =
      history.lastDigest === callKey(question.server, question.tool, identityOf(question.input)) &&
      history.sameInARow >= limits.sameCallInARow;
    return repeats
      ? {
          decision: "deny",
          reason: `The same call was made ${history.sameInARow} times in a row`,
          next: "Do something else with the result it gave.",
        }
      : null;
  },
};

/** Tells calls apart in a history. */
export function callKey(server: string, tool: string, identity: string): string {
  return JSON.stringify([server, tool, identity]);
}

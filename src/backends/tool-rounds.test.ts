// The cap of a configuration reaches every kind of backend, also those with a loop of their own.
import { expect, test } from "vitest";
import { driveTurn, NEW_ANSWER_TOOL } from "../testing/index.ts";
import type { Backend, TurnRequest } from "./contract.ts";
import { listCapabilities } from "./index.ts";
import { withOwnRounds } from "./tool-rounds.ts";

function listener(seen: TurnRequest[]): Backend & { readonly closed: () => number } {
  let closed = 0;
  return {
    capabilities: listCapabilities()[0]!,
    answersBeside: true,
    async *runTurn(request) {
      seen.push(request);
      yield { type: "turn-finished", outcome: "decided" };
    },
    close: async () => void (closed += 1),
    closed: () => closed,
  };
}

test("REQ-BACKEND-14 max_tool_rounds takes the place of the run's cap; all else of the backend stays", async () => {
  const seen: TurnRequest[] = [];
  const plain = listener(seen);
  const capped = withOwnRounds(plain, { options: { max_tool_rounds: 3 } });
  await driveTurn(capped, { request: { workflow: [NEW_ANSWER_TOOL] } });
  await driveTurn(withOwnRounds(plain, { options: {} }));
  expect(seen.map(({ limits }) => limits.toolRounds)).toEqual([3, 25]);
  expect(seen[0]?.limits.modelCallTimeoutMs).toBe(seen[1]?.limits.modelCallTimeoutMs);
  expect([capped.answersBeside, capped.capabilities]).toEqual([true, plain.capabilities]);
  await capped.close();
  expect(plain.closed()).toBe(1);
});

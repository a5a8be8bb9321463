// Calls of tools that ann makes in the first step of her first turn, and what is recorded of them.
import type { Effect, RunEvent } from "./events.ts";
import { agentId, callId, turnId } from "./ids.ts";
import type { JudgedCall } from "./judge.ts";

const ann = agentId("ann");
const turn = turnId(ann, 1);
const callNumber = (n: number): { readonly call: JudgedCall["call"]; readonly providerCall: string; readonly name: string } => ({
  call: callId(turn, 1, n),
  providerCall: `p${n}`,
  name: `read${n}`,
});

export const reads: readonly JudgedCall[] = [1, 2, 3].map((n) => ({ ...callNumber(n), input: { n } }));

export const toolCall = (n: number, effect: Effect): RunEvent => ({
  type: "tool-call",
  agent: ann,
  turn,
  step: 1,
  ...callNumber(n),
  server: "files",
  tool: "read",
  input: { n },
  effect,
});

export const toolResult = (n: number, text: string): RunEvent => ({
  type: "tool-result",
  agent: ann,
  turn,
  ...callNumber(n),
  isError: false,
  code: null,
  content: [{ type: "text", text }],
  durationMs: 1,
});

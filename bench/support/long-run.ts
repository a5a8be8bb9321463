// The events of a very long run of three agents: mostly streamed text, with steps, tool calls and their results.
import { agentId, callId, DEFAULT_SETTINGS, label, turnId, type RunEvent } from "../../src/core/index.ts";

const AGENTS = ["ann", "bob", "cid"].map(agentId);
const USAGE = { inputTokens: 1200, cachedTokens: 900, outputTokens: 80, reasoningTokens: null };

/** Exactly `count` events, the same every time. */
export function* longRun(count: number): Generator<RunEvent> {
  const agents = AGENTS.map((id, index) => ({
    id,
    label: label(`agent${index + 1}`),
    backend: "scripted",
    model: "m",
    system: "s",
    presents: true,
  }));
  yield { type: "run-start", question: "q", history: [], agents, settings: DEFAULT_SETTINGS, program: "bench" };
  for (const agent of AGENTS)
    yield { type: "turn-start", agent, turn: turnId(agent, 1), kind: "first", shown: [], mayAnswer: true, mayVote: [], prompt: "Work." };
  for (let made = 1 + AGENTS.length, step = 1; made < count; step += 1) {
    for (const event of stepOf(AGENTS[step % AGENTS.length] ?? agentId("ann"), step)) {
      if (made === count) return;
      made += 1;
      yield event;
    }
  }
}

function* stepOf(agent: ReturnType<typeof agentId>, step: number): Generator<RunEvent> {
  const at = { agent, turn: turnId(agent, 1) };
  const call = callId(at.turn, step, 1);
  const text = `A piece of text of step ${step}, as long as such pieces are. `;
  yield { type: "text-start", ...at, block: `b${step}` };
  for (let piece = 0; piece < 5; piece += 1) yield { type: "text-delta", ...at, block: `b${step}`, delta: text };
  yield { type: "text-end", ...at, block: `b${step}` };
  const tool = { providerCall: `p${step}`, name: "mcp__files__read" };
  yield {
    type: "model-step",
    ...at,
    step,
    parts: [
      { type: "text", text: text.repeat(5) },
      { type: "tool-call", call, ...tool, input: { step } },
    ],
    finish: "tool-calls",
    usage: USAGE,
    costUsd: 0.001,
    model: "m",
  };
  yield { type: "tool-call", ...at, call, step, ...tool, server: "files", tool: "read", input: { step }, effect: "read-only" };
  yield {
    type: "tool-result",
    ...at,
    call,
    ...tool,
    isError: false,
    code: null,
    content: [{ type: "text", text: text.repeat(8) }],
    durationMs: 4,
  };
}

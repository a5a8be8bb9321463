// Logs for the views to be tested on: a council of any size, and noise that no program ever wrote.
import {
  agentId,
  answerId,
  callId,
  DEFAULT_SETTINGS,
  label,
  runId,
  turnId,
  type AgentId,
  type Entry,
  type RunEvent,
  type TurnId,
  type Usage,
} from "../../core/index.ts";
import type { RunResult } from "../../runtime/result.ts";
import type { Frame, Size } from "./frame.ts";
import { viewOf } from "./fold.ts";
import type { RunView } from "./model.ts";
import { theme, type Theme } from "./theme.ts";
import { firstUi, type Ui } from "./ui.ts";

export const START = 1_750_000_000_000;
const NAMES = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy"];
export const agentName = (index: number): AgentId => agentId(index < NAMES.length ? (NAMES[index] ?? "") : `agent-${index + 1}`);
export const turn = (agent: AgentId, n = 1): TurnId => turnId(agent, n);
const USAGE: Usage = { inputTokens: 1200, cachedTokens: 200, outputTokens: 340, reasoningTokens: 12 };

/** Entries with dense numbers, 250 ms apart. */
export const entriesOf = (events: readonly RunEvent[]): Entry[] =>
  events.map((event, index) => ({
    v: 1,
    seq: index + 1,
    at: START + index * 250,
    activeMs: index * 250,
    run: runId("20260102030405-0123abcd"),
    ...event,
  }));

/** An event of a later release. */
export const future = (fields: object): RunEvent => ({ type: "hologram-shown", ...fields }) as unknown as RunEvent;

export const runStart = (agents: number, question = "How should a web page be cached?"): RunEvent => ({
  type: "run-start",
  question,
  history: [],
  agents: Array.from({ length: agents }, (_, index) => ({
    id: agentName(index),
    label: label(`agent${index + 1}`),
    backend: index % 2 === 0 ? "gemini" : "openai",
    model: index % 2 === 0 ? "gemini-2.5-flash" : "gpt-5-mini",
    system: "",
    presents: true,
  })),
  settings: DEFAULT_SETTINGS,
  program: "massgen 0.0.15",
});

export const says = (agent: AgentId, text: string, block = "b1"): RunEvent =>
  ({ type: "text-delta", agent, turn: turn(agent), block, delta: text }) as RunEvent;
export const thinks = (agent: AgentId, text: string): RunEvent =>
  ({ type: "reasoning-delta", agent, turn: turn(agent), block: "r1", delta: text }) as RunEvent;

export function callsTool(agent: AgentId, n: number): RunEvent {
  return {
    type: "tool-call",
    agent,
    turn: turn(agent),
    call: callId(turn(agent), 1, n),
    step: 1,
    providerCall: `p${n}`,
    name: "mcp__files__read",
    server: "files",
    tool: "read",
    input: { path: `/tmp/${n}` },
    effect: "read-only",
  };
}
export function toolAnswers(agent: AgentId, n: number, isError = false): RunEvent {
  return {
    type: "tool-result",
    agent,
    turn: turn(agent),
    call: callId(turn(agent), 1, n),
    providerCall: `p${n}`,
    name: "mcp__files__read",
    isError,
    code: isError ? "tool-error" : null,
    content: [{ type: "text", text: isError ? "no such file" : "line one\nline two" }],
    durationMs: 1234,
  };
}

const firstTurn = (agent: AgentId): RunEvent => ({
  type: "turn-start",
  agent,
  turn: turn(agent),
  kind: "first",
  shown: [],
  mayAnswer: true,
  mayVote: [],
  prompt: "",
});

function firstAnswer(agent: AgentId): RunEvent[] {
  return [
    firstTurn(agent),
    thinks(agent, "Which criteria matter? 费用 and staleness, of course. 👩‍👩‍👧 é שלום عربى\n"),
    callsTool(agent, 1),
    { type: "tool-progress", agent, turn: turn(agent), call: callId(turn(agent), 1, 1), progress: 3, total: 10, message: "reading" },
    toolAnswers(agent, 1),
    says(agent, `${agent} thinks that headers come first.\n\n- a list\n- of **two** things\n`),
    { type: "model-step", agent, turn: turn(agent), step: 1, parts: [], finish: "stop", usage: USAGE, costUsd: 0.0123, model: "m" },
    {
      type: "answer-submitted",
      agent,
      turn: turn(agent),
      answer: answerId(agent, 1),
      content: `The answer of ${agent}: headers first.`,
      late: false,
    },
    { type: "turn-end", agent, turn: turn(agent), outcome: "done" },
  ];
}

function evaluation(agent: AgentId, winner: AgentId): RunEvent[] {
  return [
    {
      type: "turn-start",
      agent,
      turn: turn(agent, 2),
      kind: "evaluation",
      shown: [answerId(winner, 1)],
      mayAnswer: true,
      mayVote: [label("agent1")],
      prompt: "",
    },
    {
      type: "vote-submitted",
      agent,
      turn: turn(agent, 2),
      for: answerId(winner, 1),
      reason: "It is complete and says why.",
      shown: [answerId(winner, 1)],
    },
    { type: "turn-end", agent, turn: turn(agent, 2), outcome: "done" },
  ];
}

export type Stage = "start" | "middle" | "voting" | "presenting" | "end";

/** A council up to a stage. */
export function council(agents: number, stage: Stage): RunEvent[] {
  const ids = Array.from({ length: agents }, (_, index) => agentName(index));
  const winner = ids[0] ?? agentName(0);
  const events: RunEvent[] = [
    runStart(agents),
    { type: "mcp-server-state", server: "files", agent: null, state: "ready", tools: 4 },
    {
      type: "mcp-server-state",
      server: "web",
      agent: null,
      state: "failed",
      message: "the process ended with code 1",
      next: "Run its command by hand.",
    },
  ];
  if (stage === "start") return events;
  const half = Math.ceil(agents / 2);
  ids.forEach((id, index) => events.push(...(stage === "middle" && index >= half ? firstAnswer(id).slice(0, 6) : firstAnswer(id))));
  if (stage === "middle") return [...events, { type: "budget-state", agent: null, used: { cost_usd: 0.4 }, percent: 82, exhausted: false }];
  events.push(...ids.slice(0, stage === "voting" ? half : agents).flatMap((id) => evaluation(id, winner)));
  if (stage === "voting") return events;
  events.push(
    { type: "presentation-start", agent: winner, turn: turn(winner, 3), prompt: "" },
    says(winner, "# Caching\n\nUse **headers** first", "p1"),
  );
  if (stage === "presenting") return events;
  return [
    ...events,
    { type: "presentation-end", agent: winner, turn: turn(winner, 3), outcome: "done", text: "# Caching\n\nUse **headers** first" },
    {
      type: "run-end",
      result: {
        outcome: "answered",
        answer: "# Caching",
        source: "presentation",
        winner: { id: winner, label: label("agent1"), answer: answerId(winner, 1) },
        cause: "votes",
        degraded: [],
      },
    },
  ];
}

export const resultOf = (agents: number): RunResult => ({
  type: "run-result",
  answer: "# Caching\n\nUse **headers** first, then a `proxy`.\n\n| way | effort |\n|---|---|\n| headers | 小 |\n",
  source: "presentation",
  winner: { id: agentName(0), label: label("agent1"), answer: answerId(agentName(0), 1) },
  cause: "votes",
  degraded: ["MCP server web was lost"],
  votes: Array.from({ length: agents }, (_, index) => ({
    voter: agentName(index),
    for: answerId(agentName(0), 1),
    reason: "It is complete.",
    forWinner: true,
  })),
  answers: [],
  agents: [],
  usage: USAGE,
  cost: 0.0369,
  unpricedSteps: 0,
  exitCode: 0,
  runId: runId("20260102030405-0123abcd"),
  workspace: null,
  runPath: "massgen_logs/log_20260102_030405_0123abcd/question_1",
});

export type FrameOptions = { readonly size: Size; readonly ui?: Partial<Ui>; readonly theme?: Theme };

export function frameOf(view: RunView, { size, ui = {}, theme: colours = theme("plain", "none") }: FrameOptions): Frame {
  return {
    view,
    ui: { ...firstUi(), ...ui },
    size,
    now: (view.lastAt ?? START) + 100,
    theme: colours,
    markdown: (text, columns) => text.split("\n").map((line) => line.slice(0, columns)),
  };
}

export const frameOfEvents = (events: readonly RunEvent[], options: FrameOptions): Frame => frameOf(viewOf(entriesOf(events)), options);

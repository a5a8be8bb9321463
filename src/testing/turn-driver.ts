// Plays the runtime for one turn of a backend: offers tools, judges decisions, steers, and keeps every part that comes out.
import type { DecisionCall, DecisionReply, TurnPart, TurnPorts, TurnRequest, Backend } from "../backends/contract.ts";
import { agentId, runId, turnId, type Json } from "../core/index.ts";
import type { AgentTools, JsonSchema, OfferedTool, ToolCallRequest, ToolOutcome } from "../mcp/contract.ts";

export type ScriptedTool = {
  readonly description?: string;
  readonly inputSchema?: JsonSchema;
  readonly server?: string;
  readonly run: (input: Json, request: ToolCallRequest) => Promise<ToolOutcome | string> | ToolOutcome | string;
};

export type ScriptedTools = AgentTools & { readonly calls: readonly ToolCallRequest[] };

function offered(name: string, { description, inputSchema, server }: ScriptedTool): OfferedTool {
  return {
    name,
    server: server ?? "scripted",
    tool: name.replace(/^mcp__[^_]+__/, ""),
    description: description ?? `The tool ${name}.`,
    inputSchema: inputSchema ?? { type: "object", properties: {} },
    effect: "read-only",
    readOnly: true,
    idempotent: true,
  };
}

/** Tools as an agent sees them, by exposed name; a text is a successful result. */
export function scriptedTools(tools: Readonly<Record<string, ScriptedTool>>): ScriptedTools {
  const calls: ToolCallRequest[] = [];
  const list = Object.entries(tools).map(([name, tool]) => offered(name, tool));
  return {
    calls,
    list: () => list,
    pending: () => [],
    settled: () => Promise.resolve(),
    call: async (request) => {
      calls.push(request);
      const outcome = await tools[request.name]?.run(request.input, request);
      if (outcome === undefined)
        return { ok: false, code: "unknown-tool", message: `There is no tool named ${request.name}.`, retryable: false };
      return typeof outcome === "string" ? { ok: true, content: [{ type: "text", text: outcome }] } : outcome;
    },
  };
}

export const NEW_ANSWER_TOOL = {
  name: "new_answer",
  description: "Hand in your answer.",
  inputSchema: { type: "object", properties: { content: { type: "string" } }, required: ["content"], additionalProperties: false },
} as const;
export const VOTE_TOOL = {
  name: "vote",
  description: "Vote for the best answer.",
  inputSchema: {
    type: "object",
    properties: { agent_id: { type: "string", enum: ["agent1", "agent2"] }, reason: { type: "string" } },
    required: ["agent_id", "reason"],
    additionalProperties: false,
  },
} as const;

export type TurnDrive = {
  readonly request?: Partial<TurnRequest>;
  readonly tools?: AgentTools;
  /** Default: accepts exactly one decision, refuses several, nudges on none; three attempts. */
  readonly decide?: TurnPorts["decide"];
  readonly admit?: TurnPorts["admit"];
  readonly news?: AbortSignal;
  readonly abort?: AbortSignal;
  /** Awaited before the next part is asked for. */
  readonly onPart?: (part: TurnPart) => void | Promise<void>;
};

export type DrivenTurn = {
  readonly parts: readonly TurnPart[];
  readonly steps: readonly Extract<TurnPart, { type: "model-step" }>[];
  readonly retries: readonly Extract<TurnPart, { type: "retry-scheduled" }>[];
  readonly warnings: readonly Extract<TurnPart, { type: "warning" }>[];
  readonly last: Extract<TurnPart, { type: "turn-finished" }>;
  /** Every decision call that was judged. */
  readonly decisions: readonly DecisionCall[];
};

const AGENT = agentId("alice");
const NEVER = new AbortController().signal;

function requestOf(request: Partial<TurnRequest> = {}): TurnRequest {
  return {
    run: runId("20260102030405-0badcafe"),
    agent: AGENT,
    turn: turnId(AGENT, 1),
    kind: "first",
    system: "You answer questions.",
    messages: [{ role: "user", text: "What is 7 + 5?" }],
    freshFrom: 0,
    workflow: [NEW_ANSWER_TOOL],
    allLabels: [],
    ballot: null,
    useTools: true,
    firstStep: 1,
    letFinish: false,
    limits: { modelCallTimeoutMs: 20_000, toolRounds: 25, toolGraceMs: 0 },
    ...request,
  };
}

/** One decision is accepted, anything else is not; the third refusal ends the turn. */
export function simpleJudge(seen: DecisionCall[]): TurnPorts["decide"] {
  let attempts = 0;
  return (_step, calls): Promise<DecisionReply> => {
    seen.push(...calls);
    const accepted = calls.length === 1 && calls[0]?.malformed === undefined;
    if (!accepted) attempts += 1;
    const over = accepted || attempts >= 3;
    const text = accepted ? "Recorded." : "Refused.";
    return Promise.resolve({
      over,
      accepted,
      results: calls.map(({ call }) => ({ call, isError: !accepted, text })),
      nudge: calls.length === 0 && !over ? "Call a tool to decide." : null,
    });
  };
}

/** Runs the turn to its end. Throws where the backend breaks the contract: no last part, more than one, or parts after it. */
export async function driveTurn(backend: Backend, drive: TurnDrive = {}): Promise<DrivenTurn> {
  const decisions: DecisionCall[] = [];
  const parts: TurnPart[] = [];
  const ports: TurnPorts = {
    tools: drive.tools ?? scriptedTools({}),
    decide: drive.decide ?? simpleJudge(decisions),
    admit: drive.admit ?? (() => Promise.resolve(null)),
    news: drive.news ?? NEVER,
    abort: drive.abort ?? NEVER,
  };
  for await (const part of backend.runTurn(requestOf(drive.request), ports)) {
    parts.push(part);
    await drive.onPart?.(part);
  }
  const of = <Type extends TurnPart["type"]>(type: Type) =>
    parts.filter((part): part is Extract<TurnPart, { type: Type }> => part.type === type);
  const ends = of("turn-finished");
  const last = parts.at(-1);
  if (ends.length !== 1 || last?.type !== "turn-finished")
    throw new Error(`a turn must end with exactly one turn-finished, got ${JSON.stringify(parts.map((part) => part.type))}`);
  return { parts, steps: of("model-step"), retries: of("retry-scheduled"), warnings: of("warning"), last, decisions };
}

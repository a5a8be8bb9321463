// What a run would take before it takes anything: the real rules play it with the real prompts and tool lists, and stand-ins instead of models.
import {
  CHARACTERS_PER_TOKEN,
  expectedPricing,
  listCapabilities,
  type Backend,
  type Capabilities,
  type TurnRequest,
} from "../backends/index.ts";
import type { AgentConfig, MassgenConfig } from "../config/index.ts";
import { agentId, callId, type AgentId, type AssistantPart, type HistoryMessage, type Json, type Usage } from "../core/index.ts";
import { VERSION, type Io } from "../io/index.ts";
import { createMemoryLog, newRunId } from "../log/index.ts";
import { NO_TOOLS, type AgentTools, type Recorder, type ToolBroker } from "../mcp/contract.ts";
import { startRun, type AgentSpec } from "../runtime/index.ts";
import { PermissionDesk } from "./permissions.ts";
import { settingsOf } from "./settings.ts";

/** What is assumed of texts nobody has written yet, in tokens. */
export const ASSUMED = { answer: 500, vote: 60, presentation: 600 } as const;
const SEED = 1;
/** How long the servers may take to say what they offer. */
const CONNECT_MS = 60_000;

export { CHARACTERS_PER_TOKEN } from "../backends/index.ts";

export type EstimatedRequest = {
  readonly agent: string;
  readonly step: "answer" | "vote" | "presentation";
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars; null where no price is known. */
  readonly costUsd: number | null;
};
export type EstimatedCase = {
  readonly requests: readonly EstimatedRequest[];
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null as soon as one request's price is unknown: a sum that leaves something out would be wrong. */
  readonly costUsd: number | null;
};
export type Estimate = {
  readonly agents: readonly {
    readonly id: string;
    readonly backend: string;
    readonly model: string | null;
    /** Tools of servers that are declared in each request that may use them. */
    readonly tools: number;
    readonly toolTokens: number;
  }[];
  /** Every agent answers once, and nothing else. */
  readonly low: EstimatedCase;
  /** Every agent answers once and votes once; one presents. */
  readonly usual: EstimatedCase;
  /** Every answer and every round that the limits allow. */
  readonly high: EstimatedCase;
};

export type EstimateOptions = {
  readonly io: Io;
  readonly question: string;
  readonly history: readonly HistoryMessage[];
  /** As for a session. */
  readonly locked: boolean;
  readonly policyFile: string | null;
  /** What is missing in the estimate: servers that did not start, refusals of the policy. */
  readonly onNotice: (line: string) => void;
};

/** Asks no model and spends nothing; the team's servers are started for their tools, and ended. Throws UsageError as opening a session does. */
export async function estimateRun(config: MassgenConfig, options: EstimateOptions): Promise<Estimate> {
  const broker = await connectedBroker(config, options);
  try {
    const about = { ...options, config, broker };
    const usual = await play(about, "vote");
    const high = await play(about, "answer");
    return {
      agents: config.agents.map((agent) => agentOf(agent, broker)),
      low: sum(usual.filter(({ agent }, index) => usual.findIndex((first) => first.agent === agent) === index)),
      usual: sum(usual),
      high: sum(high.length < usual.length ? usual : high),
    };
  } finally {
    await broker.close();
  }
}

const NO_BROKER: ToolBroker = { forAgent: () => NO_TOOLS, close: async () => {} };

async function connectedBroker(config: MassgenConfig, { io, locked, policyFile, onNotice }: EstimateOptions): Promise<ToolBroker> {
  if (config.agents.every(({ backend }) => backend.mcpServers.length === 0)) return NO_BROKER;
  const { openBroker } = await import("./open-broker.ts");
  const record: Recorder = async (event) => {
    if (event.type === "warning") onNotice(event.message);
    if (event.type === "mcp-server-state" && event.state === "failed")
      onNotice(event.message ?? `MCP server ${event.server} did not start.`);
  };
  const surroundings = {
    io,
    record,
    locked,
    policyFile,
    desk: new PermissionDesk(),
    interactive: () => false,
    logs: false,
    workspaces: null,
  };
  const broker = await openBroker(config, surroundings);
  const { signal } = new AbortController();
  await Promise.all(config.agents.map(({ id }) => broker.forAgent(agentId(id)).settled(CONNECT_MS, signal)));
  return broker;
}

function agentOf({ id, backend: { type, model } }: AgentConfig, broker: ToolBroker): Estimate["agents"][number] {
  const tools = broker.forAgent(agentId(id)).list();
  return {
    id,
    backend: type,
    model,
    tools: tools.length,
    toolTokens: tools.length === 0 ? 0 : tokensOf(JSON.stringify(tools.map(declared))),
  };
}

type About = EstimateOptions & { readonly config: MassgenConfig; readonly broker: ToolBroker };

/** `prefers`: what a stand-in does where both are open to it. */
async function play({ config, io, question, history, broker }: About, prefers: Choice): Promise<readonly EstimatedRequest[]> {
  const requests: Promise<EstimatedRequest>[] = [];
  const agents = config.agents.map((agent): AgentSpec =>
    specOf(agent, (request, tools) => requests.push(priced(request, { tools, agent, prefers })), prefers),
  );
  const run = startRun({
    question,
    history,
    agents,
    settings: { ...settingsOf(config, io), seed: SEED },
    program: `massgen ${VERSION}`,
    log: createMemoryLog({ run: newRunId(io), io, secrets: config.secrets }),
    clock: io.clock,
    // The servers are borrowed, and only looked at.
    openTools: () => ({ forAgent: (agent: AgentId) => broker.forAgent(agent), close: async () => {} }),
  });
  await run.result;
  return Promise.all(requests);
}

type Choice = "vote" | "answer";
type Seen = (request: TurnRequest, tools: AgentTools) => void;

function specOf({ id, backend, systemMessage }: AgentConfig, seen: Seen, prefers: Choice): AgentSpec {
  return {
    id: agentId(id),
    backendName: backend.type,
    model: backend.model,
    systemMessage,
    presents: true,
    backend: standIn(backend.type, seen, prefers),
  };
}

function standIn(type: string, seen: Seen, prefers: Choice): Backend {
  const capabilities = listCapabilities().find((each) => each.type === type) ?? (listCapabilities()[0] as Capabilities);
  let answers = 0;
  return {
    capabilities,
    close: async () => {},
    async *runTurn(request, { admit, decide, tools }) {
      const refused = await admit();
      if (refused !== null) return yield { type: "turn-finished", outcome: "failed", failure: refused };
      seen(request, tools);
      const step = request.firstStep;
      const what = stepOf(request, prefers);
      const common = { type: "model-step", step, usage: NOTHING, costUsd: 0, model: null } as const;
      if (request.workflow.length === 0) {
        const text = filler(ASSUMED[what], request.agent);
        yield { ...common, parts: [{ type: "text", text }], finish: "stop" };
        return yield { type: "turn-finished", outcome: "finished", text, finish: "stop" };
      }
      answers += 1;
      const call = { call: callId(request.turn, step, 1), providerCall: `${request.turn}.${step}`, ...decisionOf(request, what, answers) };
      yield { ...common, parts: [{ type: "tool-call", ...call } satisfies AssistantPart], finish: "tool-calls" };
      await decide(step, [call]);
      yield { type: "turn-finished", outcome: "decided" };
    },
  };
}

const NOTHING: Usage = { inputTokens: 0, cachedTokens: null, outputTokens: 0, reasoningTokens: null };

function stepOf({ kind, workflow }: TurnRequest, prefers: Choice): EstimatedRequest["step"] {
  if (kind === "presentation") return "presentation";
  const offered = workflow.map(({ name }) => name);
  if (!offered.includes("vote")) return "answer";
  return offered.includes("new_answer") && prefers === "answer" ? "answer" : "vote";
}

function decisionOf(
  { agent, workflow }: TurnRequest,
  what: EstimatedRequest["step"],
  nth: number,
): { readonly name: string; readonly input: Json } {
  if (what !== "vote") return { name: "new_answer", input: { content: filler(ASSUMED.answer, `${agent} ${nth}`) } };
  const schema = workflow.find(({ name }) => name === "vote")?.inputSchema as {
    readonly properties: { readonly agent_id: { readonly enum: readonly string[] } };
  };
  return { name: "vote", input: { agent_id: schema.properties.agent_id.enum[0] ?? "", reason: filler(ASSUMED.vote, agent) } };
}

/** Text of so many tokens. Agents with the same answer would agree without a vote. */
const filler = (tokens: number, beginning: string): string => `${beginning} `.padEnd(tokens * CHARACTERS_PER_TOKEN, "text ");

const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);
const declared = ({ name, description, inputSchema }: { name: string; description: string; inputSchema: unknown }) => ({
  name,
  description,
  inputSchema,
});

type Asked = { readonly tools: AgentTools; readonly agent: AgentConfig; readonly prefers: Choice };

async function priced(request: TurnRequest, { tools, agent, prefers }: Asked): Promise<EstimatedRequest> {
  const offered = [...request.workflow, ...(request.useTools ? tools.list() : [])].map(declared);
  const step = stepOf(request, prefers);
  const inputTokens = tokensOf(
    [
      request.system,
      ...request.messages.map((message) => JSON.stringify(message)),
      ...(offered.length === 0 ? [] : [JSON.stringify(offered)]),
    ].join("\n"),
  );
  const outputTokens = ASSUMED[step];
  const { type, model } = agent.backend;
  const costUsd = await expectedPricing(type)({ inputTokens, outputTokens, cachedTokens: null, reasoningTokens: null }, model ?? "");
  return { agent: agent.id, step, inputTokens, outputTokens, costUsd };
}

function sum(requests: readonly EstimatedRequest[]): EstimatedCase {
  const total = (pick: (request: EstimatedRequest) => number): number => requests.reduce((all, request) => all + pick(request), 0);
  return {
    requests,
    inputTokens: total(({ inputTokens }) => inputTokens),
    outputTokens: total(({ outputTokens }) => outputTokens),
    costUsd: requests.some(({ costUsd }) => costUsd === null) ? null : total(({ costUsd }) => costUsd ?? 0),
  };
}

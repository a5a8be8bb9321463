// Lets an agent's model answer a question a server asks during a tool call: one request beside the turn, within the budget, no part of the conversation.
import { addKnown, addUsage, turnId, UNKNOWN_USAGE, type AgentId } from "../core/index.ts";
import type { TurnPart, TurnRequest } from "../backends/contract.ts";
import { NO_TOOLS, type SamplingAnswer, type SamplingQuestion, type Spent } from "../mcp/contract.ts";
import type { RunContext } from "./context.ts";
import { threw } from "./failures.ts";
import type { Job } from "./job.ts";

const NOTHING_SPENT: Spent = { requests: 0, usage: null, costUsd: null };

/** Absent where the agent's backend cannot answer beside a turn. */
export function samplerFor(
  run: RunContext,
  job: Job,
): { readonly sample?: (question: SamplingQuestion, signal: AbortSignal) => Promise<SamplingAnswer> } {
  const { backend } = run.spec(job.agent);
  if (!backend.answersBeside) return {};
  return {
    sample: async (question, signal) => {
      const refusal = await run.admit(job);
      if (refusal !== null) return { refused: refusal.message, spent: NOTHING_SPENT };
      const never = new AbortController().signal;
      const parts = backend.runTurn(requestFor(run, job.agent, question), {
        tools: NO_TOOLS,
        decide: async () => ({ over: true, accepted: false, results: [], nudge: null }),
        admit: async () => null,
        news: never,
        abort: AbortSignal.any([signal, job.abort]),
      });
      return answerOf(parts);
    },
  };
}

/** A backend that breaks its contract has not answered. */
async function answerOf(parts: AsyncIterable<TurnPart>): Promise<SamplingAnswer> {
  let spent: Spent = { ...NOTHING_SPENT, requests: 1 };
  let model: string | null = null;
  try {
    for await (const part of parts) {
      if (part.type === "retry-scheduled") spent = { ...spent, requests: spent.requests + 1 };
      if (part.type === "model-step") {
        spent = { ...spent, usage: addUsage(spent.usage ?? UNKNOWN_USAGE, part.usage), costUsd: addKnown(spent.costUsd, part.costUsd) };
        ({ model } = part);
      }
      if (part.type === "turn-finished")
        return part.outcome === "finished"
          ? { text: part.text ?? "", model, spent }
          : { refused: part.failure?.message ?? "The model did not answer.", spent };
    }
    return { refused: "The model did not answer.", spent };
  } catch (error) {
    return { refused: threw(error).message, spent };
  }
}

/** Its turn number is one no turn has: the answer is nobody's decision. */
function requestFor(run: RunContext, agent: AgentId, { system, messages, maxTokens }: SamplingQuestion): TurnRequest {
  return {
    run: run.run,
    agent,
    turn: turnId(agent, 0),
    kind: "chat",
    system: system ?? "",
    messages: messages.map(({ role, text }) => (role === "user" ? { role, text } : { role: "assistant", parts: [{ type: "text", text }] })),
    freshFrom: 0,
    workflow: [],
    allLabels: [],
    ballot: null,
    useTools: false,
    beside: true,
    ...(maxTokens === null || maxTokens < 1 ? {} : { maxTokens }),
    firstStep: 1,
    letFinish: true,
    limits: { modelCallTimeoutMs: run.limit("modelCallTimeoutMs"), toolRounds: 1, toolGraceMs: 0 },
  };
}

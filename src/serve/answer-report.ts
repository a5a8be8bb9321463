// What a client gets for a question: the answer as text, and the same with winner, votes, cost and run folder as data.
import type { JsonSchema, ServedResult } from "../mcp/index.ts";
import type { RunResult } from "../runtime/result.ts";
import { neutralise } from "../security/index.ts";

const text = { type: "string" } as const;
const number = { type: "number" } as const;
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, "null"] });
const object = (properties: { readonly [name: string]: JsonSchema }) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

export const RESULT_SCHEMA: JsonSchema = object({
  answer: { ...orNull(text), description: "Null where there is none." },
  partial: { type: "boolean", description: "True = the agents had not finished: this is the best answer so far." },
  reason: { ...orNull(text), description: "What decided: votes, unanimous, single, tie, timeout, answer-now, budget; null = nothing did." },
  winner: { ...object({ agent: text, label: text, answer: text }), type: ["object", "null"] },
  votes: { type: "array", items: object({ voter: text, for: text, reason: text }) },
  answers: { type: "array", items: object({ answer: text, agent: text }), description: "Every answer that was given." },
  degraded: { type: "array", items: text, description: "What went wrong on the way." },
  cost_usd: { ...orNull(number), description: "Null = the price is not known." },
  usage: object({ input_tokens: orNull(number), output_tokens: orNull(number) }),
  run: { ...text, description: "The run's id; `massgen show` and `massgen resume` know it." },
  run_folder: orNull(text),
});

const UNFINISHED: readonly unknown[] = ["timeout", "answer-now", "budget", null];

/** The facts of a result, as `RESULT_SCHEMA` describes them. */
export function factsOf(result: RunResult): { readonly [key: string]: unknown } {
  const { answer, cause, winner, votes, answers, degraded, cost, usage, runId, runPath } = result;
  return {
    answer: answer === null ? null : neutralise(answer),
    partial: isPartial(result),
    reason: cause,
    winner: winner === null ? null : { agent: winner.id, label: winner.label, answer: winner.answer },
    votes: votes.map(({ voter, for: chosen, reason }) => ({ voter, for: chosen, reason: neutralise(reason) })),
    answers: answers.map((each) => ({ answer: each.answer, agent: each.agent })),
    degraded: degraded.map(neutralise),
    cost_usd: cost,
    usage: { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens },
    run: runId,
    run_folder: runPath,
  };
}

/** A run without an answer is an error of the call, with the same facts. */
export function reportOf(result: RunResult): ServedResult {
  const { answer } = result;
  const said = answer === null ? "The council came to no answer." : neutralise(answer);
  return {
    isError: answer === null,
    content: [
      { type: "text", text: said },
      { type: "text", text: footnote(result) },
    ],
    structuredContent: factsOf(result),
  };
}

/** A call that did not come to a run. */
export const failureOf = (lines: readonly string[]): ServedResult => ({
  isError: true,
  content: [{ type: "text", text: lines.join("\n") }],
});

const isPartial = ({ answer, cause }: RunResult): boolean => answer !== null && UNFINISHED.includes(cause);

function footnote(result: RunResult): string {
  const { winner, votes, cost, degraded, runPath, runId } = result;
  const backing = votes.filter(({ forWinner }) => forWinner).length;
  const lines = [
    ...(isPartial(result) ? ["The agents had not finished: this is the best answer so far."] : []),
    ...(winner === null ? [] : [`Answer of ${winner.id}, with ${backing} of ${votes.length} votes.`]),
    `Cost: ${cost === null ? "price unknown" : `$${cost === 0 ? "0" : cost.toPrecision(2)}`}. Run: ${runPath ?? runId}.`,
    ...degraded,
  ];
  return neutralise(lines.join("\n"));
}

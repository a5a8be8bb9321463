// The two tools that end a turn, as offered in one turn: exactly what may be done, votes for exactly the candidates there are.
import type { Label } from "./ids.ts";
import type { Json } from "./message.ts";
import type { TurnPlan } from "./plan-types.ts";
import { NEW_ANSWER, VOTE } from "./workflow-names.ts";

export type WorkflowToolDefinition = {
  readonly name: "new_answer" | "vote";
  readonly description: string;
  readonly inputSchema: { readonly [keyword: string]: Json };
};

/** Empty for plain chat. */
export function workflowTools({ mayAnswer, mayVote }: Pick<TurnPlan, "mayAnswer" | "mayVote">): readonly WorkflowToolDefinition[] {
  return [...(mayAnswer ? [newAnswerTool] : []), ...(mayVote.length > 0 ? [voteTool(mayVote)] : [])];
}

/** Ends a turn with an answer. */
export const newAnswerTool: WorkflowToolDefinition = {
  name: NEW_ANSWER,
  description: "Hand in your complete answer to the question. Ends your turn.",
  inputSchema: {
    type: "object",
    properties: { content: { type: "string", description: "The whole answer, readable on its own." } },
    required: ["content"],
    additionalProperties: false,
  },
};

/** Ends a turn with a vote for one of `labels`. */
export function voteTool(labels: readonly Label[]): WorkflowToolDefinition {
  return {
    name: VOTE,
    description: "Vote for the best answer there is. Ends your turn.",
    inputSchema: {
      type: "object",
      properties: {
        agent_id: { type: "string", enum: labels, description: "The label of the answer." },
        reason: { type: "string", description: "Why it is the best, in one or two sentences." },
      },
      required: ["agent_id", "reason"],
      additionalProperties: false,
    },
  };
}

// The two tools that end a turn.

export const NEW_ANSWER = "new_answer";
export const VOTE = "vote";

export function isWorkflowTool(name: string): boolean {
  return name === NEW_ANSWER || name === VOTE;
}

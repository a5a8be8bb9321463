// What must hold for runs that survive: resume, looking back, budgets, conversations and workspaces.

export const RUN_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-RUN-1": "A run that was killed anywhere goes on with `massgen resume`: no finished model step, answer or vote is paid for twice.",
  "REQ-RUN-2": "A run that its time or its budget has ended goes on from before that decision when it is taken up again.",
};

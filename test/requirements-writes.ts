// What must hold of calls that are left to the winner, judged from outside.

export const WRITES_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-WRITES-1":
    "Under `writes: winner` calls that may change something reach their server once, for the chosen answer, after the decision and before the presentation; voters, presenter, summary, `show`, export and audit know of them.",
  "REQ-WRITES-2":
    "A kill at any moment never sends a recorded call twice; what was not begun is sent on resume, what was begun is told as unknown.",
  "REQ-WRITES-3":
    "Calls that only read, by the server's or the entry's word, calls under `writes: everyone` and calls of a single agent are made at once.",
  "REQ-WRITES-4":
    "A server that holds the state of one agent is never left to the winner: its own `writes: winner` is an error, the run's is told not to hold.",
  "REQ-WRITES-5": "`writes: ask` asks a person for each call that is not known to only read; without a person the policy decides.",
};

// What must hold for runs that survive: resume, looking back, budgets, conversations and workspaces.

export const RUN_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-RUN-1": "A run that was killed anywhere goes on with `massgen resume`: no finished model step, answer or vote is paid for twice.",
  "REQ-RUN-2":
    "A run that its time or its budget has ended goes on from before that decision when it is taken up again, and one in which every agent failed with those that may be cured.",
  "REQ-RUN-3":
    "A budget is checked before each request and warned about; at the limit, and when asked to, the best answer there is is the result.",
  "REQ-RUN-4": "One process at a time holds a run; what cannot be resumed is refused with a sentence.",
  "REQ-RUN-5": "A conversation goes on with --continue: its history reaches every agent and the presentation.",
  "REQ-RUN-6": "A stored run is shown and exported whole; what models and servers wrote can do nothing on a page or a terminal.",
  "REQ-RUN-7": "Old conversations are deleted on request; what this program did not make, or what is in use, never is.",
  "REQ-RUN-8":
    "With the gate two agents begin; the others join only where these two differ, one is out, or the time for first answers is over.",
  "REQ-RUN-9": "Merging asks the presenter for one answer made of all; `count` makes several equal agents of one entry.",
  "REQ-RUN-20":
    "A file operation that fails, whichever it is and however it fails, has a code; what was acknowledged is there for the next process.",
  "REQ-RUN-21": "Whichever agents fail, the others answer; only where all fail is there no answer.",
  "REQ-RUN-22": "Every kind of budget ends the run with the best answer so far, or without one, by the same rule.",
  "REQ-RUN-23": "A run of an hour ends as one of a minute, and its time limit holds.",
  "REQ-RUN-25": "A full disk, a folder that cannot be written and every kind of damaged log have one stated outcome each.",
  "REQ-RUN-26": "A conversation of twenty questions keeps its history and does not grow in memory.",
  "REQ-RUN-24": "A time of day that jumps changes nothing.",
};

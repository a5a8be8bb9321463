// What must hold for the agents' folders: snapshots, what is shown of them, what may be reached, and what is carried over.

export const WORKSPACE_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-WORKSPACE-1": "Nothing this program did not make is ever removed or emptied: every folder it makes carries a marker.",
  "REQ-WORKSPACE-2":
    "An agent that sees an answer finds a read-only copy of its files under the answer's label before its turn begins; nobody sees files of answers it is not shown.",
  "REQ-WORKSPACE-3": "A copy follows no link, waits for no pipe, stops at its limits, and names what it could not read.",
  "REQ-WORKSPACE-4":
    "A path outside the folders of an agent is refused before the tool is called, for filesystem servers and for the own tools of Claude Code.",
  "REQ-WORKSPACE-5": "The files of the chosen answer are kept under the run's folder; the result, `show` and `export` name the place.",
  "REQ-WORKSPACE-6": "Snapshots are part of the run: a run that was killed finds them again, and makes those anew that are not whole.",
  "REQ-WORKSPACE-7": "No two agents, and no two processes, work in one folder; folders that would mix, leak or swallow files are refused.",
  "REQ-WORKSPACE-8":
    "With `writes: winner` only the winner's changes reach a write path, each once; what somebody else changed meanwhile is left as it is.",
  "REQ-WORKSPACE-9": "A folder beyond the limit is not copied; that is said once, and the run goes on.",
  "REQ-WORKSPACE-10": "Paths for all agents are read by every agent's file tools, and written only where they may be.",
};

// What must hold for the agents' folders: snapshots, what is shown of them, what may be reached, and what is carried over.

export const WORKSPACE_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-WORKSPACE-1": "Nothing this program did not make is ever removed or emptied: every folder it makes carries a marker.",
  "REQ-WORKSPACE-3": "A copy follows no link, waits for no pipe, stops at its limits, and names what it could not read.",
  "REQ-WORKSPACE-8":
    "With `writes: winner` only the winner's changes reach a write path, each once; what somebody else changed meanwhile is left as it is.",
};

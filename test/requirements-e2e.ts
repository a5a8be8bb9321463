// What whole runs of the built program must do.

export const E2E_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-E2E-1": "No request is paid for that can only be thrown away: N answers, at most N votes, one presentation.",
  "REQ-E2E-2": "The JSON display streams the stored entries, the result last.",
  "REQ-E2E-3": "A key is in no log, output or message.",
  "REQ-E2E-4": "A user's mistake is told in words, with the right exit code.",
  "REQ-E2E-5": "Local agents really call a tool of a real MCP server.",
  "REQ-E2E-6": "A Gemini agent calls a real MCP server twice in parallel, with its thought signatures sent back.",
  "REQ-E2E-8": "A refused or dead server is a warning, its neighbours work, and no process is left.",
  "REQ-E2E-7": "The packed package works from an empty folder, as command and as library.",
};

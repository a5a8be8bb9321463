// What whole runs of the built program must do.

export const E2E_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-WHOLE-1": "No request is paid for that can only be thrown away: N answers, at most N votes, one presentation.",
  "REQ-WHOLE-2": "The JSON display streams the stored entries, the result last.",
  "REQ-WHOLE-3": "A key is in no log, output or message.",
  "REQ-WHOLE-4": "A user's mistake is told in words, with the right exit code.",
  "REQ-WHOLE-5": "Local agents really call a tool of a real MCP server.",
  "REQ-WHOLE-6": "A Gemini agent calls a real MCP server twice in parallel, with its thought signatures sent back.",
  "REQ-WHOLE-8": "A refused or dead server is a warning, its neighbours work, and no process is left.",
  "REQ-WHOLE-9": "Gemini, Claude, OpenAI, Grok and Claude Code work as one team on one MCP server.",
  "REQ-WHOLE-10": "Read-only calls of several Gemini agents run at the same time on one shared server.",
  "REQ-WHOLE-11": "Every run ends with the exit code of its reason; where there are several, with that of the first in their order.",
  "REQ-WHOLE-12": "Ctrl-C ends a run soon, with a complete log and without its servers, whenever it comes; a second one ends it at once.",
  "REQ-WHOLE-7": "The packed package works from an empty folder, as command and as library.",
};

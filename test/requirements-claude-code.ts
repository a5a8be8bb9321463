// What the claude_code backend must do.

export const CLAUDE_CODE_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-BACKEND-60": "The real Claude Code binary decides, calls our tools, fails and is interrupted through the one turn contract.",
  "REQ-BACKEND-61": "Claude Code calls servers through our own connections, is tried again as configured, and ends with us however we end.",
  "REQ-BACKEND-62": "Claude Code asks nobody but the configured provider.",
  "REQ-BACKEND-63": "Claude Code's program is the one that is named, else the SDK's own, else `claude` on the PATH.",
  "REQ-BACKEND-64": "Claude Code gets the tools, the mode and the settings the configuration names, and nothing else of the user's.",
  "REQ-BACKEND-68":
    "A question of a server is answered by a further Claude Code process without tools, whose session is not kept and whose cost counts.",
};

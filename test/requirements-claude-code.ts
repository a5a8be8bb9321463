// What the claude_code backend must do.

export const CLAUDE_CODE_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-BACKEND-60": "The real Claude Code binary decides, calls our tools, fails and is interrupted through the one turn contract.",
};

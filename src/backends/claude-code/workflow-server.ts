// The in-process server that offers the decisions, and how Claude Code names its tools.

export const WORKFLOW_SERVER = "massgen";
export const WORKFLOW_PREFIX = `mcp__${WORKFLOW_SERVER}__`;

// What the MCP layer must do; each id is cited by a test that shows it.

export const MCP_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-MCP-1": "Tools of real stdio servers are offered under provider-safe names and called exactly once per call.",
};

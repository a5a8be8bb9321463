// What the commands around MCP servers must do; each id is cited by a test that shows it.

export const MCP_COMMAND_REQUIREMENTS: Readonly<Record<string, string>> = {
  "REQ-MCPCMD-1": "Ten or more real servers of npm and PyPI work when connected together, and each can be called.",
  "REQ-MCPCMD-2": "`mcp list` starts nothing and tells of each server who has it, whether it is shared and why.",
  "REQ-MCPCMD-3":
    "`mcp tools`, `mcp test` and `mcp call` need no model and no key; a call that fails ends with exit code 4 and says what to do.",
  "REQ-MCPCMD-4":
    "`mcp doctor` tells start time, protocol, tools, tokens, what cannot be said, names, pins and the last output of each server.",
  "REQ-MCPCMD-5": "`mcp lock` writes every tool's definition and hash; `--check` shows a changed definition as a diff.",
  "REQ-MCPCMD-6": "A tool that is not as mcp.lock has it is kept from agents; with --locked nothing is run, whatever earlier runs saw.",
  "REQ-MCPCMD-7": "`mcp init` writes servers whose own tests pass and whose tools can be called.",
  "REQ-MCPCMD-8": "Secrets come from files that others cannot read and from the store of `mcp secret`, and are never printed.",
  "REQ-MCPCMD-9": "`audit verify` finds one changed byte in the trail that a call leaves; `audit show` shows what was called.",
  "REQ-MCPCMD-10": "`security rules` prints each rule with the examples that the tests run.",
  "REQ-MCPCMD-11": "`mcp stats` counts the calls of stored runs by server, tool and agent.",
};

// `massgen mcp …`: looks at the MCP servers of a configuration and calls their tools, without any model or key.
import { unknownAction } from "../arguments.ts";
import type { Command, CommandEntry } from "../command.ts";
import { MCP_OPTIONS } from "./mcp-options.ts";
import { MCP_COMMANDS } from "./mcp/index.ts";

export const mcpCommand: Command = {
  usage: [
    "mcp list --config FILE [--json]             who has which server, and how it is shared",
    "mcp test [SERVER...] --config FILE          start the servers; exit code 4 if one does not work",
    "mcp tools [SERVER...] --config FILE         what the servers offer",
    "mcp call SERVER TOOL ['{JSON}'] --config FILE",
    "mcp doctor [SERVER...] --config FILE        everything that can be found out about each server",
    "mcp lock --config FILE [--check]            write down the tools as they are, or compare them",
    "mcp stats [RUN...] [--json]                 how the tools were used in stored runs",
    "mcp secret set|list|rm [NAME]               what `${keyring:NAME}` in a configuration stands for",
    "mcp init [typescript-stdio|typescript-http|python] [FOLDER]",
  ],
  details: "No model and no key is needed. The security policy applies; a call you type yourself is your permission for it.",
  options: MCP_OPTIONS,
  actions: MCP_COMMANDS,
  examples: [
    "massgen mcp tools --config team.yaml",
    "massgen mcp call memory read_graph '{}' --config team.yaml",
    "massgen mcp doctor --config team.yaml",
  ],
  async execute([name = "", ...argv], context) {
    const entry = MCP_COMMANDS.find((command) => command.name === name);
    if (entry) return (await entry.load()).execute(argv, context);
    const names = MCP_COMMANDS.map((command: CommandEntry) => command.name);
    throw unknownAction("mcp", name, names);
  },
};

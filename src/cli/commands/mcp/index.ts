// The list of `massgen mcp` commands: one line each, loaded when used.
import type { CommandEntry } from "../../command.ts";

export const MCP_COMMANDS: readonly CommandEntry[] = [
  { name: "list", summary: "who has which server", load: async () => (await import("./list.ts")).mcpListCommand },
  { name: "test", summary: "start the servers", load: async () => (await import("./test.ts")).mcpTestCommand },
  { name: "tools", summary: "what the servers offer", load: async () => (await import("./tools.ts")).mcpToolsCommand },
  { name: "call", summary: "call one tool", load: async () => (await import("./call.ts")).mcpCallCommand },
  { name: "doctor", summary: "look at each server closely", load: async () => (await import("./doctor.ts")).mcpDoctorCommand },
  { name: "lock", summary: "write down the tools", load: async () => (await import("./lock.ts")).mcpLockCommand },
  { name: "stats", summary: "how tools were used", load: async () => (await import("./stats.ts")).mcpStatsCommand },
  { name: "secret", summary: "store secrets", load: async () => (await import("./secret.ts")).mcpSecretCommand },
  { name: "init", summary: "write a server of your own", load: async () => (await import("./init.ts")).mcpInitCommand },
];

// The list of commands: one line each, loaded when used.
import type { CommandEntry } from "../command.ts";

export const COMMANDS: readonly CommandEntry[] = [
  { name: "run", summary: "work on a question (also without the word `run`)", load: async () => (await import("./run.ts")).runCommand },
  {
    name: "config",
    summary: "check configuration files, print their JSON Schema",
    load: async () => (await import("./config.ts")).configCommand,
  },
  {
    name: "backends",
    summary: "list the providers and what each can do",
    load: async () => (await import("./backends.ts")).backendsCommand,
  },
  { name: "mcp", summary: "look at MCP servers, call their tools, write servers", load: async () => (await import("./mcp.ts")).mcpCommand },
  { name: "audit", summary: "check and show the trail of all tool calls", load: async () => (await import("./audit.ts")).auditCommand },
  {
    name: "security",
    summary: "print the rules of the security policy",
    load: async () => (await import("./security.ts")).securityCommand,
  },
  {
    name: "resume",
    summary: "go on with a run that was cut off or stopped",
    load: async () => (await import("./resume.ts")).resumeCommand,
  },
  { name: "runs", summary: "list the runs of this folder", load: async () => (await import("./runs.ts")).runsCommand },
  { name: "show", summary: "print the result of a stored run", load: async () => (await import("./show.ts")).showCommand },
  { name: "replay", summary: "watch a stored run once more", load: async () => (await import("./replay.ts")).replayCommand },
  {
    name: "export",
    summary: "write a stored run as Markdown, HTML or JSON",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  { name: "serve", summary: "offer the council to other programs over MCP", load: async () => (await import("./serve.ts")).serveCommand },
  {
    name: "bench",
    summary: "measure backends, coordination, and whether a council pays",
    load: async () => (await import("./bench.ts")).benchCommand,
  },
  { name: "init", summary: "write a first configuration", load: async () => (await import("./init.ts")).initCommand },
  {
    name: "examples",
    summary: "list, print and copy the configurations that come with the package",
    load: async () => (await import("./examples.ts")).examplesCommand,
  },
  { name: "local", summary: "install the model for agents that need no key", load: async () => (await import("./local.ts")).localCommand },
  {
    name: "completions",
    summary: "print the completion script of a shell",
    load: async () => (await import("./completions.ts")).completionsCommand,
  },
];

export const commandNamed = (name: string): CommandEntry | undefined => COMMANDS.find((entry) => entry.name === name);

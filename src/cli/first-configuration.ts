// The text of a first configuration: the agents for the keys that are there, servers to try, and a comment on everything a person will want to change.
import { join } from "node:path";
import type { MassgenConfig } from "../config/index.ts";
import { asWord } from "./arguments.ts";

/** An MCP server that a first configuration can name: pinned, harmless, and known to work without a key. */
export type ServerToTry = { readonly name: string; readonly about: string; lines(folder: string): readonly string[] };

const OFFICIAL = "2026.8.31";
const npx = (what: string, ...more: readonly string[]): string =>
  `args: ${JSON.stringify(["-y", `@modelcontextprotocol/server-${what}@${OFFICIAL}`, ...more])}`;

export const SERVERS_TO_TRY: readonly ServerToTry[] = [
  {
    name: "files",
    about: "looks at the files of this folder, changes nothing",
    lines: () => ["command: npx", npx("filesystem", "."), "allowed_tools: [list_directory, read_text_file, search_files]"],
  },
  {
    name: "memory",
    about: "remembers facts in massgen-memory.json",
    lines: (folder) => [
      "command: npx",
      npx("memory"),
      "env:",
      `  MEMORY_FILE_PATH: ${JSON.stringify(join(folder, "massgen-memory.json"))}`,
    ],
  },
  { name: "thinking", about: "notes for thinking step by step", lines: () => ["command: npx", npx("sequential-thinking")] },
];

export type FirstConfiguration = {
  /** As written into the file's own header. */
  readonly file: string;
  readonly folder: string;
  readonly agents: readonly { readonly id: string; readonly type: string; readonly model: string | null }[];
  /** Environment variables whose keys were found, by type; never their values. */
  readonly keys: Readonly<Record<string, string>>;
  readonly servers: readonly ServerToTry[];
};

/** What the file says of a team; keys stay in the environment. */
export const agentsOf = ({ agents }: Pick<MassgenConfig, "agents">): FirstConfiguration["agents"] =>
  agents.map(({ id, backend }) => ({ id, type: backend.type, model: backend.model }));

export function configurationText(plan: FirstConfiguration): string {
  return `${[...header(plan), "", "agents:", ...plan.agents.flatMap((agent) => agentLines(agent, plan)), "", ...REST].join("\n")}\n`;
}

function header({ file, agents, keys }: FirstConfiguration): readonly string[] {
  const types = [...new Set(agents.map(({ type }) => type))];
  const needs = types.map((type) => keys[type] ?? (type === "local" ? "a local model (`massgen local setup`)" : type));
  const name = asWord(file);
  return [
    "# A MassGen team, written by `massgen init`.",
    `# Needs: ${needs.join(", ")}.`,
    `# Try:   massgen --config ${name} "What can you do for me?"`,
    `# Check: massgen config check ${name}; every key is described by \`massgen config schema\`.`,
  ];
}

function agentLines({ id, type, model }: FirstConfiguration["agents"][number], plan: FirstConfiguration): readonly string[] {
  return [
    `  - id: ${id}`,
    "    backend:",
    `      type: ${type}`,
    ...(model === null ? [] : [`      model: ${JSON.stringify(model)}`]),
    ...serverLines(plan).map((line) => `      ${line}`),
    "    # system_message: Look for what the others overlook.",
  ];
}

function serverLines({ servers, folder }: FirstConfiguration): readonly string[] {
  if (servers.length === 0) return ["# mcp_servers: { files: { command: npx, args: [-y, some-server@1.2.3] } }"];
  return [
    "mcp_servers:",
    ...servers.flatMap(({ name, about, lines }) => [`  # ${about}`, `  ${name}:`, ...lines(folder).map((line) => `    ${line}`)]),
  ];
}

const REST: readonly string[] = [
  "# How the agents work together; these are the defaults.",
  "orchestrator:",
  "  first_answers: together      # nobody sees another answer before giving the first",
  "  max_answers_per_agent: 3",
  "",
  "# When a limit is reached, the best answer so far is the result.",
  "budget:",
  "  max_cost_usd: 1",
  "  max_minutes: 15",
];

// `massgen init`: writes a first configuration for the keys that are there; asks a person at a terminal, and takes the defaults anywhere else.
import { resolve } from "node:path";
import { BACKEND_TABLE, configFromFlags, type BackendRow } from "../../config/index.ts";
import { systemErrorCode, type Environment, type Io } from "../../io/index.ts";
import { asWord, quoted, usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { withDotEnv } from "../environment.ts";
import { agentsOf, configurationText, SERVERS_TO_TRY, type ServerToTry } from "../first-configuration.ts";
import { initDialogue, type InitDialogue } from "../init-dialogue.ts";
import type { OptionTable } from "../option-table.ts";
import { writeNamedFile } from "../output-file.ts";

const OPTIONS = {
  yes: { kind: "flag", short: "y", group: "Setup", help: "ask nothing: a team for the keys that are found" },
} as const satisfies OptionTable;

const DEFAULT_FILE = "massgen.yaml";
const DEFAULT_AGENTS = 3;
const MOST_AGENTS = 20;
const LEFT = 130;

export const initCommand = defineCommand({
  usage: ["init [FILE] [--yes]"],
  details: `Writes a commented configuration (${DEFAULT_FILE} where no FILE is named). On a terminal it asks; a file that exists is only replaced when you say so there.`,
  options: OPTIONS,
  examples: ["massgen init", "massgen init team.yaml --yes"],
  run: async ({ options, positionals: [file = DEFAULT_FILE, more] }, outside) => {
    if (more !== undefined) throw usageError(`init writes one file, and ${quoted(more)} is a second one`);
    if (!/\.ya?ml$/i.test(file))
      throw usageError(`The configuration is written as YAML, and ${quoted(file)} does not end in .yaml`, `${file}.yaml`);
    const context = { ...outside, io: (await withDotEnv(outside.io)).io };
    const { stdin, stderr } = context.io.terminal;
    const dialogue = !options.yes && stdin.isTTY === true && stderr.isTTY === true ? initDialogue(context.io.terminal) : null;
    // A signal at a prompt must not leave the terminal in the prompt's mode.
    const listening = context.process.onStop(() => {
      dialogue?.close();
      context.process.exitNow(LEFT);
    });
    const end = await setUp(file, dialogue, context.io).finally(() => listening.stop());
    return end === "test" ? (await import("./mcp.ts")).mcpCommand.execute(["test", "--config", file], context) : end;
  },
});

/** Resolves to the exit code, or to what is to be done next. */
async function setUp(file: string, dialogue: InitDialogue | null, io: Io): Promise<number | "test"> {
  const found = rowsWithKeys(io.env);
  const wishes = dialogue === null ? { rows: found, agents: DEFAULT_AGENTS, servers: [] } : await ask(dialogue, found, io);
  if (wishes === null) return LEFT;
  const written = await write({ file, text: textFor(file, wishes, io), dialogue }, io);
  return written ? tell({ file, wishes, dialogue }, io) : LEFT;
}

type Wishes = { readonly rows: readonly BackendRow[]; readonly agents: number; readonly servers: readonly ServerToTry[] };

const keyOf = ({ keyVariables }: BackendRow, env: Environment): string | undefined =>
  keyVariables.find((name) => (env[name]?.trim() ?? "") !== "");

/** Providers whose key is set and that have a default model: those a team without a file is made of. */
const rowsWithKeys = (env: Environment): readonly BackendRow[] =>
  Object.values(BACKEND_TABLE).filter((row) => !row.keyOptional && row.defaultModel !== null && keyOf(row, env) !== undefined);

async function ask(dialogue: InitDialogue, found: readonly BackendRow[], io: Io): Promise<Wishes | null> {
  const choices = found.map((row) => ({ row, name: row.title, about: `${row.defaultModel} (${keyOf(row, io.env)})` }));
  if (found.length === 0)
    io.terminal.stderr.write("No provider key is set, so local agents will answer; `massgen backends` names the variables.\n");
  const chosen =
    found.length === 0
      ? []
      : await dialogue.choose("Keys were found for these providers. Which shall answer? (none = a local model)", choices, "all");
  if (chosen === null) return null;
  const agents = await dialogue.number("How many agents", Math.max(DEFAULT_AGENTS, chosen.length), MOST_AGENTS);
  if (agents === null) return null;
  const servers = await dialogue.choose("MCP servers to try (npx brings them on first use):", SERVERS_TO_TRY, "none");
  return servers === null ? null : { rows: chosen.map(({ row }) => row), agents, servers };
}

function textFor(file: string, { rows, agents, servers }: Wishes, io: Io): string {
  const keys = Object.fromEntries(rows.map((row) => [row.type, keyOf(row, io.env) ?? ""]));
  // The team is made as without a file, from an environment that holds nothing but the chosen keys.
  const env = Object.fromEntries(Object.values(keys).map((name) => [name, io.env[name]]));
  const { config } = configFromFlags({ backend: null, model: null, baseUrl: null, systemMessage: null, agents, env });
  return configurationText({ file, folder: io.cwd, agents: agentsOf(config), keys, servers });
}

type Writing = { readonly file: string; readonly text: string; readonly dialogue: InitDialogue | null };

/** False where the person wants the old file kept. */
async function write({ file, text, dialogue }: Writing, { files, cwd }: Io): Promise<boolean> {
  try {
    await files.createNew(resolve(cwd, file), text);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code !== "EEXIST") throw usageError(`${file} cannot be written (${code ?? String(error)})`);
  }
  if (dialogue === null) throw usageError(`${file} exists; nothing was written`, "another name");
  if ((await dialogue.agree(`${file} exists. Replace it?`, false)) !== true) return false;
  await writeNamedFile({ path: file, option: file }, text, { files, cwd });
  return true;
}

type Written = { readonly file: string; readonly wishes: Wishes; readonly dialogue: InitDialogue | null };

async function tell({ file, wishes, dialogue }: Written, { terminal: { stdout } }: Io): Promise<0 | "test"> {
  const shown = asWord(file);
  stdout.write(`Wrote ${shown}. Try it:\n  massgen --config ${shown} "What can you do for me?"\n`);
  if (wishes.servers.length === 0) return 0;
  const now = dialogue === null ? false : await dialogue.agree("Start the MCP servers now, to see whether they work?", true);
  if (now === true) return "test";
  stdout.write(`  massgen mcp test --config ${shown}     starts its MCP servers and says whether they work\n`);
  return 0;
}

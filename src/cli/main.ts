// The program from its command line to its exit code.
import { ERROR_REGISTRY, UsageError } from "../errors/index.ts";
import { VERSION } from "../io/index.ts";
import type { CommandContext, CommandEntry } from "./command.ts";
import { commandNamed, COMMANDS } from "./commands/index.ts";
import { usageError } from "./arguments.ts";
import { nearest } from "./nearest.ts";
import { reportError } from "./report-error.ts";

/**
 * Runs the command that `argv` (without node and script) names. Never throws: errors are told on standard error.
 * @returns the exit code of docs/contracts.md §4
 */
export async function main(argv: readonly string[], context: CommandContext): Promise<number> {
  try {
    const request = readRequest(argv);
    switch (request.wish) {
      case "version":
        return print(context, `${VERSION}\n`);
      case "help":
        return print(context, await helpText(request.topic));
      case "command":
        return await execute(request, context);
    }
  } catch (error) {
    return reportError(await withOwnHelp(error, argv), context.io, argv.includes("--debug"));
  }
}

/** A command and what it is to do: `["mcp", "call"]`; empty means the program. */
type Topic = readonly string[];

type Request =
  | { readonly wish: "version" }
  | { readonly wish: "help"; readonly topic: Topic }
  | { readonly wish: "command"; readonly name: string; readonly argv: readonly string[] };

/** A first argument that is a command's name is that command; everything else is a question with its options. */
function readRequest(argv: readonly string[]): Request {
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const [first = ""] = options;
  const named = commandNamed(first);
  if (first === "help") return { wish: "help", topic: argv.slice(1, 3) };
  if (options.includes("--help") || options.includes("-h")) return { wish: "help", topic: named === undefined ? [] : options.slice(0, 2) };
  if (named === undefined && (options.includes("--version") || options.includes("-V"))) return { wish: "version" };
  if (named === undefined) refuseMisspelt(argv);
  return named === undefined ? { wish: "command", name: "run", argv } : { wish: "command", name: first, argv: argv.slice(1) };
}

/** One word that is nearly a command's name costs money as a question, and was hardly meant as one. */
function refuseMisspelt(argv: readonly string[]): void {
  const [word = ""] = argv;
  if (argv.length !== 1 || !/^[a-z]{3,}$/.test(word)) return;
  const meant = nearestCommand(word);
  if (meant !== null) throw usageError(`There is no command ${word} (as a question: massgen run ${word})`, meant);
}

const nearestCommand = (name: string): string | null =>
  nearest(
    name,
    COMMANDS.map((command) => command.name),
  );

async function execute(request: { name: string; argv: readonly string[] }, context: CommandContext): Promise<number> {
  const command = await entryOf(request.name).load();
  return command.execute(request.argv, context);
}

async function helpText([name, action]: Topic): Promise<string> {
  const { programHelp, commandHelp } = await import("./help.ts");
  if (name !== undefined) {
    const entry = await narrowest(entryOf(name), action);
    return commandHelp(entry, await entry.load());
  }
  const { RUN_OPTIONS } = await import("./commands/run-options.ts");
  return programHelp(COMMANDS, RUN_OPTIONS);
}

/** The part of a command that has a help text of its own, or the command. */
async function narrowest(entry: CommandEntry, action: string | undefined): Promise<CommandEntry> {
  const part = (await entry.load()).actions?.find(({ name }) => name === action);
  return part === undefined ? entry : { ...part, name: `${entry.name} ${part.name}` };
}

/** Wrong usage of a command is explained by the help of this command. */
async function withOwnHelp(error: unknown, [first = "", action]: readonly string[]): Promise<unknown> {
  const entry = commandNamed(first);
  if (!(error instanceof UsageError) || entry === undefined || error.next !== ERROR_REGISTRY.E_USAGE.next) return error;
  const { name } = await narrowest(entry, action);
  return new UsageError(error.code, error.message, { problems: error.problems, next: `See \`massgen ${name} --help\`.`, cause: error });
}

function entryOf(name: string) {
  const entry = commandNamed(name);
  if (entry !== undefined) return entry;
  throw usageError(`There is no command ${name}`, nearestCommand(name));
}

function print({ io }: CommandContext, text: string): number {
  io.terminal.stdout.write(text);
  return 0;
}

// What a command is: its options, its words for the help text, and what it does.
import type { Io, ProcessPort } from "../io/index.ts";
import { readArguments, type ParsedArguments } from "./arguments.ts";
import type { OptionTable } from "./option-table.ts";
import type { Services } from "./services.ts";

/** What every command gets from the program. */
export type CommandContext = { readonly io: Io; readonly process: ProcessPort; readonly services: Services };

export type Command = {
  /** One line per form, without the program's name: `config check FILE…`. */
  readonly usage: readonly string[];
  /** A short paragraph; the one-line summary stands in the list of commands. */
  readonly details: string;
  readonly options: OptionTable;
  readonly examples: readonly string[];
  /** What the first word after the command may be, where each is a command of its own. */
  readonly actions?: readonly CommandEntry[];
  /** Runs with the arguments after the command's name and resolves to the exit code. Throws UsageError and MassgenError. */
  execute(argv: readonly string[], context: CommandContext): Promise<number>;
};

type CommandParts<Table extends OptionTable> = Omit<Command, "execute" | "options"> & {
  readonly options: Table;
  run(parsed: ParsedArguments<Table>, context: CommandContext): Promise<number>;
};

/** Ties a command's table of options to the function that receives their values. */
export function defineCommand<const Table extends OptionTable>(parts: CommandParts<Table>): Command {
  const { run, ...words } = parts;
  return { ...words, execute: async (argv, context) => run(readArguments(argv, parts.options), context) };
}

/** A row of the list of commands; the command itself is loaded on first use. */
export type CommandEntry = {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
};

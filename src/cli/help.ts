// The help text, made from the tables of commands and options.
import type { Command, CommandEntry } from "./command.ts";
import type { OptionRow, OptionTable } from "./option-table.ts";

const INDENT = "  ";

/** What `massgen --help` prints. */
export function programHelp(commands: readonly CommandEntry[], runOptions: OptionTable): string {
  return [
    "MassGen: several AI agents work on one question, see each other's answers, vote, and one presents the result.",
    "",
    "Usage",
    "  massgen [OPTIONS] [QUESTION]     one question; without it a conversation starts",
    "  massgen COMMAND ...              see the list below; `massgen help COMMAND` tells more",
    "",
    "The question can also come from standard input (`-` or a pipe). A first word that is the name of a command",
    "is that command; `massgen -- WORD` asks it as a question.",
    "",
    ...optionSections(runOptions),
    "Commands",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "Examples",
    '  massgen "What is 7 + 5?"',
    '  massgen --model gemini-2.5-flash --agents 3 "Compare three ways to cache a web page"',
    "  massgen --config three_agents_default",
    '  git diff | massgen --quiet --system-message "Review this change" -',
    "",
    "Keys are read from the environment and from `.env`; `massgen backends` names the variables.",
    "",
  ].join("\n");
}

/** What `massgen help COMMAND` prints. */
export function commandHelp(entry: CommandEntry, command: Command): string {
  const usage = command.usage.map((form) => `${INDENT}massgen ${form}`);
  const examples = command.examples.map((line) => `${INDENT}${line}`);
  return [
    `massgen ${entry.name}: ${entry.summary}`,
    "",
    "Usage",
    ...usage,
    "",
    ...(command.details === "" ? [] : [command.details, ""]),
    ...optionSections(command.options),
    ...(examples.length === 0 ? [] : ["Examples", ...examples, ""]),
  ].join("\n");
}

function optionSections(table: OptionTable): string[] {
  const groups = new Map<string, [string, string][]>();
  for (const [name, row] of Object.entries(table)) {
    const rows = groups.get(row.group) ?? [];
    rows.push([optionForm(name, row), row.help]);
    groups.set(row.group, rows);
  }
  const common = groups.get("Output") ?? [];
  if (!Object.hasOwn(table, "debug")) common.push(["    --debug", "show where an internal error happened"]);
  common.push(["-h, --help", "show this text"]);
  groups.set("Output", common);
  return [...groups].flatMap(([group, rows]) => [group, ...columns(rows), ""]);
}

function optionForm(name: string, row: OptionRow): string {
  const short = row.short === undefined ? "    " : `-${row.short}, `;
  return `${short}--${name}${row.kind === "flag" ? "" : ` ${row.placeholder}`}`;
}

/** Two columns; a left side that is too long gets a line of its own. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(32, Math.max(...rows.map(([left]) => left.length)) + 2);
  return rows.map(([left, right]) =>
    left.length < width ? `${INDENT}${left.padEnd(width)}${right}` : `${INDENT}${left}\n${INDENT}${" ".repeat(width)}${right}`,
  );
}

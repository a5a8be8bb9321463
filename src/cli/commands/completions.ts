// `massgen completions SHELL`: a completion script made from the tables of commands and options.
import { usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { nearest } from "../nearest.ts";
import type { OptionTable } from "../option-table.ts";
import { RUN_OPTIONS } from "./run-options.ts";

export const completionsCommand = defineCommand({
  usage: ["completions bash|zsh|fish"],
  details: "Prints a script for your shell. Load it once per session, or write it where your shell looks for completions.",
  options: {},
  examples: ["source <(massgen completions bash)", "massgen completions fish > ~/.config/fish/completions/massgen.fish"],
  run: async ({ positionals }, { io }) => {
    const [shell = "", extra] = positionals;
    const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
    if (script === undefined || extra !== undefined)
      throw usageError("Name one shell: bash, zsh or fish", nearest(shell, Object.keys(SCRIPTS)));
    const { COMMANDS } = await import("./index.ts");
    io.terminal.stdout.write(script({ commands: COMMANDS, options: RUN_OPTIONS }));
    return 0;
  },
});

type Words = { readonly commands: readonly { readonly name: string; readonly summary: string }[]; readonly options: OptionTable };

const SCRIPTS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish };

const optionNames = (options: OptionTable): string[] => [...Object.keys(options), "help", "version"].map((name) => `--${name}`);

/** `--display` and its like complete their own values. */
function choiceRows(options: OptionTable): { name: string; choices: readonly string[] }[] {
  return Object.entries(options).flatMap(([name, row]) => (row.kind === "choice" ? [{ name, choices: row.choices }] : []));
}

function bash({ commands, options }: Words): string {
  const cases = choiceRows(options).map(
    ({ name, choices }) => `    --${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$current")); return ;;`,
  );
  return `${[
    "_massgen() {",
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
    '  case "$previous" in',
    ...cases,
    '    --config|-c|--output|-o) COMPREPLY=($(compgen -f -- "$current")); return ;;',
    "  esac",
    '  if [[ "$current" == -* ]]; then',
    `    COMPREPLY=($(compgen -W "${optionNames(options).join(" ")}" -- "$current"))`,
    "  elif [[ $COMP_CWORD -eq 1 ]]; then",
    `    COMPREPLY=($(compgen -W "${[...commands.map(({ name }) => name), "help"].join(" ")}" -- "$current"))`,
    "  else",
    '    COMPREPLY=($(compgen -f -- "$current"))',
    "  fi",
    "}",
    "complete -o filenames -F _massgen massgen",
  ].join("\n")}\n`;
}

function zsh({ commands, options }: Words): string {
  const rows = Object.entries(options).map(([name, row]) => {
    const value =
      row.kind === "flag"
        ? ""
        : row.kind === "choice"
          ? `:${row.placeholder}:(${row.choices.join(" ")})`
          : `:${row.placeholder}:${row.placeholder === "FILE" ? "_files" : " "}`;
    return `    '--${name}[${zshText(row.help)}]${value}'`;
  });
  return `${[
    "#compdef massgen",
    "_massgen() {",
    "  local -a commands",
    "  commands=(",
    ...commands.map(({ name, summary }) => `    '${name}:${zshText(summary)}'`),
    "  )",
    "  _arguments -s \\",
    ...rows.map((row) => `${row} \\`),
    "    '1: :{_describe command commands}' '*:file:_files'",
    "}",
    'if [[ "${zsh_eval_context[-1]}" == "loadautofunc" ]]; then _massgen "$@"; else compdef _massgen massgen; fi',
  ].join("\n")}\n`;
}

const zshText = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");

function fish({ commands, options }: Words): string {
  const first = "__fish_is_nth_token 1";
  const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
  const rows = Object.entries(options).map(([name, row]) => {
    const short = row.short === undefined ? "" : ` -s ${row.short}`;
    const value = row.kind === "flag" ? "" : row.kind === "choice" ? ` -x -a ${quote(row.choices.join(" "))}` : " -r";
    return `complete -c massgen -l ${name}${short}${value} -d ${quote(row.help)}`;
  });
  return `${[...commands.map(({ name, summary }) => `complete -c massgen -n ${quote(first)} -a ${name} -d ${quote(summary)}`), ...rows].join("\n")}\n`;
}

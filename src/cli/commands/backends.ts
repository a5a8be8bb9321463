// `massgen backends`: which providers exist, what each can do, and which keys are set.
import { defineCommand, type CommandContext } from "../command.ts";
import { columns } from "../columns.ts";
import { withDotEnv } from "../environment.ts";
import type { OptionTable } from "../option-table.ts";

const OPTIONS = { json: { kind: "flag", group: "Output", help: "print the table as JSON" } } as const satisfies OptionTable;

export const backendsCommand = defineCommand({
  usage: ["backends [--json]"],
  details: "A key is shown as set or missing, never its value.",
  options: OPTIONS,
  examples: ["massgen backends", "massgen backends --json"],
  run: async ({ options }, context) => {
    const rows = await backendRows(context);
    const { stdout } = context.io.terminal;
    const room = stdout.isTTY === true ? (stdout.columns ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : listing(rows, room));
    return 0;
  },
});

type Row = {
  readonly type: string;
  readonly title: string;
  readonly defaultModel: string | null;
  /** Null where it must be given, or there is none. */
  readonly baseUrl: string | null;
  readonly keyVariables: readonly string[];
  readonly key: "set" | "missing" | "not needed";
  readonly builtins: readonly string[];
  readonly mcp: boolean;
  readonly thinking: boolean;
  readonly structuredOutput: boolean;
  readonly notes: string;
};

async function backendRows(context: CommandContext): Promise<readonly Row[]> {
  const { io } = await withDotEnv(context.io);
  const { BACKEND_TABLE } = await import("../../config/index.ts");
  return Object.values(BACKEND_TABLE).map(
    ({
      type,
      title,
      defaultModel,
      defaultBaseUrl: baseUrl,
      keyVariables,
      keyOptional,
      builtins,
      mcp,
      thinking,
      structuredOutput,
      notes,
    }) => {
      const set = keyVariables.some((name) => (io.env[name] ?? "") !== "");
      const key = set ? ("set" as const) : keyOptional || keyVariables.length === 0 ? ("not needed" as const) : ("missing" as const);
      return { type, title, defaultModel, baseUrl, keyVariables, key, builtins, mcp, thinking, structuredOutput, notes };
    },
  );
}

/** A table, or where a line of it would be longer than the screen a few lines for each provider. */
function listing(rows: readonly Row[], room: number): string {
  const wide = table(rows);
  if (wide.split("\n").every((line) => line.length <= room)) return wide;
  const name = Math.max(...rows.map(({ type }) => type.length)) + 2;
  return rows
    .flatMap((row) => {
      const builtIn = abilities({ ...row, mcp: false, thinking: false, structuredOutput: false });
      const below = [keyCell(row), abilities({ ...row, builtins: [] }), builtIn, row.baseUrl ?? ""].filter((cell) => cell !== "");
      return [`${row.type.padEnd(name)}${row.title}`, ...below.map((cell) => `${" ".repeat(name)}${cell}`)];
    })
    .map((line) => `${line}\n`)
    .join("");
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [row.type, row.title, keyCell(row), abilities(row), row.baseUrl ?? ""]);
  const heads = ["type", "provider", "key", "can do", "address"];
  const rules = heads.map((head, column) => "-".repeat(Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0))));
  return `${columns([heads, rules, ...cells]).join("\n")}\n`;
}

const keyCell = ({ key, keyVariables }: Row): string => (keyVariables.length === 0 ? key : `${keyVariables.join(" or ")} (${key})`);

function abilities({ mcp, thinking, structuredOutput, builtins }: Row): string {
  const names = [
    mcp ? ["MCP"] : [],
    thinking ? ["thinking"] : [],
    structuredOutput ? ["structured output"] : [],
    builtins.map((name) => name.replace("_", " ")),
  ];
  return names.flat().join(", ");
}

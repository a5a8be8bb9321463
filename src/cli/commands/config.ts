// `massgen config check FILE…` and `massgen config schema`.
import { formatProblem } from "../../errors/index.ts";
import { unknownAction, usageError } from "../arguments.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import { packageFolder } from "../package-folder.ts";
import type { OptionTable } from "../option-table.ts";

const OPTIONS = {
  json: { kind: "flag", group: "Output", help: "print the problems as JSON: {ok, problems}" },
  strict: { kind: "flag", group: "Check", help: "unknown keys are errors" },
} as const satisfies OptionTable;

type Given = { readonly json: boolean; readonly strict: boolean };

export const configCommand = defineCommand({
  usage: ["config check [--json] [--strict] FILE...", "config schema"],
  details:
    "`check` needs no keys: it looks at the files alone and tells every problem at once. `schema` prints the JSON Schema for editors.",
  options: OPTIONS,
  examples: ["massgen config check team.yaml", "massgen config schema > massgen.schema.json"],
  run: async ({ options, positionals: [action = "", ...files] }, context) => {
    if (action === "check") return check(files, options, context);
    if (action !== "schema") throw unknownAction("config", action, ["check", "schema"]);
    const { configSchema } = await import("../../config/index.ts");
    context.io.terminal.stdout.write(`${JSON.stringify(configSchema(), null, 2)}\n`);
    return 0;
  },
});

async function check(files: readonly string[], { json, strict }: Given, { io }: CommandContext): Promise<number> {
  if (files.length === 0) throw usageError("config check needs at least one file");
  const { checkFiles } = await import("../../config/index.ts");
  const { ok, problems } = await checkFiles(files, { files: io.files, env: io.env, strict, examples: await packageFolder("examples", io) });
  const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
  if (json) say(JSON.stringify({ ok, problems }, null, 2));
  else for (const problem of problems) say(formatProblem(problem));
  if (!json && ok) say(files.length === 1 ? "The file is correct." : `All ${files.length} files are correct.`);
  return ok ? 0 : 2;
}

// `massgen mcp init`: writes a server of one's own into a folder, with tests that pass and a configuration that uses it.
import { relative, resolve } from "node:path";
import { asWord, quoted, usageError } from "../../arguments.ts";
import { defineCommand } from "../../command.ts";
import { nearest } from "../../nearest.ts";
import { copyTemplate, TEMPLATES, type TemplateName } from "../../template-folder.ts";
import { NO_OPTIONS } from "../mcp-options.ts";

const NAMES = Object.keys(TEMPLATES) as readonly TemplateName[];
const DEFAULT_FOLDER = "weather-server";

export const mcpInitCommand = defineCommand({
  usage: ["mcp init [typescript-stdio|typescript-http|python] [FOLDER]"],
  details: "Writes a small weather server with its tests and a configuration. Without a template it lists them.",
  options: NO_OPTIONS,
  examples: ["massgen mcp init typescript-stdio weather"],
  run: async ({ positionals: [written, place = DEFAULT_FOLDER, more] }, { io }) => {
    const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
    if (more !== undefined) throw usageError(`mcp init writes one folder, and ${quoted(more)} comes after it`);
    if (written === undefined) {
      say("massgen mcp init TEMPLATE [FOLDER] writes a server of your own. The templates:");
      for (const name of NAMES) say(`  ${name.padEnd(18)}${TEMPLATES[name].about}`);
      return 0;
    }
    const name = NAMES.find((candidate) => candidate === written);
    if (name === undefined) throw usageError(`There is no template ${quoted(written)}`, nearest(written, NAMES));
    const folder = resolve(io.cwd, place);
    const files = await copyTemplate(name, folder, io);
    const shown = relative(io.cwd, folder) || ".";
    say(`Wrote ${shown}: ${files.join(", ")}.`);
    say("What to do next:");
    if (shown !== ".") say(`  cd ${asWord(shown)}`);
    for (const step of TEMPLATES[name].test) say(`  ${step}`);
    if (name === "typescript-http") say("  npm start   (and in another terminal:)");
    say("  massgen mcp test --config massgen.yaml");
    say("Your own tools go into " + (name === "python" ? "server.py." : "tools.ts."));
    return 0;
  },
});

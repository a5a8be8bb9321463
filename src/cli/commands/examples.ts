// `massgen examples`: lists the configurations that come with the package, prints one, or copies one to change it.
import { join, resolve } from "node:path";
import { systemErrorCode, type Io } from "../../io/index.ts";
import { quoted, unknownAction, usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { packageFolder } from "../package-folder.ts";
import { columns } from "../columns.ts";
import { nearest } from "../nearest.ts";
import type { OptionTable } from "../option-table.ts";

const OPTIONS = { json: { kind: "flag", group: "Output", help: "the list as JSON" } } as const satisfies OptionTable;
const ACTIONS = ["show", "copy"];

export const examplesCommand = defineCommand({
  usage: ["examples [--json]", "examples show NAME", "examples copy NAME [FOLDER]"],
  details:
    "Each is a configuration whose first lines say what it shows and needs; `--config NAME` runs it as it is. `copy` writes NAME.yaml into a folder (default: this one) and replaces nothing.",
  options: OPTIONS,
  examples: ["massgen examples", "massgen examples show gemini_mcp", "massgen examples copy gemini_mcp"],
  run: async ({ options, positionals: [action, name, folder = ".", more] }, { io }) => {
    const say = (text: string): void => void io.terminal.stdout.write(`${text}\n`);
    const shipped = await shippedExamples(io);
    if (action === undefined) {
      if (options.json)
        say(
          JSON.stringify(
            shipped.map(({ name: called, about }) => ({ name: called, about })),
            null,
            2,
          ),
        );
      else for (const line of columns(shipped.map(({ name: called, about }) => [called, about]))) say(line);
      return 0;
    }
    if (!ACTIONS.includes(action)) throw unknownAction("examples", action, ACTIONS);
    if (name === undefined) throw usageError(`Say which example: massgen examples ${action} NAME`);
    if (more !== undefined || (action === "show" && folder !== ".")) throw usageError(`examples ${action} takes one example at a time`);
    const example = shipped.find((each) => each.name === name.replace(/\.yaml$/i, "").replaceAll("-", "_"));
    if (example === undefined)
      throw usageError(
        `There is no shipped example ${quoted(name)}`,
        nearest(
          name,
          shipped.map((each) => each.name),
        ),
      );
    if (action === "show") say(example.text.trimEnd());
    else say(`Wrote ${await copyTo(folder, example, io)}.`);
    return 0;
  },
});

type Example = { readonly name: string; readonly about: string; readonly text: string };

async function shippedExamples(io: Io): Promise<readonly Example[]> {
  const root = await packageFolder("examples", io);
  if (root === null) throw usageError("This package was installed without its examples");
  const files = (await io.files.list(root)).filter((file) => file.endsWith(".yaml")).toSorted();
  return Promise.all(
    files.map(async (file) => {
      const text = Buffer.from(await io.files.read(join(root, file))).toString("utf8");
      return { name: file.slice(0, -".yaml".length), about: /^# (.*)$/m.exec(text)?.[1] ?? "", text };
    }),
  );
}

/** Resolves to the path as the person would write it. */
async function copyTo(folder: string, { name, text }: Example, io: Io): Promise<string> {
  const path = join(folder, `${name}.yaml`);
  try {
    await io.files.makeFolder(resolve(io.cwd, folder));
    await io.files.createNew(resolve(io.cwd, path), text);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    throw usageError(
      code === "EEXIST" ? `${quoted(path)} is there already and was not replaced` : `${quoted(path)} cannot be written (${code})`,
    );
  }
  return path;
}

// `massgen mcp secret set|list|rm`: the secrets that `${keyring:NAME}` in a configuration stands for. A value is never printed.
import { openSecretStore, type SecretStore } from "../../../security/index.ts";
import { quoted, unknownAction, usageError } from "../../arguments.ts";
import { defineCommand } from "../../command.ts";
import { readSecret } from "../../hidden-input.ts";
import { nearest } from "../../nearest.ts";
import { NO_OPTIONS } from "../mcp-options.ts";

const ACTIONS = ["set", "list", "rm"];
const NAME = /^[A-Za-z0-9_.-]{1,100}$/;

export const mcpSecretCommand = defineCommand({
  usage: ["mcp secret set NAME", "mcp secret list", "mcp secret rm NAME"],
  details:
    "The value is read from standard input, never from the command line. A configuration refers to it as `${keyring:NAME}`, and to a file of its own as `${file:PATH}`.",
  options: NO_OPTIONS,
  examples: ["massgen mcp secret set GITHUB_TOKEN < token.txt"],
  run: async ({ positionals: [action = "", ...names] }, { io }) => {
    if (!ACTIONS.includes(action)) throw unknownAction("mcp secret", action, ACTIONS);
    if (names.length > (action === "list" ? 0 : 1))
      throw usageError(
        action === "set"
          ? "The value is read from standard input; only the name is an argument"
          : `${quoted(names.at(-1) ?? "")} is one argument too many`,
      );
    const store = await openSecretStore(io);
    const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
    if (action === "list") return list(store, say);
    const [name = ""] = names;
    if (!NAME.test(name))
      throw usageError(
        name === ""
          ? `Say which secret: mcp secret ${action} NAME`
          : `A secret cannot be called ${quoted(name)}: letters, digits, dots, dashes and underscores`,
      );
    if (action === "rm") return remove(store, name, say);
    await store.set(name, await readSecret(`Value of ${name} (not shown): `, io));
    say(`Stored ${name} in ${store.where}.`);
    say(`A configuration refers to it as \${keyring:${name}}.`);
    return 0;
  },
});

async function list(store: SecretStore, say: (line: string) => void): Promise<number> {
  const names = await store.names();
  if (names.length === 0) say(`There are no secrets in ${store.where}.`);
  for (const name of names) say(name);
  return 0;
}

async function remove(store: SecretStore, name: string, say: (line: string) => void): Promise<number> {
  if (!(await store.remove(name))) throw usageError(`There is no secret ${quoted(name)}`, nearest(name, await store.names()));
  say(`Removed ${name} from ${store.where}.`);
  return 0;
}

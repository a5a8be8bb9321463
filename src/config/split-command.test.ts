import { describe, expect, test } from "vitest";
import { splitCommand } from "./split-command.ts";

describe("a command as one text", () => {
  test.each([
    ["npx -y server", ["npx", "-y", "server"]],
    ["  node\t a.js \n", ["node", "a.js"]],
    [`node "my server.js" 'it is'`, ["node", "my server.js", "it is"]],
    [`a"b c"d`, ["ab cd"]],
    [`x '' ""`, ["x", "", ""]],
    [`'it'"'"'s'`, ["it's"]],
    [String.raw`a\ b "c\"d" "e\f" 'g\h'`, ["a b", 'c"d', String.raw`e\f`, String.raw`g\h`]],
    [String.raw`C:\Tools\node.exe C:\app\server.js`, [String.raw`C:\Tools\node.exe`, String.raw`C:\app\server.js`]],
    [String.raw`"C:\Program Files\node.exe" x`, [String.raw`C:\Program Files\node.exe`, "x"]],
    ["echo $HOME `id` $(id) *.js ; rm & | < >", ["echo", "$HOME", "`id`", "$(id)", "*.js", ";", "rm", "&", "|", "<", ">"]],
    ["", []],
    ["   ", []],
    ["ends with \\", ["ends", "with", "\\"]],
  ])("%s", (command, words) => expect(splitCommand(command)).toEqual(words));

  test.each(['"a', "a'b", `"a' b`])("%s has an open quote", (command) => expect(splitCommand(command)).toBeNull());
});

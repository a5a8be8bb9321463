// What a command line is made of: there is a program, and nothing in it acts on whoever reads it.
import { deny, quote } from "../findings.ts";
import { hiddenKinds } from "../neutralise.ts";
import type { ServerRule } from "../types.ts";

const MAX_ARGUMENTS = 1_000;
const MAX_BYTES = 128 * 1024;

export const commandText: ServerRule = {
  id: "command-text",
  about: "A command names a program, and its parts hold no control or hidden characters; this holds at every level.",
  examples: [
    { given: { argv: ["python", "/srv/R&D (old)/server.py"] }, verdict: "allow" },
    { given: { argv: ["C:\\nodejs\\node.exe", "server.js"] }, verdict: "allow" },
    { given: { argv: ["node", "s.js", "--greeting", "Grüß dich\tWelt"] }, verdict: "allow" },
    { given: { argv: ["", "rm", "-rf", "/x"] }, verdict: "deny" },
    { given: { argv: ["   "], policy: { level: "permissive" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js\u0000.txt"], policy: { level: "permissive" } }, verdict: "deny" },
    { given: { argv: ["python", "server.py\nrm -rf /"] }, verdict: "deny" },
    { given: { argv: ["node\u200b", "s.js"] }, verdict: "deny" },
    { given: { argv: ["node", "s\u202ejs"] }, verdict: "deny" },
    { given: { argv: ["node", "x".repeat(200_000)] }, verdict: "deny" },
  ],
  check({ server: { transport } }) {
    if (transport.type !== "stdio") return null;
    const parts = [transport.command, ...transport.args, ...(transport.cwd === null ? [] : [transport.cwd])];
    if (transport.command.trim() === "")
      return deny("The entry has no command; its arguments alone start nothing", "Add `command` to the entry.");
    const bad = parts.find((part) => /[\u0000\r\n]/.test(part) || hiddenKinds(part).length > 0);
    if (bad !== undefined) return deny(`${quote(bad)} holds a control or hidden character`, "Type the command anew instead of pasting it.");
    const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 1, 0);
    if (parts.length > MAX_ARGUMENTS || bytes > MAX_BYTES)
      return deny(`The command line has ${parts.length} parts and ${bytes} bytes`, "Put long values into a file or the environment.");
    return null;
  },
};

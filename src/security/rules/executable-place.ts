// Where the program lies: not in the working folder of whoever starts it, and not where others could replace it.
import { byLevel, deny, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const executablePlace: ServerRule = {
  id: "executable-place",
  about: "A program is named bare or by its absolute path, exists, and cannot be replaced by other users.",
  examples: [
    { given: { argv: ["node", "s.js"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["/usr/bin/python3", "s.py"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["C:\\nodejs\\node.exe", "s.js"], policy: { level: "strict" } }, verdict: "allow" },
    { given: { argv: ["./node", "server.js"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["./node", "server.js"] }, verdict: "warn" },
    { given: { argv: ["../bin/server"] }, verdict: "deny" },
    { given: { argv: ["./build/my-server", "stdio"] }, verdict: "allow" },
    { given: { argv: ["node", "s.js"], context: { executable: null } }, verdict: "deny" },
    {
      given: { argv: ["node", "s.js"], context: { executable: { path: "/tmp/node", writableByOthers: true, inWorkingFolder: false } } },
      verdict: "warn",
    },
    {
      given: {
        argv: ["node", "s.js"],
        policy: { level: "strict" },
        context: { executable: { path: "/tmp/node", writableByOthers: true, inWorkingFolder: false } },
      },
      verdict: "deny",
    },
    {
      given: { argv: ["node", "s.js"], context: { executable: { path: "/project/node", writableByOthers: false, inWorkingFolder: true } } },
      verdict: "warn",
    },
  ],
  check({ launch: [first], settings, context: { executable } }) {
    if (first === undefined) return null;
    const { command } = first;
    const isPath = /[\\/]/.test(command);
    const isAbsolute = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(command);
    if (isPath && command.split(/[\\/]/).includes("..")) {
      return byLevel(
        settings,
        { strict: "deny", moderate: "deny", permissive: "warn" },
        { reason: `${quote(command)} leads upwards out of the working folder`, next: "Write the absolute path." },
      );
    }
    // A local program of a name of its own is what somebody built; one called like a launcher takes its place.
    if (isPath && !isAbsolute) {
      const moderate = first.family === null ? "allow" : "warn";
      return byLevel(
        settings,
        { strict: "deny", moderate, permissive: moderate },
        { reason: `${quote(command)} is looked for in the working folder`, next: "Write the absolute path." },
      );
    }
    if (executable === null) return deny(`There is no program ${quote(command)}`, "Install it, or write the absolute path.");
    if (executable?.writableByOthers === true) {
      return byLevel(
        settings,
        { strict: "deny", moderate: "warn", permissive: "warn" },
        {
          reason: `${quote(executable.path)} can be replaced by other users of this machine`,
          next: "Take the write permission for group and others away.",
        },
      );
    }
    if (executable?.inWorkingFolder === true && !isPath) {
      return byLevel(
        settings,
        { strict: "deny", moderate: "warn", permissive: "warn" },
        { reason: `${quote(command)} was found in the working folder`, next: "Write the absolute path, or take the folder out of PATH." },
      );
    }
    return null;
  },
};

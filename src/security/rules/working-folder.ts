// The folder a server is started in.
import { byLevel, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const workingFolder: ServerRule = {
  id: "working-folder",
  about: "A working folder does not lead upwards (`..`).",
  examples: [
    { given: { argv: ["python", "s.py"], cwd: "/etc" }, verdict: "allow" },
    { given: { argv: ["python", "s.py"], cwd: "servers/weather..old" }, verdict: "allow" },
    { given: { argv: ["python", "s.py", "../../data"] }, verdict: "allow" },
    { given: { argv: ["python", "s.py"], cwd: "../x" }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], cwd: "C:\\a\\..\\b" }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], cwd: "a/../../b", policy: { level: "permissive" } }, verdict: "warn" },
  ],
  check({ server: { transport }, settings }) {
    if (transport.type !== "stdio" || transport.cwd?.split(/[\\/]/).includes("..") !== true) return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: "deny", permissive: "warn" },
      { reason: `The working folder ${quote(transport.cwd)} leads upwards`, next: "Write the absolute path." },
    );
  },
};

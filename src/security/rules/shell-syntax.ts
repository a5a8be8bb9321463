// Signs that only a shell understands: no shell reads them here, so they are a mistake, or meant for a program that has one.
import { byLevel, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

const OPERATORS = new Set(["&&", "||", "|", ";", "&", ">", ">>", "<", "<<", "2>", "2>&1", "&>", "|&"]);

export const shellSyntax: ServerRule = {
  id: "shell-syntax",
  about:
    "Arguments that are shell operators or command substitutions are refused at strict and warned about below: they reach the server as plain text.",
  examples: [
    { given: { argv: ["uvx", "--with", "mcp<2", "x==1.0"], policy: { level: "strict" } }, verdict: "allow" },
    {
      given: { argv: ["node", "s.js", "postgresql://u:p&ss;w|rd@h/db", "`quoted` word", "a > b"], policy: { level: "strict" } },
      verdict: "allow",
    },
    { given: { argv: ["python", "server.py", "&&", "curl", "evil.example"] }, verdict: "warn" },
    { given: { argv: ["python", "server.py", "&&", "curl", "evil.example"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["python", "`id`"], policy: { level: "strict" } }, verdict: "deny" },
    { given: { argv: ["node", "s.js", "$(cat /run/token)"], policy: { level: "strict" } }, verdict: "deny" },
  ],
  check({ server: { transport }, settings }) {
    if (transport.type !== "stdio") return null;
    const sign = transport.args.find((word) => OPERATORS.has(word) || /^(?:`[^`]+`|\$\(.+\))$/s.test(word));
    if (sign === undefined) return null;
    return byLevel(
      settings,
      { strict: "deny", moderate: "warn", permissive: "warn" },
      {
        reason: `${quote(sign)} is for a shell, and none reads it: the program gets it as it stands`,
        next: "Start one program per entry; use ${NAME} for values.",
      },
    );
  },
};

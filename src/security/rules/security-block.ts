// The entry's own `security` block: what is written wrongly there must not silently mean "no limit".
import { deny } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const securityBlock: ServerRule = {
  id: "security-block",
  about: "A `security` block that cannot be understood stops the server.",
  examples: [
    {
      given: {
        argv: ["python", "s.py"],
        security: { level: "moderate", allow_localhost: true, env: { mode: "denylist", denied_vars: ["X"] } },
      },
      verdict: "allow",
    },
    { given: { argv: ["python", "s.py"], security: { level: "none" } }, verdict: "allow" },
    { given: { argv: ["python", "s.py"], security: { level: ["permissive"] } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], security: { env: { mode: "allow-list", allowed_vars: ["A"] } } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], security: { allow_private_ips: "yes" } }, verdict: "deny" },
    { given: { argv: ["python", "s.py"], security: { allowed_executables: "python" } }, verdict: "deny" },
  ],
  check: ({ settings }) =>
    settings.problems.length === 0 ? null : deny(settings.problems.join("; "), "Correct the entry's `security` block."),
};

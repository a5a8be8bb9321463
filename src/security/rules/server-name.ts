// The name a server goes by, in logs, in permissions and in the names of its tools.
import { deny, quote } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const serverName: ServerRule = {
  id: "server-name",
  about: "A server's name is 1 to 100 letters, digits, dashes and underscores.",
  examples: [
    { given: { name: "brave-search", argv: ["npx", "x@1.0.0"] }, verdict: "allow" },
    { given: { name: "a\n", argv: ["python"] }, verdict: "deny" },
    { given: { name: "", argv: ["python"] }, verdict: "deny" },
    { given: { name: "ａ", argv: ["python"] }, verdict: "deny" },
  ],
  check: ({ server }) =>
    /^[A-Za-z0-9_-]{1,100}$/.test(server.name) && !server.name.includes("\n")
      ? null
      : deny(`${quote(server.name)} cannot be the name of a server`, "Use letters, digits, dashes and underscores."),
};

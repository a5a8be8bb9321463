// Which servers the operator lets run at all, and where entries may come from.
import { deny, matches } from "../findings.ts";
import type { ServerRule } from "../types.ts";

export const serverListed: ServerRule = {
  id: "server-listed",
  about:
    "A server must come from a configuration a person passed, be on the operator's list where there is one, and not be denied by name.",
  examples: [
    { given: { name: "time", argv: ["node", "s.js"] }, verdict: "allow" },
    { given: { name: "time", argv: ["node", "s.js"], context: { source: "implicit" } }, verdict: "deny" },
    { given: { name: "time", argv: ["node", "s.js"], policy: { allowedServers: ["t*"] } }, verdict: "allow" },
    { given: { name: "time", argv: ["node", "s.js"], policy: { allowedServers: [] } }, verdict: "deny" },
    { given: { name: "time", argv: ["node", "s.js"], policy: { deniedServers: ["time"], allowedServers: ["time"] } }, verdict: "deny" },
  ],
  check({ server, settings, context }) {
    const named = (list: readonly string[]) => list.some((pattern) => matches(pattern, server.name));
    if (context.source === "implicit")
      return deny(
        "The entry was picked up from a folder and not from a configuration a person named",
        "Pass the file with --config after reading it.",
      );
    if (named(settings.deniedServers))
      return deny("The operator's policy denies this server", "Ask whoever wrote the policy (`denied_servers`).");
    if (settings.allowedServers !== null && !named(settings.allowedServers))
      return deny(
        "The operator's policy lists the servers that may run, and this is none of them",
        "Add it to `allowed_servers` of the policy.",
      );
    return null;
  },
};

// `massgen security rules`: the rules of the policy with the examples that the tests run.
import { describeRules } from "../../security/index.ts";
import { quoted, unknownAction, usageError } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { nearest } from "../nearest.ts";
import { JSON_OPTIONS } from "./mcp-options.ts";

export const securityCommand = defineCommand({
  usage: ["security rules [RULE...] [--json]"],
  details:
    "Each rule with its examples; the tests of this program run them. An operator changes the policy in `policy.json` of the configuration folder.",
  options: JSON_OPTIONS,
  examples: ["massgen security rules", "massgen security rules package-pinned"],
  run: async ({ options, positionals: [action = "", ...names] }, { io }) => {
    if (action !== "rules") throw unknownAction("security", action, ["rules"]);
    const all = describeRules();
    const ids = all.map(({ id }) => id);
    const unknown = names.find((name) => !ids.includes(name));
    if (unknown !== undefined) throw usageError(`There is no rule ${quoted(unknown)}`, nearest(unknown, ids));
    const rules = names.length === 0 ? all : all.filter(({ id }) => names.includes(id));
    const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
    if (options.json) {
      say(JSON.stringify(rules, null, 2));
      return 0;
    }
    for (const [at, { id, about, applies, examples }] of rules.entries()) {
      if (at > 0) say("");
      say(`${id} (${applies === "server" ? "before a server starts" : "before a call"})`);
      say(`  ${about}`);
      for (const { given, verdict } of examples) say(`    ${verdict.padEnd(6)} ${given}`);
    }
    return 0;
  },
});

// What an entry says about rules and credentials: here a mistake is never only a warning, because a limit that was misspelt must not vanish.
import type { Json } from "../core/index.ts";
import { nearestTo } from "./near-miss.ts";
import { report, wrongType } from "./reading.ts";
import { given, optional, record } from "./record.ts";
import { anything, choice, dictionaryOf, flag, listOf, text, type Shape } from "./shapes.ts";
import { childOf } from "./tree.ts";
import { AUTH_KEYS } from "./types.ts";
import { dataWithVariables } from "./variables.ts";

const texts = listOf(text(), "a list of texts");
const CLOSED = { closed: true } as const;

const environment = record(
  {
    mode: optional(choice(["denylist", "allowlist"]), "Whether the entry may set all variables but some, or some only."),
    allowed_vars: optional(texts, "With `allowlist`: the only variables the entry may set."),
    denied_vars: optional(texts, "Variables the entry may not set."),
  },
  { ...CLOSED, idle: { level: "has no effect here; `security.level` says how strict the rules are" } },
);

const security = record(
  {
    level: optional(text(), "strict, moderate or permissive; another word is read as strict."),
    allowed_executables: optional(texts, "The only programs the entry may start."),
    allowed_hostnames: optional(texts, "The only hosts the server may be."),
    allow_localhost: optional(flag, "Whether the server may be on this machine."),
    allow_private_ips: optional(flag, "Whether the server may be in a private network."),
    env: optional(environment, "Which variables the entry may set."),
  },
  { ...CLOSED, idle: { resolve_dns: "is not needed: every address of a server's name is checked" } },
);

const rule = record(
  {
    decision: optional(choice(["allow", "ask", "deny"]), "What happens to calls the rule matches."),
    agent: optional(text(), "Which agents; `*` matches any run of characters."),
    server: optional(text(), "Which servers."),
    tool: optional(text(), "Which tools, by the server's own names."),
    arguments: optional(dictionaryOf(text()), "Path of an argument → pattern its value matches."),
  },
  CLOSED,
);

export const securityShape = given(security);

const permission = given(rule);
export const permissionsShape = listOf<Json>(
  {
    schema: permission.schema,
    read(tree, place, reading) {
      const read = permission.read(tree, place, reading);
      if (read === null || childOf(tree, "decision") !== null) return read;
      if (tree.kind === "mapping" && tree.entries.some(({ key }) => nearestTo(key, Object.keys(rule.fields)) === "decision")) return null; // Told as misspelt.
      report(
        reading,
        { place, mark: tree.mark },
        { code: "missing-key", message: `\`${place.name}\` needs a \`decision\`: allow, ask or deny` },
      );
      return null;
    },
  },
  "a list of rules",
);

const authKeys = record(Object.fromEntries(AUTH_KEYS.map((key) => [key, optional(anything, "")])), CLOSED);

/** true, false or a group of settings, whose values the MCP layer judges. */
export const authShape: Shape<Json> = {
  schema: {
    anyOf: [
      flag.schema,
      { type: "object", properties: Object.fromEntries(AUTH_KEYS.map((key) => [key, {}])), additionalProperties: false },
    ],
  },
  read(tree, place, reading) {
    if (tree.kind === "list") return wrongType(tree, "true, false or a group of settings", { place, reading });
    if (tree.kind === "scalar") return flag.read(tree, place, reading);
    authKeys.read(tree, place, reading); // Only for the keys it does not know.
    return dataWithVariables.read(tree, place, reading);
  },
};

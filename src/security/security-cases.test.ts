// The corpus of security cases, where it is present: our own verdict on each, and every disagreement with its reason.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { splitCommand } from "../config/split-command.ts";
import { callSubjectOf, checkCall } from "./check-call.ts";
import { checkServer } from "./check-server.ts";
import { serverOfSketch } from "./sketch.test-support.ts";
import { DEFAULT_POLICY, STRICT_POLICY } from "./policy.ts";
import type { Level, ServerSketch } from "./types.ts";

type Field =
  | "command"
  | "security_level"
  | "name"
  | "args"
  | "env"
  | "cwd"
  | "url"
  | "type"
  | "headers"
  | "security"
  | "timeout"
  | "allow_localhost"
  | "allow_private_ips"
  | "allowed_hostnames"
  | "mode"
  | "allowed_vars"
  | "tool_name"
  | "server_name"
  | "arguments";
/** Fields are of whatever type the case wants to try. */
type Input = Readonly<Record<Field, never>>;
type Case = {
  readonly id: string;
  readonly fn: string;
  readonly input: Input;
  readonly right: "allow" | "reject" | "map";
  readonly why: string;
};
type Ours = "allow" | "reject" | "map" | "elsewhere";

/** Where we judge differently, and why. */
const DISAGREEMENTS: Readonly<Record<string, { readonly ours: Ours; readonly because: string }>> = {
  "validate_server_security-037": {
    ours: "allow",
    because:
      "`..` in an argument is data of the server, not ours: a folder above is a common argument, and what may be read is decided by the server and by permissions on its calls.",
  },
  "validate_server_security-047": {
    ours: "allow",
    because:
      "Legacy SSE is an explicit type that is offered on purpose; it is no less safe than streamable HTTP under the same rules for URLs.",
  },
  "validate_server_security-053": {
    ours: "elsewhere",
    because: "The type of `timeout` is a matter of the configuration's schema, which refuses it with file and line.",
  },
  "validate_server_security-054": { ours: "elsewhere", because: "A long timeout is no danger; the configuration allows up to an hour." },
  "prepare_command-032": {
    ours: "elsewhere",
    because: "The open quote is found when the command is split, by the configuration, before there is an argv to judge.",
  },
  "prepare_command-022": {
    ours: "allow",
    because:
      "In a command written as text a line break separates words, as a space does; with no shell, what follows are arguments. A break inside a word is refused.",
  },
  "validate_tool_arguments-123": { ours: "allow", because: "54 kB are well under our limit of 1 MiB, which is counted in JSON bytes." },
};

const file = join(process.env["MASSGEN_CORPUS"] ?? join(import.meta.dirname, "../../../shared/data"), "security-cases.json");
const present = existsSync(file);
if (!present) console.log("skipped: the security cases are not here (set MASSGEN_CORPUS)");
const cases = present ? (JSON.parse(readFileSync(file, "utf8")) as { cases: readonly Case[] }).cases : [];

/** The corpus assumes a strict operator; a level in a case is the operator's. */
function judgeServer(sketch: ServerSketch, level: Level = "strict"): Ours {
  const base = level === "strict" ? STRICT_POLICY : { ...DEFAULT_POLICY, level };
  const { verdict } = checkServer(serverOfSketch(sketch), { ...base, ...sketch.policy });
  return verdict === "deny" ? "reject" : "allow";
}

const isLevel = (value: unknown): value is Level => ["strict", "moderate", "permissive"].includes(value as string);

const JUDGES: Readonly<Record<string, (input: Input) => Ours>> = {
  prepare_command({ command, security_level: level }) {
    const words = splitCommand(command);
    return words === null ? "elsewhere" : judgeServer({ argv: words }, isLevel(level) ? level : "strict");
  },
  validate_server_security(input) {
    const { name, command, args, env, cwd, url, type, headers, security, timeout } = input;
    if (timeout !== undefined) return "elsewhere";
    const common = { name, ...(security === undefined ? {} : { security }) };
    if (url !== undefined) return judgeServer({ ...common, url, type, ...(headers === undefined ? {} : { headers }) });
    return judgeServer({
      ...common,
      argv: [command ?? "", ...((args ?? []) as string[])],
      ...(env === undefined ? {} : { env }),
      ...(cwd === undefined ? {} : { cwd }),
    });
  },
  validate_url({ url, allow_localhost: localhost, allow_private_ips: privateIps, allowed_hostnames: hosts }) {
    const security = {
      ...(localhost === undefined ? {} : { allow_localhost: localhost }),
      ...(privateIps === undefined ? {} : { allow_private_ips: privateIps }),
    };
    return judgeServer({ url, security, ...(hosts === undefined ? {} : { policy: { allowedHosts: hosts } }) });
  },
  validate_environment_variables({ env, mode, allowed_vars: allowed }) {
    return judgeServer({
      argv: ["node", "s.js"],
      env,
      ...(mode === undefined ? {} : { security: { env: { mode, allowed_vars: allowed } } }),
    });
  },
  // Every name is reached through a map: a plain one under itself, any other under a shortened one.
  sanitize_tool_name({ tool_name: tool, server_name: server }) {
    const { verdict } = checkCall(callSubjectOf({ question: { tool, server } }));
    const plain =
      /^[A-Za-z0-9_-]+$/.test(tool) &&
      `mcp__${String(server)}__${String(tool)}`.length <= 64 &&
      !/^_|_$/.test(server) &&
      !String(tool).startsWith("_");
    return verdict === "deny" ? "reject" : plain ? "allow" : "map";
  },
  validate_tool_arguments: ({ arguments: input }) =>
    checkCall(callSubjectOf({ question: { input } })).verdict === "deny" ? "reject" : "allow",
};

/** `{$repeat:[c,n]}`, `{$concat:[a,b]}`, `{$float:"nan"}`. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== "object" || value === null) return value;
  const { $repeat: repeat, $concat: concat, $float: float } = value as { $repeat?: [string, number]; $concat?: unknown[]; $float?: string };
  if (repeat !== undefined) return repeat[0].repeat(repeat[1]);
  if (concat !== undefined) return concat.map(expand).join("");
  if (float !== undefined) return Number(float === "nan" ? Number.NaN : float);
  const copy: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value))
    Object.defineProperty(copy, key, { value: expand(inner), enumerable: true, configurable: true, writable: true });
  return copy;
}

describe.skipIf(!present)("REQ-SEC-6 the security cases", () => {
  test.each(cases)("$id: $right ($why)", ({ id, fn, input, right }) => {
    const judge = JUDGES[fn];
    if (judge === undefined) throw new Error(`no judge for ${fn}`);
    expect(judge(expand(input) as Input)).toBe(DISAGREEMENTS[id]?.ours ?? right);
  });

  test("every disagreement is one, and has a case", () => {
    const rights = new Map(cases.map(({ id, right }) => [id, right]));
    for (const [id, { ours }] of Object.entries(DISAGREEMENTS))
      expect([id, rights.has(id), rights.get(id) !== ours]).toEqual([id, true, true]);
  });
});

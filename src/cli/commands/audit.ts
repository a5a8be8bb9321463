// `massgen audit verify|show`: checks that the audit trails are what was written, and shows what they hold.
import { plural } from "../../displays/index.ts";
import { loadMcp } from "../../session/index.ts";
import type { AuditEntry, AuditVerdict } from "../../mcp/index.ts";
import { neutraliseLine } from "../../security/index.ts";
import { unknownAction, usageError } from "../arguments.ts";
import { defineCommand, type CommandContext } from "../command.ts";
import { JSON_OPTIONS } from "./mcp-options.ts";

type Reading = { readonly path: string; readonly verdict: AuditVerdict };

export const auditCommand = defineCommand({
  usage: ["audit verify [TRAIL...] [--json]", "audit show [TRAIL] [--json]"],
  details:
    "A trail is a file of the state folder, one for each session: every decision and call, each line bound to the one before by its hash. TRAIL is a path, the beginning of its name, or `last`. `verify` checks all trails, or those named; exit code 4 when one was changed. `show` without a name lists them.",
  options: JSON_OPTIONS,
  examples: ["massgen audit verify", "massgen audit show last"],
  run: async ({ options, positionals: [action = "", ...names] }, context) => {
    if (action === "verify") return verify(names, options.json, context);
    if (action === "show" && names.length > 1) throw usageError("audit show shows one trail at a time");
    if (action === "show") return show(names[0], options.json, context);
    throw unknownAction("audit", action, ["verify", "show"]);
  },
});

async function verify(names: readonly string[], json: boolean, { io }: CommandContext): Promise<number> {
  const readings = await readTrails(names, { io });
  const ok = readings.every(({ verdict }) => verdict.ok);
  const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
  if (json) say(JSON.stringify({ ok, trails: readings.map(asJson) }, null, 2));
  else if (readings.length === 0) say("There are no audit trails yet; they are written when a session has MCP servers.");
  else for (const reading of readings) say(verdictLine(reading));
  return ok ? 0 : 4;
}

const asJson = ({ path, verdict: { ok, entries, brokenAt, reason, complete } }: Reading) => ({
  path,
  ok,
  lines: entries.length,
  complete,
  brokenAt,
  reason,
});

function verdictLine({ path, verdict: { ok, entries, brokenAt, reason, complete } }: Reading): string {
  if (!ok)
    return `CHANGED  ${path}: line ${brokenAt ?? "?"}: ${reason ?? ""}; ${plural(entries.length, "line")} before it ${entries.length === 1 ? "is" : "are"} as written`;
  return `ok       ${path}: ${plural(entries.length, "line")}${complete ? "" : "; it has no end (its session goes on, or was killed)"}`;
}

async function readTrails(names: readonly string[], { io }: Pick<CommandContext, "io">): Promise<readonly Reading[]> {
  const [{ auditTrails, findTrail }, { verifyAudit }] = await Promise.all([loadMcp(), import("../../mcp/index.ts")]);
  const paths = names.length === 0 ? await auditTrails(io) : await Promise.all(names.map((name) => findTrail(name, io)));
  return Promise.all(paths.map(async (path) => ({ path, verdict: await verifyAudit(io.files, path) })));
}

async function show(name: string | undefined, json: boolean, { io }: CommandContext): Promise<number> {
  const readings = await readTrails(name === undefined ? [] : [name], { io });
  const say = (line: string): void => void io.terminal.stdout.write(`${line}\n`);
  const [only] = readings;
  if (name === undefined || only === undefined) {
    if (json) say(JSON.stringify(readings.map(asJson), null, 2));
    else for (const reading of readings) say(verdictLine(reading));
    if (readings.length === 0 && !json) say("There are no audit trails yet.");
    return 0;
  }
  for (const entry of only.verdict.entries) say(json ? JSON.stringify(entry) : entryLine(entry));
  if (only.verdict.ok) return 0;
  io.terminal.stderr.write(`massgen: ${verdictLine(only)}\nNothing after that line can be relied on.\n`);
  return 4;
}

function entryLine({ seq, at, what, agent, server, tool, effect, verdict, rule, outcome, durationMs, state, input }: AuditEntry): string {
  const parts = [
    agent ?? "",
    server === undefined ? (tool ?? "") : `${server}${tool === undefined ? "" : `/${tool}`}`,
    effect ?? "",
    verdict === undefined ? "" : `${verdict} (${rule ?? ""})`,
    state ?? "",
    outcome ?? "",
    durationMs === undefined ? "" : `${durationMs.toFixed(1)} ms`,
    input === undefined ? "" : `arguments ${input.slice(0, 12)}`,
  ];
  return `${String(seq).padStart(5)}  ${new Date(at).toISOString()}  ${what.padEnd(15)} ${neutraliseLine(parts.filter((part) => part !== "").join("  "), 200)}`;
}

// `massgen mcp lock`: writes down the tools of each server as they are now, or shows what is no longer as it was written down.
import { basename, dirname, extname, resolve } from "node:path";
import { plural } from "../../../displays/index.ts";
import { loadMcp, type McpSession } from "../../../session/index.ts";
import { usageError } from "../../arguments.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withServers, type SafeOutput, type ServersAtHand } from "../../mcp-command.ts";
import { packageFolder } from "../../package-folder.ts";
import { writeNamedFile } from "../../output-file.ts";
import { LOCK_OPTIONS } from "../mcp-options.ts";

export const mcpLockCommand = defineCommand({
  usage: ["mcp lock --config FILE [--check]"],
  details:
    "Writes `mcp.lock` beside the configuration: package, version and the definition of every tool with its hash. Runs keep tools from agents that are not as the file has them; `massgen run --locked` does not start with them. `--check` shows the differences; exit code 2 when there are some, 4 when a server does not work.",
  options: LOCK_OPTIONS,
  examples: ["massgen mcp lock --config team.yaml", "massgen mcp lock --config team.yaml --check"],
  run: async ({ options, positionals }, context) => {
    if (positionals.length > 0) throw usageError("mcp lock takes no arguments besides --config FILE and --check");
    const at = await serversAtHand(options.config, context);
    if (!options.check) await refuseShipped(at);
    const { openMcpSession } = await loadMcp();
    const session = await openMcpSession(at.config, { io: at.io, fresh: true, forget: true, policyFile: options.policy });
    return withServers(session, context, async () => {
      const failed = session.servers.flatMap((server) => server.failure() ?? []);
      for (const { message, next } of failed) at.out.remark(`massgen: ${message}\n${next}`);
      if (failed.length > 0)
        at.out.remark(options.check ? "The servers that work were compared." : "Nothing was written: the file must hold every server.");
      const code = options.check ? await check(session, at) : failed.length > 0 ? 4 : await write(session, at);
      return failed.length > 0 ? 4 : code;
    });
  },
});

/** The lock lies beside the configuration, and the package is no place for a person's files. */
async function refuseShipped({ config, io }: ServersAtHand): Promise<void> {
  const shipped = await packageFolder("examples", io);
  if (shipped === null || config.file === null || dirname(resolve(io.cwd, config.file)) !== shipped) return;
  const name = basename(config.file, extname(config.file));
  throw usageError(`${name} is a shipped example; copy it first (massgen examples copy ${name}) and lock ${name}.yaml`);
}

async function write(session: McpSession, { config, io, out }: ServersAtHand): Promise<number> {
  const [{ currentPins, lockPath }, { writePinFile }] = await Promise.all([loadMcp(), import("../../../mcp/index.ts")]);
  const pinned = await currentPins(session, io);
  const path = lockPath(config, io);
  await writeNamedFile({ path, option: "mcp.lock" }, writePinFile(pinned), io);
  for (const { server, package: name, tools } of pinned)
    out.line(
      `${server}: ${plural(tools.length, "tool")}${name === null ? "; its package and version could not be found out" : `, ${name}`}`,
    );
  warnOfLooseTools(session, out);
  out.line(`Written to ${path}. Look at it and keep it with the configuration.`);
  return 0;
}

function warnOfLooseTools({ servers }: McpSession, out: SafeOutput): void {
  for (const server of servers)
    for (const { tool, reason } of server.report()?.quarantined ?? [])
      out.remark(`${server.entry.server.name}: ${tool} is not written down, because it is set aside: ${reason}`);
}

async function check(session: McpSession, { config, io, out }: ServersAtHand): Promise<number> {
  const [{ currentPins, loadPins, lockPath }, { comparePins }] = await Promise.all([loadMcp(), import("../../../mcp/index.ts")]);
  const path = lockPath(config, io);
  const file = await loadPins(config, io);
  if (file === null) throw usageError(`There is no ${path}; \`massgen mcp lock\` without --check writes it`);
  const working = new Set(session.servers.filter((server) => server.failure() === null).map(({ entry }) => entry.server.name));
  const failing = new Set(session.servers.map(({ entry }) => entry.server.name).filter((name) => !working.has(name)));
  const changes = comparePins(file, await currentPins(session, io)).filter(({ server }) => !failing.has(server));
  for (const { message, diff } of changes) {
    out.line(message);
    for (const line of diff) out.line(`  ${line}`);
  }
  if (changes.length === 0) out.line(`Everything is as ${path} has it.`);
  return changes.length === 0 ? 0 : 2;
}

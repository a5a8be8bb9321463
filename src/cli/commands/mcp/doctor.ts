// `massgen mcp doctor`: everything that can be found out about each server of a configuration.
import type { Diagnosis } from "../../../session/index.ts";
import { loadMcp } from "../../../session/index.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withSession } from "../../mcp-command.ts";
import { diagnosisLines } from "../../mcp-diagnosis.ts";
import { LIST_OPTIONS } from "../mcp-options.ts";

export const mcpDoctorCommand = defineCommand({
  usage: ["mcp doctor [SERVER...] --config FILE [--json]"],
  details:
    "Starts each server and tells its start time, protocol revision, tools, what their declarations cost and cannot say for each provider's form, names, pins, sharing, and its last output. Exit code 4 when one does not work.",
  options: LIST_OPTIONS,
  examples: ["massgen mcp doctor --config team.yaml", "massgen mcp doctor memory --config team.yaml --json"],
  run: async ({ options, positionals }, context) => {
    const { config, io, out } = await serversAtHand(options.config, context);
    const { diagnose, openMcpSession } = await loadMcp();
    const session = await openMcpSession(config, { io, servers: positionals, fresh: true });
    return withSession(session, context, async (signal) => {
      await session.settled(signal);
      const found = await diagnose(session, config, io);
      if (options.json) out.json(found);
      else for (const line of found.flatMap((diagnosis, at) => [...(at === 0 ? [] : [""]), ...diagnosisLines(diagnosis)])) out.line(line);
      if (!options.json) out.line(summary(found));
      return found.every(({ works }) => works) ? 0 : 4;
    });
  },
});

function summary(found: readonly Diagnosis[]): string {
  if (found.length === 0) return "This configuration names no MCP server.";
  const failed = found.filter(({ works }) => !works).map(({ server }) => server);
  const works = found.length - failed.length;
  return `\n${works} of ${found.length} servers work${failed.length === 0 ? "" : `; not ${failed.join(", ")}`}. Tokens are estimates: characters of the declarations divided by 4.`;
}

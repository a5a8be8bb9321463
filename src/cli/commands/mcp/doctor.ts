// `massgen mcp doctor`: everything that can be found out about each server of a configuration.
import { toolLimitOf } from "../../../config/index.ts";
import { loadMcp } from "../../../session/index.ts";
import { defineCommand } from "../../command.ts";
import { serversAtHand, withServers } from "../../mcp-command.ts";
import { diagnosisLines, summaryLines } from "../../mcp-diagnosis.ts";
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
    const session = await openMcpSession(config, { io, servers: positionals, fresh: true, policyFile: options.policy });
    return withServers(session, context, async () => {
      const found = await diagnose(session, config, { io, policyFile: options.policy });
      const team = new Map(config.agents.map(({ id, backend }) => [id, toolLimitOf(config, backend).max]));
      const lines = (): readonly string[] => [
        ...found.flatMap((diagnosis) => [...diagnosisLines(diagnosis, team.size), ""]),
        ...summaryLines(found, team),
      ];
      if (options.json) out.json(found);
      else for (const line of lines()) out.line(line);
      return found.every(({ works }) => works) ? 0 : 4;
    });
  },
});

// The tool a model can call while servers are still connecting: it answers when they are ready, or says which are not.
import type { TurnPorts } from "./contract.ts";
import { WAIT_FOR_TOOLS, type OwnTool } from "./own-tool.ts";

/** Servers that need longer than this are better called later. Milliseconds. */
const LONGEST_WAIT_MS = 60_000;

export function waitForTools({ tools, news, abort }: TurnPorts): OwnTool {
  return {
    name: WAIT_FOR_TOOLS,
    description:
      "Some tool servers are still starting. Call this to wait for them if the task needs their tools; they can be called in your next step.",
    inputSchema: { type: "object", properties: {}, additionalProperties: false },
    run: async () => {
      const before = new Set(tools.list().map((tool) => tool.name));
      await tools.settled(LONGEST_WAIT_MS, AbortSignal.any([news, abort]));
      const added = tools
        .list()
        .filter((tool) => !before.has(tool.name))
        .map((tool) => tool.name);
      const missing = tools.missing?.() ?? tools.pending().map((name) => `The server "${name}" is still starting.`);
      const hidden = tools.hidden?.().length ?? 0;
      const came = added.length === 0 ? "No new tools came." : `Now there are also: ${added.join(", ")}.`;
      const ready = hidden === 0 ? came : `${came} ${hidden} further tools can be searched for.`;
      return { output: [ready, ...missing].join(" ") };
    },
  };
}
